#include <algorithm>

#include "proto/rules/draw.h"
#include "proto/rules/draw_picture.h"
#include "proto/rules/draw_svg_icons.h"
#include "proto/rules/draw_svg_key.h"
#include "proto/rules/draw_svg_pen.h"
#include "proto/rules/draw_svg_scenery.h"
#include "proto/rules/draw_svg_sheet.h"

namespace brug::rules::drawing {
namespace {

constexpr int kPlanks = 10;

void DrawHeader(SvgPen& pen, const Sheet& sheet) {
  const Letters title{.size = sheet.print.title, .colour = kText, .bold = true};
  for (const std::string& line : Wrap(sheet.picture.title, title, sheet.large ? 700 : 960, 1)) {
    pen.Text({kMargin, sheet.print.title_baseline}, line, title);
  }
  std::string date = sheet.words.now;
  if (!sheet.picture.date.empty()) date += ", " + sheet.picture.date;
  pen.Text({kMargin + 2, sheet.print.date_baseline}, date, {.size = sheet.print.date, .colour = kSoftText});
}

// What the stones stand against: it reaches the road, and carries it when the pillar is firm.
void DrawBody(SvgPen& pen, const Sheet& sheet, std::size_t index) {
  Box body{kWidth, sheet.print.deck_top + kDeckHeight, 0, 0};
  body.height = sheet.CardTop() + sheet.CardHeight() + 6 - body.y;
  for (const Column& column : sheet.columns) {
    if (column.pillar != index) continue;
    body.x = std::min(body.x, column.box.x - 6);
    body.width = std::max(body.width, column.box.Right() + 6 - body.x);
  }
  const Hue& hue = kHues[index % kHues.size()];
  pen.Rect(body, 8, {.fill = hue.light, .opacity = 0.45});
  const std::string capital = "M" + Number(body.x - 6) + " " + Number(body.y) + "H" +
                              Number(body.Right() + 6) + "l-6 " + Number(kCapitalHeight) + "H" +
                              Number(body.x) + "z";
  if (sheet.picture.pillars[index].state.firmness == Firmness::kFirm) {
    pen.Path(capital, {.fill = hue.stone});
  } else {
    pen.Path(capital, {.fill = kPaper, .stroke = hue.stone, .stroke_width = 1.2, .dashes = "3 4"});
  }
}

void DrawUrgency(SvgPen& pen, const Sheet& sheet, const Column& column) {
  if (!column.domain->most_urgent) return;
  const Box card = sheet.CardBox(column);
  const double top = column.box.y - 2;
  pen.Rect({card.x - 5, top - 3, card.width + 10, card.Bottom() + 8 - top}, 11,
           {.fill = kUrgentFill, .stroke = kUrgentLine, .stroke_width = 2.5});
}

void DrawFirmnessMark(SvgPen& pen, Firmness firmness, Point origin, double size, const Hue& hue) {
  pen.Begin(origin, size / 14);
  switch (firmness) {
    case Firmness::kFirm:
      pen.Circle({7, 7}, 7, {.fill = hue.stone});
      pen.Path("M3.8 7.2l2.4 2.6 4.2-5", {.stroke = kPaper, .stroke_width = 2});
      break;
    case Firmness::kBuilding:
      pen.Path("M1 4.5h12M1 10h12", {.stroke = kPlankEdge, .stroke_width = 3.4});
      break;
    case Firmness::kOpen:
      pen.Circle({7, 7}, 6, {.fill = kPaper, .stroke = kSoftText, .stroke_width = 1.5, .dashes = "1.5 3"});
      break;
  }
  pen.End();
}

void DrawSign(SvgPen& pen, const Sheet& sheet, std::size_t index) {
  const PillarPicture& pillar = sheet.picture.pillars[index];
  const Hue& hue = kHues[index % kHues.size()];
  const double middle = sheet.SlotLeft(index) + sheet.SlotWidth() / 2;

  const Letters name{
      .size = sheet.print.sign, .colour = kText, .bold = sheet.print.bold_signs, .anchor = "middle"};
  for (const std::string& line : Wrap(pillar.name, name, sheet.SlotWidth() - 6, 1)) {
    pen.Text({middle, sheet.print.sign_baseline}, line, name);
  }
  const std::string state = FirmnessWord(pillar.state.firmness, sheet.words);
  const double size = sheet.print.small;
  const double baseline = sheet.print.sign_baseline + size * 1.35;
  const double state_width = EstimateWidth(state, size);
  const bool in_words = state_width + size * 1.5 < sheet.SlotWidth();
  if (in_words) {
    pen.Text({middle + size * 0.6, baseline}, state, {.size = size, .colour = kSoftText, .anchor = "middle"});
  }
  const double mark_x = in_words ? middle - state_width / 2 - size * 0.85 : middle - size / 2;
  DrawFirmnessMark(pen, pillar.state.firmness, {mark_x, baseline - size * 0.85}, size, hue);
}

void DrawStoneNumber(SvgPen& pen, const Sheet& sheet, const Column& column, int level, const Box& stone) {
  const DomainPicture& domain = *column.domain;
  const Hue& hue = column.Colours();
  if (stone.width < sheet.print.number || domain.level == 0) return;
  const Point middle = stone.Middle();
  const bool here = level == domain.level;
  const double radius = std::min({sheet.print.number * 0.82, stone.width / 2, stone.height / 2 - 1});
  std::string colour = level < domain.level ? kPaper : "#6a7884";
  if (here) {
    pen.Circle(middle, radius, {.fill = kPaper, .stroke = hue.stone, .stroke_width = 2});
    colour = kText;
  } else if (domain.StoneAt(level) == Stone::kAdded) {
    pen.Circle(middle, radius, {.fill = hue.stone});
  }
  pen.Text({middle.x, middle.y + sheet.print.number * 0.36}, std::to_string(level),
           {.size = sheet.print.number, .colour = colour, .bold = here, .anchor = "middle"});
}

std::string AddedPattern(const Column& column) {
  return "url(#brug-added-" + std::to_string(column.pillar % kHues.size()) + ")";
}

Ink InkOf(const Column& column, int level) {
  const DomainPicture& domain = *column.domain;
  const char* stone = column.Colours().stone;
  Ink ink;
  switch (domain.StoneAt(level)) {
    case Stone::kThere:
      return {.fill = stone, .stroke = stone, .stroke_width = 1.5};
    case Stone::kAdded:
      return {.fill = AddedPattern(column), .stroke = stone, .stroke_width = 1.5};
    case Stone::kStoodThen:
      ink = {.fill = "url(#brug-stood)", .stroke = kSoftText, .stroke_width = 1.5, .dashes = "1.5 4"};
      break;
    case Stone::kEmpty:
      ink = {.fill = kPaper, .stroke = kLine, .stroke_width = 1, .dashes = domain.level == 0 ? "2 6" : ""};
      break;
  }
  if (level > domain.aim) return ink;
  return {.fill = ink.fill, .stroke = stone, .stroke_width = 2.4, .dashes = "7 5"};
}

void DrawStone(SvgPen& pen, const Sheet& sheet, const Column& column, int level) {
  const DomainPicture& domain = *column.domain;
  const Box stone = sheet.StoneBox(column, level);
  pen.Rect(stone, 5, InkOf(column, level));
  DrawStoneNumber(pen, sheet, column, level, stone);
  if (level == domain.aim && stone.width >= 40) {
    const double height = stone.height * 0.78;
    DrawFlag(pen, {stone.Right() - height * 0.75, stone.Bottom() - stone.height * 0.1}, height,
             domain.AimReached());
  }
}

void DrawCard(SvgPen& pen, const Sheet& sheet, const Column& column) {
  const DomainPicture& domain = *column.domain;
  const Box card = sheet.CardBox(column);
  pen.Rect(card, 8, {.fill = kPaper, .stroke = column.Colours().stone, .stroke_width = 1.5});
  const double icon = std::min(sheet.print.icon, card.width - 4);
  const double icon_middle = sheet.names_on_cards ? card.y + 6 + sheet.print.icon / 2 : card.Middle().y;
  DrawIcon(pen, domain.icon, {card.Middle().x, icon_middle}, icon, column.Colours().stone);
  if (domain.most_urgent && card.width > 40) DrawStar(pen, {card.Right() - 11, card.y + 11}, 10);
  if (!sheet.names_on_cards) return;
  const Letters letters{.size = sheet.print.small, .anchor = "middle"};
  const auto lines = Wrap(domain.name, letters, column.box.width - 2, 2);
  double y =
      card.y + sheet.print.icon + 8 + sheet.print.small + (lines.size() == 1 ? sheet.print.small * 0.6 : 0);
  for (const std::string& line : lines) {
    pen.Text({card.Middle().x, y}, line, letters);
    y += sheet.print.small * 1.2;
  }
}

void DrawColumn(SvgPen& pen, const Sheet& sheet, const Column& column) {
  for (int level = 1; level <= kLevels; ++level) DrawStone(pen, sheet, column, level);
  DrawCard(pen, sheet, column);
}

void DrawRailing(SvgPen& pen, const Box& road) {
  const double rail = road.y - 13;
  const int posts = std::max(1, static_cast<int>(road.width / 24));
  std::string railing = "M" + Number(road.x) + " " + Number(rail) + "H" + Number(road.Right());
  for (int i = 0; i < posts; ++i) {
    railing +=
        "M" + Number(road.x + (i + 0.5) * road.width / posts) + " " + Number(rail) + "V" + Number(road.y);
  }
  pen.Path(railing, {.stroke = kDeck, .stroke_width = 2});
}

void DrawWholeRoad(SvgPen& pen, const Box& road) {
  pen.Rect({road.x - 0.5, road.y, road.width + 1, road.height}, 0, {.fill = kDeck});
  pen.Path("M" + Number(road.x + 6) + " " + Number(road.Middle().y) + "H" + Number(road.Right() - 6),
           {.stroke = kPaper, .stroke_width = 2.4, .dashes = "12 10"});
}

// Built outwards from the pillar: so many of kPlanks lie there.
void DrawPlanks(SvgPen& pen, const Box& road, int planks) {
  const double width = road.width / kPlanks;
  for (int i = 0; i < kPlanks; ++i) {
    const Box plank{road.x + i * width + 1.5, road.y + 1, width - 3, road.height - 2};
    const bool laid = i >= (kPlanks - planks) / 2 && i < (kPlanks + planks) / 2;
    if (laid) {
      pen.Rect(plank, 2.5, {.fill = kPlank, .stroke = kPlankEdge, .stroke_width = 1.3});
    } else {
      pen.Rect(plank, 2.5, {.fill = "", .stroke = kLine, .stroke_width = 1.2, .dashes = "3 4"});
    }
  }
}

void DrawRoad(SvgPen& pen, const Sheet& sheet, std::size_t index) {
  const PillarState& state = sheet.picture.pillars[index].state;
  const Box road{sheet.SlotLeft(index), sheet.print.deck_top, sheet.SlotWidth(), kDeckHeight};
  if (state.firmness != Firmness::kFirm) return DrawPlanks(pen, road, 2 * state.lowest_level);
  DrawRailing(pen, road);
  DrawWholeRoad(pen, road);
}

// The road on the two banks.
void DrawApproaches(SvgPen& pen, const Sheet& sheet) {
  DrawWholeRoad(pen, {0, sheet.print.deck_top, kSpanLeft, kDeckHeight});
  DrawWholeRoad(pen, {kSpanRight, sheet.print.deck_top, kWidth - kSpanRight, kDeckHeight});
}

// Somebody stands before the Bridge, and on it when it bears.
void DrawWayfarer(SvgPen& pen, const Sheet& sheet) {
  const auto count = sheet.picture.pillars.size();
  const double x = sheet.picture.can_walk && count > 1 ? sheet.SlotLeft((count + 1) / 2) : 40;
  DrawWalker(pen, {x, sheet.print.deck_top + 1}, 50);
}

std::string Definitions() {
  std::string defs = "<defs>\n";
  const auto gradient = [&defs](const char* id, const char* top, const char* bottom) {
    defs += std::string("<linearGradient id=\"") + id + "\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"1\">" +
            "<stop offset=\"0\" stop-color=\"" + top + "\"/><stop offset=\"1\" stop-color=\"" + bottom +
            "\"/></linearGradient>\n";
  };
  const auto pattern = [&defs](const std::string& id, const char* size_and_turn, const std::string& inside) {
    defs += "<pattern id=\"" + id + "\" patternUnits=\"userSpaceOnUse\" " + size_and_turn + ">" + inside +
            "</pattern>\n";
  };
  gradient("brug-sky", "#e6f1f5", "#fdfaf1");
  gradient("brug-water", "#bcdce7", "#e4f1f5");
  gradient("brug-bank", "#a9c79f", "#cfe0c8");
  for (std::size_t i = 0; i < kHues.size(); ++i) {
    pattern("brug-added-" + std::to_string(i), R"x(width="9" height="9" patternTransform="rotate(45)")x",
            std::string(R"(<rect width="9" height="9" fill=")") + kHues[i].light +
                R"("/><rect width="4" height="9" fill=")" + kHues[i].stone + R"("/>)");
  }
  pattern("brug-stood", R"(width="8" height="8")",
          std::string(R"(<rect width="8" height="8" fill="#ffffff"/><circle cx="4" cy="4" r="1.4" fill=")") +
              kLine + R"("/>)");
  return defs + "</defs>\n";
}

std::string DescriptionOf(const DomainPicture& domain, const Words& words) {
  std::string text = " " + domain.name + ": ";
  text += domain.level == 0 ? words.not_filled_in : std::to_string(domain.level) + ", " + domain.level_name;
  if (domain.then_level > 0)
    text += std::string(" (") + words.then + " " + std::to_string(domain.then_level) + ")";
  if (domain.aim > 0) text += std::string(", ") + words.aim + " " + std::to_string(domain.aim);
  text += ".";
  if (domain.most_urgent) text += std::string(" ") + words.this_first + ".";
  return text;
}

// For who hears the picture instead of seeing it.
std::string Description(const Picture& picture, const Words& words) {
  std::string text = words.now;
  if (!picture.date.empty()) text += ", " + picture.date;
  text += ".";
  if (!picture.score.empty()) {
    text += std::string(" ") + words.score + " " + picture.score + " " + words.out_of_100 + ".";
  }
  for (const PillarPicture& pillar : picture.pillars) {
    text += " " + pillar.name + ", " + FirmnessWord(pillar.state.firmness, words) + ":";
    for (const DomainPicture& domain : pillar.domains) text += DescriptionOf(domain, words);
  }
  return text;
}

std::string Document(const Sheet& sheet, double height, const std::string& drawing) {
  std::string svg = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  svg += "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + Number(kWidth / kUnitsPerMm) +
         "mm\" height=\"" + Number(height / kUnitsPerMm) + "mm\" viewBox=\"0 0 " + Number(kWidth) + " " +
         Number(height) +
         "\" role=\"img\" font-family=\"Verdana, 'DejaVu Sans', Geneva, Arial, sans-serif\">\n";
  svg += "<title>" + EscapeXml(sheet.picture.title) + "</title>\n";
  svg += "<desc>" + EscapeXml(Description(sheet.picture, sheet.words)) + "</desc>\n";
  svg += Definitions();
  svg +=
      "<rect width=\"" + Number(kWidth) + "\" height=\"" + Number(height) + "\" fill=\"" + kPaper + "\"/>\n";
  svg += "<g stroke-linecap=\"round\" stroke-linejoin=\"round\">\n";
  return svg + drawing + "</g>\n</svg>\n";
}

std::string DrawSheet(const Sheet& sheet) {
  SvgPen pen;
  const std::size_t pillars = sheet.picture.pillars.size();
  DrawScenery(pen, sheet);
  DrawHeader(pen, sheet);
  for (std::size_t i = 0; i < pillars; ++i) DrawBody(pen, sheet, i);
  for (const Column& column : sheet.columns) DrawUrgency(pen, sheet, column);
  for (std::size_t i = 0; i < pillars; ++i) DrawSign(pen, sheet, i);
  for (const Column& column : sheet.columns) DrawColumn(pen, sheet, column);
  DrawApproaches(pen, sheet);
  for (std::size_t i = 0; i < pillars; ++i) DrawRoad(pen, sheet, i);
  DrawWayfarer(pen, sheet);
  const double bottom = DrawKey(pen, sheet);
  return Document(sheet, std::max(kHeight, bottom + 10), pen.Take());
}

}  // namespace
}  // namespace brug::rules::drawing

namespace brug::rules {

std::string DrawBridgeSvg(const v1::BridgeTemplate& bridge, const v1::Assessment& now,
                          const v1::Assessment* then, const DrawOptions& options) {
  const auto picture =
      drawing::BuildPicture(bridge, now, then, options.language, options.leave_out_sensitive);
  return drawing::DrawSheet(drawing::Sheet(picture, options));
}

bool HasIcon(const std::string& icon) { return drawing::KnowsIcon(icon); }

}  // namespace brug::rules
