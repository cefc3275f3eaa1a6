#include "proto/rules/draw_svg_pen.h"

#include <algorithm>
#include <charconv>

#include "proto/rules/draw_picture.h"

namespace brug::rules::drawing {
namespace {

constexpr std::string_view kEllipsis = "\u2026";
constexpr double kBoldWidth = 1.12;

// Widths in parts of the font size, of Verdana and its kin: the widest of the typefaces asked for.
double WidthOf(char32_t c) {
  if (c >= 0x1100) return 1.05;
  if (c >= 0x80) return 0.70;
  if (c == U'm' || c == U'w' || c == U'M' || c == U'W' || c == U'@' || c == U'%') return 0.98;
  if (c >= U'A' && c <= U'Z') return c == U'I' || c == U'J' ? 0.45 : 0.76;
  if (c == U'i' || c == U'j' || c == U'l') return 0.29;
  if (c == U' ' || c == U'f' || c == U't' || c == U'r') return 0.41;
  if (c == U'.' || c == U',' || c == U':' || c == U';' || c == U'\'' || c == U'!') return 0.38;
  return 0.635;
}

bool Fits(std::string_view text, const Letters& letters, double width) {
  return EstimateWidth(text, letters.size, letters.bold) <= width;
}

// The longest beginning of `text` that fits with an ellipsis behind it.
std::string Shorten(std::string_view text, const Letters& letters, double width) {
  const double size = letters.size * (letters.bold ? kBoldWidth : 1);
  double room = width - EstimateWidth(kEllipsis, letters.size, letters.bold);
  std::u32string kept;
  for (const char32_t c : Decode(text)) {
    room -= WidthOf(c) * size;
    if (room < 0) break;
    kept += c;
  }
  while (!kept.empty() && kept.back() == U' ') kept.pop_back();
  return Encode(kept) + std::string(kEllipsis);
}

std::vector<std::string_view> WordsOf(std::string_view text) {
  std::vector<std::string_view> words;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    if (text.empty()) return words;
    const auto word = text.substr(0, text.find(' '));
    words.push_back(word);
    text.remove_prefix(word.size());
  }
}

}  // namespace

void SvgPen::Rect(const Box& box, double radius, const Ink& ink) {
  svg_ += "<rect";
  Attribute("x", box.x);
  Attribute("y", box.y);
  Attribute("width", box.width);
  Attribute("height", box.height);
  if (radius > 0) Attribute("rx", radius);
  Paint(ink);
}

void SvgPen::Circle(Point centre, double radius, const Ink& ink) {
  svg_ += "<circle";
  Attribute("cx", centre.x);
  Attribute("cy", centre.y);
  Attribute("r", radius);
  Paint(ink);
}

void SvgPen::Path(std::string_view data, const Ink& ink) {
  svg_ += "<path";
  Attribute("d", data);
  Paint(ink);
}

void SvgPen::Text(Point baseline, std::string_view text, const Letters& letters) {
  BeginText(baseline, letters);
  svg_ += EscapeXml(text) + "</text>\n";
}

void SvgPen::Text(Point baseline, std::string_view bold, std::string_view text, const Letters& letters) {
  BeginText(baseline, letters);
  svg_ += "<tspan font-weight=\"bold\">" + EscapeXml(bold) + "</tspan>" + EscapeXml(text) + "</text>\n";
}

void SvgPen::BeginText(Point baseline, const Letters& letters) {
  svg_ += "<text";
  Attribute("x", baseline.x);
  Attribute("y", baseline.y);
  Attribute("font-size", letters.size);
  Attribute("fill", letters.colour);
  if (letters.bold) Attribute("font-weight", "bold");
  if (letters.anchor != "start") Attribute("text-anchor", letters.anchor);
  svg_ += '>';
}

void SvgPen::Begin(Point origin, double scale) {
  svg_ += "<g transform=\"translate(" + Number(origin.x) + " " + Number(origin.y) + ")";
  svg_ += " scale(" + Number(scale) + ")\">\n";
}

void SvgPen::End() { svg_ += "</g>\n"; }

void SvgPen::Attribute(std::string_view name, double value) { Attribute(name, Number(value)); }

void SvgPen::Attribute(std::string_view name, std::string_view value) {
  svg_ += ' ';
  svg_ += name;
  svg_ += "=\"";
  svg_ += EscapeXml(value);
  svg_ += '"';
}

void SvgPen::Paint(const Ink& ink) {
  Attribute("fill", ink.fill.empty() ? "none" : ink.fill);
  if (!ink.stroke.empty()) {
    Attribute("stroke", ink.stroke);
    Attribute("stroke-width", ink.stroke_width);
  }
  if (!ink.dashes.empty()) Attribute("stroke-dasharray", ink.dashes);
  if (ink.opacity < 1) Attribute("opacity", ink.opacity);
  svg_ += "/>\n";
}

std::string Number(double value) {
  char text[64];
  const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, 2).ptr;
  std::string_view digits(text, static_cast<std::size_t>(end - text));
  digits = digits.substr(0, digits.find_last_not_of('0') + 1);
  if (digits.back() == '.') digits.remove_suffix(1);
  return digits == "-0" ? "0" : std::string(digits);
}

std::string EscapeXml(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

double EstimateWidth(std::string_view text, double size, bool bold) {
  double width = 0;
  for (const char32_t c : Decode(text)) width += WidthOf(c);
  return width * size * (bold ? kBoldWidth : 1);
}

std::vector<std::string> Wrap(std::string_view text, const Letters& letters, double width,
                              std::size_t lines_max) {
  std::vector<std::string> lines;
  for (const std::string_view word : WordsOf(text)) {
    const std::string longer = lines.empty() ? std::string(word) : lines.back() + " " + std::string(word);
    if (!lines.empty() && (lines.size() == lines_max || Fits(longer, letters, width))) {
      lines.back() = longer;
    } else {
      lines.emplace_back(word);
    }
  }
  for (std::string& line : lines) {
    if (!Fits(line, letters, width)) line = Shorten(line, letters, width);
  }
  return lines;
}

}  // namespace brug::rules::drawing
