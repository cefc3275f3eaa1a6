#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "proto/rules/draw.h"
#include "proto/rules/draw_picture.h"
#include "proto/rules/draw_svg_pen.h"
#include "proto/rules/limits.h"

// Where everything stands on the sheet, and its colours: shared by what draws the SVG. Part of draw.h.
namespace brug::rules::drawing {

// A sheet of A4, landscape, in quarters of a millimetre.
inline constexpr double kWidth = 1188;
inline constexpr double kHeight = 840;
inline constexpr double kUnitsPerMm = 4;
inline constexpr double kMargin = 40;

// The span between the two banks.
inline constexpr double kSpanLeft = 60;
inline constexpr double kSpanRight = kWidth - kSpanLeft;

inline constexpr const char* kText = "#22303c";
inline constexpr const char* kSoftText = "#4d5b68";
inline constexpr const char* kLine = "#93a1ad";
inline constexpr const char* kPaper = "#ffffff";
inline constexpr const char* kDeck = "#56646f";
inline constexpr const char* kPlank = "#c3a274";
inline constexpr const char* kPlankEdge = "#8d6f45";
inline constexpr const char* kUrgentFill = "#fff2c4";
inline constexpr const char* kUrgentLine = "#b98a1d";

// A pillar's colours. White letters are readable on `stone`.
struct Hue {
  const char* stone;
  const char* light;
};
inline constexpr std::array<Hue, 5> kHues = {{{"#2c7a80", "#a9d0d2"},
                                              {"#4b7f4a", "#b5d3b3"},
                                              {"#8f6a1f", "#e3cd9a"},
                                              {"#3f689f", "#b4c8e2"},
                                              {"#76588a", "#cfbddb"}}};

inline constexpr double kBlockGap = 4;
inline constexpr double kDeckHeight = 22;
inline constexpr double kCapitalHeight = 14;

// What differs between the two prints: font sizes, and where things stand from the top.
struct Print {
  double title, date, sign, small, number;
  double title_baseline, date_baseline, sign_baseline, deck_top, block_height;
  double icon, card_height, sun, list_row;
  bool bold_signs;
  bool names_on_cards;
  std::size_t list_columns;
};

// A column of stones.
struct Column {
  const DomainPicture* domain;
  std::size_t pillar;
  Box box;  // of the five stones

  [[nodiscard]] const Hue& Colours() const { return kHues[pillar % kHues.size()]; }
};

// A picture and its places. Lives no longer than `picture`.
class Sheet {
 public:
  Sheet(const Picture& picture, const DrawOptions& options);

  const Picture& picture;
  const Words& words;
  const bool large;
  const Print& print;
  // Left to right. Without names on the cards under them they stand in the list alone.
  std::vector<Column> columns;
  bool names_on_cards = false;

  [[nodiscard]] double SlotWidth() const;
  [[nodiscard]] double SlotLeft(std::size_t pillar) const;
  [[nodiscard]] double StonesTop() const;
  [[nodiscard]] double StonesBottom() const;
  [[nodiscard]] double WaterTop() const;
  [[nodiscard]] double WaterBottom() const;
  [[nodiscard]] double CardTop() const;
  [[nodiscard]] double CardHeight() const;
  [[nodiscard]] Box StoneBox(const Column& column, int level) const;
  [[nodiscard]] Box CardBox(const Column& column) const;
  [[nodiscard]] Letters Small(const char* colour = kText) const;
};

}  // namespace brug::rules::drawing
