#include "proto/rules/draw_svg_scenery.h"

#include <array>
#include <string>

#include "proto/rules/draw_svg_icons.h"

namespace brug::rules::drawing {
namespace {

const char* const kSun = "#fbe6a2";
const char* const kSunRim = "#f2cf6b";

std::string At(double x, double y) { return Number(x) + " " + Number(y); }

void DrawCloud(SvgPen& pen, Point at, double scale) {
  pen.Begin(at, scale);
  pen.Path("M0 30a16 16 0 0 1 6-31 24 24 0 0 1 45-5 18 18 0 0 1 24 16 10 10 0 0 1 0 20z",
           {.fill = kPaper, .opacity = 0.9});
  pen.End();
}

void DrawSky(SvgPen& pen, const Sheet& sheet) {
  pen.Rect({0, 0, kWidth, sheet.WaterBottom()}, 0, {.fill = "url(#brug-sky)"});
  if (!sheet.large) DrawCloud(pen, {600, 60}, 1.0);
  DrawCloud(pen, sheet.large ? Point{712, 56} : Point{770, 40}, 0.7);
}

void DrawHills(SvgPen& pen, double water) {
  pen.Path("M0 " + Number(water + 20) + "C160 " + At(water - 120, 360) + " " + At(water - 60, 560) + " " +
               Number(water - 40) + "S980 " + At(water - 130, kWidth) + " " + Number(water - 20) + "V" +
               Number(water + 40) + "H0z",
           {.fill = "#e3eedd"});
}

void DrawWater(SvgPen& pen, double top, double bottom) {
  std::string wave = "M" + At(0, top) + "q13.5 -9 27 0";
  for (double x = 27; x < kWidth; x += 27) wave += "t27 0";
  pen.Path(wave + "V" + Number(bottom) + "H0z", {.fill = "url(#brug-water)"});
  for (int row = 0; row < 3; ++row) {
    for (int i = 0; i < 8; ++i) {
      pen.Path("M" + At(30 + i * 152 + (row % 2) * 76, top + 34 + row * 36) + "q9 -6 18 0t18 0",
               {.stroke = "#9cc6d6", .stroke_width = 2});
    }
  }
}

// Where one comes from, and where one wants to go.
void DrawBanks(SvgPen& pen, const Sheet& sheet) {
  const std::string top = Number(sheet.print.deck_top);
  const std::string foot = Number(sheet.WaterBottom());
  const Ink earth{.fill = "url(#brug-bank)"};
  pen.Path("M0 " + top + "H48q12 0 12 14C62 320 66 420 84 " + foot + "H0z", earth);
  pen.Path("M1188 " + top + "H1140q-12 0 -12 14C1126 320 1122 420 1104 " + foot + "H1188z", earth);
  DrawTree(pen, {8, sheet.print.deck_top}, 62);
  DrawHome(pen, {1158, sheet.print.deck_top}, 52);
}

void DrawRays(SvgPen& pen, Point centre, double radius) {
  // The cosine of every sixteenth of a turn, for a quarter: the same digits on every machine.
  constexpr std::array<double, 5> kCosine = {1, 0.92388, 0.70711, 0.38268, 0};
  for (std::size_t i = 0; i <= 4; ++i) {
    const double near = radius + 6;
    const double far = radius + (i % 2 == 0 ? 16 : 12);
    for (const double right : {-1.0, 1.0}) {
      for (const double down : {-1.0, 1.0}) {
        const double x = right * kCosine[i];
        const double y = down * kCosine[4 - i];
        pen.Path("M" + At(centre.x + near * x, centre.y + near * y) + "L" +
                     At(centre.x + far * x, centre.y + far * y),
                 {.stroke = kSunRim, .stroke_width = 4});
      }
    }
  }
}

void DrawScoreInSun(SvgPen& pen, const Sheet& sheet, Point centre, const std::string& then) {
  const double line = sheet.print.small * 1.25;
  const double top = centre.y + (then.empty() ? 8 : 0);
  pen.Text({centre.x, top}, sheet.picture.score, {.size = 32, .bold = true, .anchor = "middle"});
  pen.Text({centre.x, top + line}, sheet.words.out_of_100, {.size = sheet.print.small, .anchor = "middle"});
  if (then.empty()) return;
  pen.Text({centre.x, top + 2 * line}, then,
           {.size = sheet.print.small, .colour = kSoftText, .anchor = "middle"});
}

void DrawScoreBesideSun(SvgPen& pen, const Sheet& sheet, double right, const std::string& then) {
  pen.Text({right, sheet.print.title_baseline}, sheet.picture.score,
           std::string(" ") + sheet.words.out_of_100, {.size = 32, .anchor = "end"});
  if (then.empty()) return;
  pen.Text({right, sheet.print.date_baseline}, then,
           {.size = sheet.print.small, .colour = kSoftText, .anchor = "end"});
}

void DrawSun(SvgPen& pen, const Sheet& sheet) {
  const double radius = sheet.print.sun;
  const Point centre{kWidth - kMargin - radius - 10, radius + (sheet.large ? 20 : 24)};
  DrawRays(pen, centre, radius);
  pen.Circle(centre, radius, {.fill = kSun, .stroke = kSunRim, .stroke_width = 3});
  const Picture& picture = sheet.picture;
  if (picture.score.empty()) return;
  const std::string then =
      picture.then_score.empty() ? "" : std::string(sheet.words.then) + " " + picture.then_score;
  if (sheet.large) {
    DrawScoreBesideSun(pen, sheet, centre.x - radius - 30, then);
  } else {
    DrawScoreInSun(pen, sheet, centre, then);
  }
}

}  // namespace

void DrawScenery(SvgPen& pen, const Sheet& sheet) {
  DrawSky(pen, sheet);
  DrawHills(pen, sheet.WaterTop());
  DrawWater(pen, sheet.WaterTop(), sheet.WaterBottom());
  DrawBanks(pen, sheet);
  DrawSun(pen, sheet);
}

}  // namespace brug::rules::drawing
