#include <algorithm>
#include <array>
#include <vector>

#include "proto/rules/draw.h"
#include "proto/rules/draw_picture.h"
#include "proto/rules/limits.h"

namespace brug::rules::drawing {
namespace {

// ANSI "select graphic rendition" parameters; never 31 or 91, which are red.
using Style = const char*;
constexpr Style kPlain = "";
constexpr Style kBold = "1";
constexpr Style kFaint = "2";
constexpr std::array<Style, 5> kPillarStyles = {"36", "32", "33", "34", "35"};

constexpr std::string_view kMarks = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

// How many columns a terminal gives to a character.
int ColumnsOf(char32_t c) {
  const auto within = [c](char32_t first, char32_t last) { return c >= first && c <= last; };
  const bool combining = within(0x300, 0x36F) || within(0x1AB0, 0x1AFF) || within(0x20D0, 0x20FF) ||
                         within(0x200B, 0x200D) || within(0xFE00, 0xFE0F) || within(0xFE20, 0xFE2F);
  if (combining) return 0;
  const bool wide = within(0x1100, 0x115F) || within(0x2E80, 0xA4CF) || within(0xAC00, 0xD7A3) ||
                    within(0xF900, 0xFAFF) || within(0xFE30, 0xFE6F) || within(0xFF00, 0xFF60) ||
                    within(0xFFE0, 0xFFE6) || within(0x1F000, 0x1FAFF) || within(0x20000, 0x3FFFD);
  return wide ? 2 : 1;
}

int Columns(std::string_view text) {
  int columns = 0;
  for (const char32_t c : Decode(text)) columns += ColumnsOf(c);
  return columns;
}

// As much of `text` as fits, with an ellipsis when that is not all.
std::string Fit(std::string_view text, int columns_max) {
  if (Columns(text) <= columns_max) return std::string(text);
  std::u32string kept;
  int columns = 1;
  for (const char32_t c : Decode(text)) {
    columns += ColumnsOf(c);
    if (columns > columns_max) break;
    kept += c;
  }
  return columns_max < 1 ? "" : Encode(kept) + "\u2026";
}

std::string Repeat(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

// How a stone is filled: there already, added since then, stood there then, or not at all.
std::string_view Filling(const DomainPicture& domain, int level) {
  switch (domain.StoneAt(level)) {
    case Stone::kEmpty:
      return " ";
    case Stone::kThere:
      return "\u2588";
    case Stone::kAdded:
      return "\u2592";
    case Stone::kStoodThen:
      return "\u2591";
  }
  return " ";
}

// One stone: the number in its middle where the person stands, the aim's mark at its end. In one column the
// number wins.
std::string StoneText(const DomainPicture& domain, int level, int columns) {
  std::vector<std::string> cells(static_cast<std::size_t>(columns), std::string(Filling(domain, level)));
  if (level == domain.aim) cells.back() = domain.AimReached() ? "\u25c6" : "\u25c7";
  if (level == domain.level) cells[(cells.size() - 1) / 2] = std::to_string(level);
  std::string stone;
  for (const std::string& cell : cells) stone += cell;
  return stone;
}

// Writes lines of at most kDrawTextColumns columns; what is too long is cut.
class TextPen {
 public:
  explicit TextPen(bool colour) : colour_(colour) {}

  void Put(std::string_view text, Style style = kPlain) {
    const std::string fitting = Fit(text, kDrawTextColumns - column_);
    column_ += Columns(fitting);
    const bool blank = fitting.find_first_not_of(' ') == std::string::npos;
    if (!colour_ || std::string_view(style).empty() || blank) {
      line_ += fitting;
    } else {
      line_ += "\x1b[" + std::string(style) + "m" + fitting + "\x1b[0m";
    }
  }
  void GoTo(int column) { Put(std::string(static_cast<std::size_t>(std::max(0, column - column_)), ' ')); }
  void PutCentred(std::string_view text, int left, int columns, Style style = kPlain) {
    const std::string fitting = Fit(text, columns);
    GoTo(left + (columns - Columns(fitting)) / 2);
    Put(fitting, style);
  }
  void EndLine() {
    line_.erase(line_.find_last_not_of(' ') + 1);
    text_ += line_ + "\n";
    line_.clear();
    column_ = 0;
  }
  void Line(std::string_view text, Style style = kPlain) {
    Put("  ");
    Put(text, style);
    EndLine();
  }
  [[nodiscard]] std::string Take() { return std::move(text_); }

 private:
  const bool colour_;
  std::string text_;
  std::string line_;
  int column_ = 0;
};

class TextSheet {
 public:
  TextSheet(const Picture& picture, const DrawTextOptions& options)
      : picture_(picture), words_(WordsIn(options.language)), pen_(options.colour) {}

  std::string Draw() {
    DrawHeader();
    if (!picture_.pillars.empty()) DrawBridge();
    DrawList();
    DrawLegend();
    return pen_.Take();
  }

 private:
  void DrawHeader();
  void DrawBridge();
  void DrawRoad();
  void DrawStones(int level);
  void DrawMarks();
  void DrawList();
  void DrawListEntry(const DomainPicture& domain, char mark, Style style);
  void DrawLegend();

  [[nodiscard]] int Slot() const {
    return (kDrawTextColumns - 2) / static_cast<int>(picture_.pillars.size());
  }
  [[nodiscard]] int SlotLeft(std::size_t pillar) const { return 1 + static_cast<int>(pillar) * Slot(); }
  // The width of a column of stones, and where it begins.
  [[nodiscard]] int StoneColumns(std::size_t pillar) const {
    const int count = static_cast<int>(picture_.pillars[pillar].domains.size());
    return std::clamp((Slot() - 1) / std::max(count, 1) - 1, 1, 5);
  }
  [[nodiscard]] int StoneLeft(std::size_t pillar, std::size_t domain) const {
    const int count = static_cast<int>(picture_.pillars[pillar].domains.size());
    const int stone = StoneColumns(pillar);
    const int gap = (stone + 1) * count <= Slot() ? 1 : 0;
    const int width = (stone + gap) * count - gap;
    return SlotLeft(pillar) + (Slot() - width) / 2 + static_cast<int>(domain) * (stone + gap);
  }

  const Picture& picture_;
  const Words& words_;
  TextPen pen_;
};

void TextSheet::DrawHeader() {
  pen_.Line(picture_.title, kBold);
  pen_.Line(std::string(words_.now) + (picture_.date.empty() ? "" : ", " + picture_.date));
  if (!picture_.score.empty()) {
    std::string score = std::string(words_.score) + " " + picture_.score + " " + words_.out_of_100;
    if (!picture_.then_score.empty()) score += ", " + std::string(words_.then) + " " + picture_.then_score;
    pen_.Line(score);
  }
  pen_.EndLine();
}

void TextSheet::DrawBridge() {
  for (std::size_t i = 0; i < picture_.pillars.size(); ++i) {
    pen_.PutCentred(picture_.pillars[i].name, SlotLeft(i), Slot() - 1, kBold);
  }
  pen_.EndLine();
  for (std::size_t i = 0; i < picture_.pillars.size(); ++i) {
    pen_.PutCentred(FirmnessWord(picture_.pillars[i].state.firmness, words_), SlotLeft(i), Slot() - 1);
  }
  pen_.EndLine();
  DrawRoad();
  for (int level = kLevels; level >= 1; --level) DrawStones(level);
  DrawMarks();
  pen_.EndLine();
}

// Whole where a pillar is firm, else built outwards from the pillar as far as its lowest level.
void TextSheet::DrawRoad() {
  pen_.Put("\u2550");
  for (const PillarPicture& pillar : picture_.pillars) {
    if (pillar.state.firmness == Firmness::kFirm) {
      pen_.Put(Repeat("\u2550", Slot()));
      continue;
    }
    const int laid = Slot() * pillar.state.lowest_level / kLevels;
    const int open = (Slot() - laid) / 2;
    pen_.Put(Repeat("\u00b7", open), kFaint);
    pen_.Put(Repeat("\u2500", laid));
    pen_.Put(Repeat("\u00b7", Slot() - laid - open), kFaint);
  }
  pen_.Put("\u2550");
  pen_.EndLine();
}

void TextSheet::DrawStones(int level) {
  for (std::size_t p = 0; p < picture_.pillars.size(); ++p) {
    for (std::size_t d = 0; d < picture_.pillars[p].domains.size(); ++d) {
      const int columns = StoneColumns(p);
      const bool sides = columns >= 3;
      pen_.GoTo(StoneLeft(p, d));
      if (sides) pen_.Put("\u2502", kFaint);
      pen_.Put(StoneText(picture_.pillars[p].domains[d], level, sides ? columns - 2 : columns),
               kPillarStyles[p % kPillarStyles.size()]);
      if (sides) pen_.Put("\u2502", kFaint);
    }
  }
  pen_.EndLine();
}

// The letter that stands before a domain in the list, and a star at the most urgent.
void TextSheet::DrawMarks() {
  std::size_t index = 0;
  for (std::size_t p = 0; p < picture_.pillars.size(); ++p) {
    for (std::size_t d = 0; d < picture_.pillars[p].domains.size(); ++d, ++index) {
      const bool star = picture_.pillars[p].domains[d].most_urgent && StoneColumns(p) >= 2;
      pen_.PutCentred(std::string(1, kMarks[index % kMarks.size()]) + (star ? "*" : ""), StoneLeft(p, d),
                      StoneColumns(p));
    }
  }
  pen_.EndLine();
}

void TextSheet::DrawList() {
  std::size_t index = 0;
  for (std::size_t p = 0; p < picture_.pillars.size(); ++p) {
    for (const DomainPicture& domain : picture_.pillars[p].domains) {
      DrawListEntry(domain, kMarks[index++ % kMarks.size()], kPillarStyles[p % kPillarStyles.size()]);
    }
  }
  pen_.EndLine();
}

void TextSheet::DrawListEntry(const DomainPicture& domain, char mark, Style style) {
  constexpr int kName = 5;
  constexpr int kLevel = 27;
  pen_.Put("  " + std::string(1, mark));
  pen_.GoTo(kName);
  pen_.Put(Fit(domain.name, kLevel - kName - 1), style);
  pen_.GoTo(kLevel);
  std::string level =
      domain.level == 0 ? words_.not_filled_in : std::to_string(domain.level) + "  " + domain.level_name;
  if (domain.then_level > 0)
    level += " (" + std::string(words_.then) + " " + std::to_string(domain.then_level) + ")";
  pen_.Put(level);
  pen_.EndLine();
  if (domain.aim != 0) {
    pen_.GoTo(kLevel);
    const std::string_view flag = domain.AimReached() ? "\u25c6" : "\u25c7";
    pen_.Put(std::string(flag) + "  " + words_.aim + " " + std::to_string(domain.aim) + ": " +
                 domain.aim_level_name + (domain.aim_by.empty() ? "" : ", " + domain.aim_by),
             kFaint);
    pen_.EndLine();
  }
  if (domain.most_urgent) {
    pen_.GoTo(kLevel);
    pen_.Put("*  " + std::string(words_.this_first), kBold);
    pen_.EndLine();
  }
}

void TextSheet::DrawLegend() {
  const auto any = [this](auto test) {
    return std::any_of(picture_.pillars.begin(), picture_.pillars.end(), [&](const PillarPicture& pillar) {
      return std::any_of(pillar.domains.begin(), pillar.domains.end(), test);
    });
  };
  std::vector<std::string> entries = {std::string("\u2588 ") + words_.where_i_stand};
  const auto add = [&entries](bool shown, const char* sign, const char* words) {
    if (shown) entries.push_back(std::string(sign) + " " + words);
  };
  add(any([](const DomainPicture& d) { return d.Has(Stone::kAdded); }), "\u2592", words_.built_since);
  add(any([](const DomainPicture& d) { return d.Has(Stone::kStoodThen); }), "\u2591", words_.stood_there);
  add(any([](const DomainPicture& d) { return d.aim > 0 && !d.AimReached(); }), "\u25c7",
      words_.where_i_want_to_be);
  add(any([](const DomainPicture& d) { return d.AimReached(); }), "\u25c6", words_.aim_reached);
  std::string line;
  for (const std::string& entry : entries) {
    if (Columns(line) + 3 + Columns(entry) > kDrawTextColumns - 2) {
      pen_.Line(line);
      line.clear();
    }
    line += (line.empty() ? "" : "   ") + entry;
  }
  pen_.Line(line);
  for (const std::string& note : NotesOf(picture_, words_)) pen_.Line(note);
}

}  // namespace
}  // namespace brug::rules::drawing

namespace brug::rules {

std::string DrawBridgeText(const v1::BridgeTemplate& bridge, const v1::Assessment& now,
                           const v1::Assessment* then, const DrawTextOptions& options) {
  const auto picture =
      drawing::BuildPicture(bridge, now, then, options.language, options.leave_out_sensitive);
  return drawing::TextSheet(picture, options).Draw();
}

}  // namespace brug::rules
