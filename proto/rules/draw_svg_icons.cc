#include "proto/rules/draw_svg_icons.h"

#include <algorithm>
#include <array>

namespace brug::rules::drawing {
namespace {

struct Icon {
  std::string_view name;
  // Lines, in a square of 24 by 24.
  std::string_view lines;
};

// Drawn with one pen, two units wide with round ends. For the default template, and some more for those that
// organisations write.
constexpr std::array kIcons = {
    Icon{"house", "M3 11.5 12 4l9 7.5 M5.5 10v10h13V10 M10 20v-6h4v6"},
    Icon{"family",
         "M7 9.2a2.4 2.4 0 1 0 0-4.8 2.4 2.4 0 0 0 0 4.8 M17 9.2a2.4 2.4 0 1 0 0-4.8 2.4 2.4 0 0 0 0 4.8 "
         "M12 15.2a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4 M3 20v-3.5a4 4 0 0 1 5.6-3.7 M21 20v-3.5a4 4 0 0 "
         "0-5.6-3.7 "
         "M8.8 20.5a3.2 3.2 0 0 1 6.4 0"},
    Icon{"heart",
         "M12 20C5.5 15.5 3 12.3 3 8.9A4.6 4.6 0 0 1 12 7.2a4.6 4.6 0 0 1 9 1.7c0 3.4-2.5 6.6-9 11.1z"},
    Icon{"people",
         "M12 8.6a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6 M6.5 20.5v-3.8a5.5 5.5 0 0 1 11 0v3.8 "
         "M4.2 11.8a2 2 0 1 0 0-4 2 2 0 0 0 0 4 M19.8 11.8a2 2 0 1 0 0-4 2 2 0 0 0 0 4 M1.8 19v-2.2c0-1 "
         ".3-1.9.9-2.6 "
         "M22.2 19v-2.2c0-1-.3-1.9-.9-2.6"},
    Icon{"letter", "M3 6h18v13H3z M3 7l9 6.5L21 7"},
    Icon{"coin",
         "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18 M15.6 8.6a4.6 4.6 0 1 0 0 6.8 M6.8 10.8h6.2 M6.8 13.4h6.2"},
    Icon{
        "book",
        "M12 6.5C10 5 7 4.5 3 4.8v13.6c4-.3 7 .3 9 1.8 2-1.5 5-2.1 9-1.8V4.8c-4-.3-7 .2-9 1.7z M12 6.5v13.7"},
    Icon{"wallet", "M4 7.5h15.5v12H4z M4 7.5 16 4v3.5 M19.5 11.5H15a2 2 0 0 0 0 4h4.5"},
    Icon{"tools",
         "M14.2 9.8 5 19a1.6 1.6 0 0 0 2.3 2.3l9.2-9.2 M14.2 9.8A4.8 4.8 0 0 1 20 3.4l-2.7 2.7.7 2 2 .7 "
         "2.5-2.7"
         "a4.8 4.8 0 0 1-6 6 M2.5 4.5 4.5 2.5 9 7 7 9z M8.5 8.5l2.2 2.2 M15.5 15.5l4.5 4.5"},
    Icon{"briefcase", "M3 8h18v12H3z M9 8V5h6v3 M3 13.5h18"},
    Icon{"key", "M8 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9 M12.5 12H22v3.5 M18 12v3"},
    Icon{"star", "M12 3l2.7 5.8 6.3.7-4.7 4.3 1.3 6.2-5.6-3.2L6.4 20l1.3-6.2L3 9.5l6.3-.7z"},
    Icon{"sun",
         "M12 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9 M12 2v2.5 M12 19.5V22 M2 12h2.5 M19.5 12H22 M5 5l1.7 "
         "1.7 "
         "M17.3 17.3 19 19 M5 19l1.7-1.7 M17.3 6.7 19 5"},
    Icon{"leaf", "M5 20C4 10 10 4 20 4c0 10-6 15-13 13 M5 20c1.5-4.5 4.5-8 9-10"},
    Icon{"phone", "M7 2.5h10v19H7z M10.5 18.5h3"},
    Icon{"clock", "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18 M12 7v5l3.5 2"},
    Icon{"food", "M4 11h16a8 8 0 0 1-16 0z M9 7.5c-1-1.5 1-2.5 0-4 M14 7.5c-1-1.5 1-2.5 0-4"},
    Icon{"bus", "M4 5h16v12H4z M4 11h16 M7.5 20v-3 M16.5 20v-3 M12 5v6"},
};

constexpr std::string_view kStone = "M5.5 18.5C2.5 15 4 8.5 9 6.2s11-.2 11.8 5.3-2 8-6.3 8.3-7 .9-9-1.3z";

const Icon* FindIcon(std::string_view name) {
  const auto* found =
      std::find_if(kIcons.begin(), kIcons.end(), [name](const Icon& icon) { return icon.name == name; });
  return found == kIcons.end() ? nullptr : found;
}

}  // namespace

void DrawIcon(SvgPen& pen, std::string_view name, Point centre, double size, const std::string& colour) {
  const Icon* icon = FindIcon(name);
  pen.Begin({centre.x - size / 2, centre.y - size / 2}, size / 24);
  pen.Path(icon ? icon->lines : kStone, {.stroke = colour, .stroke_width = 1.9});
  pen.End();
}

bool KnowsIcon(std::string_view name) { return FindIcon(name) != nullptr; }

void DrawFlag(SvgPen& pen, Point foot, double height, bool reached) {
  pen.Begin({foot.x, foot.y - height}, height / 24);
  const std::string fill = reached ? "#e2b23c" : "#ffffff";
  pen.Path("M2 1.5 15 6 2 11z", {.fill = fill, .stroke = "#6b4c12", .stroke_width = 1.8});
  pen.Path("M2 1v23", {.stroke = "#6b4c12", .stroke_width = 2.2});
  pen.End();
}

void DrawStar(SvgPen& pen, Point centre, double radius) {
  pen.Begin({centre.x - radius, centre.y - radius}, radius / 12);
  pen.Path(FindIcon("star")->lines, {.fill = "#f2c64d", .stroke = "#6b4c12", .stroke_width = 1.8});
  pen.End();
}

void DrawWalker(SvgPen& pen, Point foot, double height) {
  pen.Begin({foot.x - height * 0.25, foot.y - height}, height / 48);
  const std::string dark = "#2f4256";
  pen.Path("M12 30 7 47 M12 30l6 7.5 1.5 9.5", {.stroke = dark, .stroke_width = 4.4});
  pen.Path("M12 15v15", {.fill = "", .stroke = "#2c7a80", .stroke_width = 8.5});
  pen.Path("M12 15l-5.5 9 M12 15l5.5 7.5 4.5-2.5", {.stroke = "#2c7a80", .stroke_width = 3.6});
  pen.Circle({13, 6}, 5, {.fill = dark});
  pen.End();
}

void DrawTree(SvgPen& pen, Point foot, double height) {
  pen.Begin({foot.x, foot.y - height}, height / 48);
  pen.Path("M0 48V26", {.stroke = "#8a6a43", .stroke_width = 4});
  pen.Circle({0, 16}, 14, {.fill = "#7fae78"});
  pen.Circle({-8, 23}, 9, {.fill = "#7fae78"});
  pen.Circle({8, 23}, 9, {.fill = "#8fbb87"});
  pen.End();
}

void DrawHome(SvgPen& pen, Point foot, double height) {
  pen.Begin({foot.x, foot.y - height}, height / 48);
  pen.Path("M-20 48V22h40v26z", {.fill = "#fbf6ea", .stroke = "#7a6a52", .stroke_width = 1.6});
  pen.Path("M-25 24 0 3l25 21z", {.fill = "#b98a4e", .stroke = "#7a6a52", .stroke_width = 1.6});
  pen.Path("M-5 48V33H5v15z", {.fill = "#4b7f8c"});
  pen.Path("M-15 28h7v7h-7z M8 28h7v7H8z", {.fill = "#f5d98a", .stroke = "#7a6a52", .stroke_width = 1.2});
  pen.Path("M2.5 40.5v1.5", {.stroke = "#fbf6ea", .stroke_width = 1.6});
  pen.End();
}

}  // namespace brug::rules::drawing
