#include "proto/rules/draw_svg_key.h"

#include <algorithm>
#include <string>
#include <vector>

#include "proto/rules/draw_svg_icons.h"

namespace brug::rules::drawing {
namespace {

// The list has the left of the sheet and the legend the right; in large print the legend stands below the
// list.
constexpr double kListRight = 812;
constexpr double kLegendLeft = 832;

void WriteLine(SvgPen& pen, Point baseline, std::string_view text, const Letters& letters, double width) {
  for (const std::string& line : Wrap(text, letters, width, 1)) pen.Text(baseline, line, letters);
}

void DrawLargeRow(SvgPen& pen, const Sheet& sheet, const DomainPicture& domain, const Box& text) {
  const double size = sheet.print.small;
  const std::string level = domain.level == 0 ? sheet.words.not_filled_in : domain.level_name;
  WriteLine(pen, {text.x, text.y + size}, domain.name, {.size = size, .bold = true}, text.width);
  WriteLine(pen, {text.x, text.y + size * 2.25}, level, sheet.Small(kSoftText), text.width);
}

void DrawNormalRow(SvgPen& pen, const Sheet& sheet, const DomainPicture& domain, const Box& text) {
  const double size = sheet.print.small;
  const double first = text.y + size * (domain.aim == 0 ? 1.5 : 1);
  const std::string name = domain.name + ":";
  const double room = std::max(text.width - EstimateWidth(name + " ", size, true), 20.0);
  const auto level =
      Wrap(domain.level == 0 ? sheet.words.not_filled_in : domain.level_name, sheet.Small(), room, 1);
  pen.Text({text.x, first}, name, level.empty() ? "" : " " + level.front(), sheet.Small());
  if (domain.aim == 0) return;
  const double second = first + size * 1.25;
  const std::string aim = domain.aim_level_name + (domain.aim_by.empty() ? "" : ", " + domain.aim_by);
  DrawFlag(pen, {text.x, second + 1}, 14, domain.AimReached());
  WriteLine(pen, {text.x + 18, second}, aim, sheet.Small(kSoftText), text.width - 18);
}

void DrawRow(SvgPen& pen, const Sheet& sheet, const Column& column, const Box& row) {
  const double icon = sheet.print.small * 1.7;
  DrawIcon(pen, column.domain->icon, {row.x + icon / 2, row.y + sheet.print.small * 1.15}, icon,
           column.Colours().stone);
  const Box text{row.x + icon + 10, row.y, row.width - icon - 10, row.height};
  if (sheet.large) {
    DrawLargeRow(pen, sheet, *column.domain, text);
  } else {
    DrawNormalRow(pen, sheet, *column.domain, text);
  }
}

// Every domain in words, down the columns of the list. Returns where it ends.
double DrawList(SvgPen& pen, const Sheet& sheet) {
  const std::size_t list_columns = sheet.print.list_columns;
  const double right = sheet.large ? kWidth - kMargin : kListRight;
  const double width = (right - kMargin) / static_cast<double>(list_columns);
  const double top = sheet.WaterBottom() + 18;
  const double height = sheet.print.list_row;
  const std::size_t rows = (sheet.columns.size() + list_columns - 1) / list_columns;
  for (std::size_t i = 0; i < sheet.columns.size(); ++i) {
    const std::size_t column = i / rows;
    const std::size_t row = i % rows;
    DrawRow(pen, sheet, sheet.columns[i],
            {kMargin + static_cast<double>(column) * width, top + static_cast<double>(row) * height,
             width - 16, height});
  }
  return top + static_cast<double>(rows) * height;
}

// One sign of the picture and what it means.
struct Entry {
  const char* text;
  void (*draw)(SvgPen&, const Box&);
};

void DrawThere(SvgPen& pen, const Box& box) {
  pen.Rect(box, 4, {.fill = kHues[0].stone, .stroke = kHues[0].stone, .stroke_width = 1.5});
  pen.Circle(box.Middle(), box.height * 0.34, {.fill = kPaper});
}

void DrawAdded(SvgPen& pen, const Box& box) {
  pen.Rect(box, 4, {.fill = "url(#brug-added-0)", .stroke = kHues[0].stone, .stroke_width = 1.5});
}

void DrawStoodThen(SvgPen& pen, const Box& box) {
  pen.Rect(box, 4, {.fill = "url(#brug-stood)", .stroke = kSoftText, .stroke_width = 1.5, .dashes = "1.5 4"});
}

void DrawAim(SvgPen& pen, const Box& box) {
  pen.Rect(box, 4, {.fill = kPaper, .stroke = kHues[0].stone, .stroke_width = 2.4, .dashes = "7 5"});
  DrawFlag(pen, {box.Middle().x - box.height * 0.2, box.Bottom() - 2}, box.height - 4, false);
}

void DrawAimReached(SvgPen& pen, const Box& box) {
  DrawFlag(pen, {box.Middle().x - box.height * 0.2, box.Bottom()}, box.height, true);
}

void DrawNotFilledIn(SvgPen& pen, const Box& box) {
  pen.Rect(box, 4, {.fill = kPaper, .stroke = kLine, .stroke_width = 1.2, .dashes = "2 6"});
}

void DrawThisFirst(SvgPen& pen, const Box& box) {
  pen.Rect(box, 6, {.fill = kUrgentFill, .stroke = kUrgentLine, .stroke_width = 2.2});
  DrawStar(pen, box.Middle(), box.height * 0.4);
}

// Only of the signs that the picture has.
std::vector<Entry> EntriesOf(const Sheet& sheet) {
  const auto any = [&sheet](auto test) {
    return std::any_of(sheet.columns.begin(), sheet.columns.end(),
                       [&test](const Column& column) { return test(*column.domain); });
  };
  std::vector<Entry> entries = {{sheet.words.where_i_stand, DrawThere}};
  const auto add = [&entries](bool wanted, const char* text, void (*draw)(SvgPen&, const Box&)) {
    if (wanted) entries.push_back({text, draw});
  };
  using Domain = const DomainPicture&;
  add(any([](Domain domain) { return domain.Has(Stone::kAdded); }), sheet.words.built_since, DrawAdded);
  add(any([](Domain domain) { return domain.Has(Stone::kStoodThen); }), sheet.words.stood_there,
      DrawStoodThen);
  add(any([](Domain domain) { return domain.aim > 0 && !domain.AimReached(); }),
      sheet.words.where_i_want_to_be, DrawAim);
  add(any([](Domain domain) { return domain.AimReached(); }), sheet.words.aim_reached, DrawAimReached);
  add(any([](Domain domain) { return domain.level == 0; }), sheet.words.not_filled_in, DrawNotFilledIn);
  add(any([](Domain domain) { return domain.most_urgent; }), sheet.words.this_first, DrawThisFirst);
  return entries;
}

// The notes, each on a line of its own where there is room for it.
std::vector<std::string> LinesOfNotes(const Sheet& sheet, double width) {
  std::vector<std::string> paragraphs = NotesOf(sheet.picture, sheet.words);
  if (sheet.large) {
    std::string all;
    for (const std::string& note : paragraphs) all += note + " ";
    paragraphs = {all};
  }
  std::vector<std::string> lines;
  for (const std::string& paragraph : paragraphs) {
    for (std::string& line : Wrap(paragraph, sheet.Small(), width, 3)) lines.push_back(std::move(line));
  }
  return lines;
}

// Below the list, with some air between the two when the sheet has room for it.
double LegendTop(const Sheet& sheet, double list_bottom, double legend_height) {
  if (!sheet.large) return sheet.WaterBottom() + 14;
  return list_bottom + std::clamp(kHeight - 12 - list_bottom - legend_height, 5.0, 24.0);
}

// Returns where it ends.
double DrawLegend(SvgPen& pen, const Sheet& sheet, double list_bottom) {
  const double size = sheet.print.small;
  const std::size_t columns = sheet.large ? 3 : 1;
  const double left = sheet.large ? kMargin : kLegendLeft;
  const double width = (kWidth - kMargin - left) / static_cast<double>(columns);
  const double row_height = size * (sheet.large ? 1.42 : 1.6);
  const double line_height = size * 1.3;
  const std::vector<Entry> entries = EntriesOf(sheet);
  const std::vector<std::string> notes = LinesOfNotes(sheet, kWidth - kMargin - left);
  const std::size_t rows = (entries.size() + columns - 1) / columns;
  const double notes_top = row_height * static_cast<double>(rows);
  const double height = notes_top + line_height * static_cast<double>(notes.size());
  const double top = LegendTop(sheet, list_bottom, height);

  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::size_t row = i / columns;
    const std::size_t column = i % columns;
    const Box sample{left + width * static_cast<double>(column), top + row_height * static_cast<double>(row),
                     size * 2.1, size * 1.25};
    entries[i].draw(pen, sample);
    WriteLine(pen, {sample.Right() + 10, sample.y + size}, entries[i].text, sheet.Small(),
              width - sample.width - 14);
  }
  for (std::size_t i = 0; i < notes.size(); ++i) {
    pen.Text({left, top + notes_top + size + line_height * static_cast<double>(i)}, notes[i],
             sheet.Small(kSoftText));
  }
  return top + height;
}

}  // namespace

double DrawKey(SvgPen& pen, const Sheet& sheet) {
  const double list_bottom = DrawList(pen, sheet);
  return std::max(list_bottom, DrawLegend(pen, sheet, list_bottom));
}

}  // namespace brug::rules::drawing
