#pragma once

#include <string>
#include <string_view>
#include <vector>

// Writes SVG, element by element. Part of draw.h.
namespace brug::rules::drawing {

struct Point {
  double x = 0;
  double y = 0;
};

struct Box {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;

  [[nodiscard]] double Right() const { return x + width; }
  [[nodiscard]] double Bottom() const { return y + height; }
  [[nodiscard]] Point Middle() const { return {x + width / 2, y + height / 2}; }
};

// How an outline and its inside look. An empty colour is none.
struct Ink {
  std::string fill = {};
  std::string stroke = {};
  double stroke_width = 0;
  std::string dashes = {};  // as "6 4"; empty for a whole line
  double opacity = 1;
};

struct Letters {
  double size = 14;
  std::string colour = "#22303c";
  bool bold = false;
  std::string anchor = "start";  // or "middle", "end"
};

// An SVG document in the making. Every text that is written is escaped; numbers have a point whatever the
// locale.
class SvgPen {
 public:
  void Rect(const Box& box, double radius, const Ink& ink);
  void Circle(Point centre, double radius, const Ink& ink);
  void Path(std::string_view data, const Ink& ink);
  void Text(Point baseline, std::string_view text, const Letters& letters);
  // The same with a bold beginning.
  void Text(Point baseline, std::string_view bold, std::string_view text, const Letters& letters);
  // What stands between the two is moved to `origin` and made `scale` times as large. No text in between: its
  // size would lie.
  void Begin(Point origin, double scale);
  void End();
  // Markup as it is. Never with text from outside.
  void Raw(std::string_view markup) { svg_ += markup; }

  [[nodiscard]] std::string Take() { return std::move(svg_); }

 private:
  void BeginText(Point baseline, const Letters& letters);
  void Attribute(std::string_view name, double value);
  void Attribute(std::string_view name, std::string_view value);
  void Paint(const Ink& ink);

  std::string svg_;
};

// With at most two decimals and no exponent.
[[nodiscard]] std::string Number(double value);

// For the inside of an element or of an attribute in double quotes.
[[nodiscard]] std::string EscapeXml(std::string_view text);

// About how wide `text` will be, rather too much than too little: which typeface will be there is not known
// here.
[[nodiscard]] double EstimateWidth(std::string_view text, double size, bool bold = false);

// The lines in which `text` fits `width`, broken between words; what does not fit `lines_max` lines ends in
// an ellipsis.
[[nodiscard]] std::vector<std::string> Wrap(std::string_view text, const Letters& letters, double width,
                                            std::size_t lines_max);

}  // namespace brug::rules::drawing
