#include "proto/rules/draw_svg_sheet.h"

#include <algorithm>

namespace brug::rules::drawing {
namespace {

constexpr Print kNormal = {.title = 40,
                           .date = 19,
                           .sign = 19,
                           .small = 14,
                           .number = 17,
                           .title_baseline = 64,
                           .date_baseline = 96,
                           .sign_baseline = 150,
                           .deck_top = 214,
                           .block_height = 41,
                           .icon = 30,
                           .card_height = 80,
                           .sun = 56,
                           .list_row = 41,
                           .bold_signs = true,
                           .names_on_cards = true,
                           .list_columns = 2};
constexpr Print kLarge = {.title = 48,
                          .date = 28,
                          .sign = kLargePrintMin,
                          .small = kLargePrintMin,
                          .number = kLargePrintMin,
                          .title_baseline = 53,
                          .date_baseline = 90,
                          .sign_baseline = 134,
                          .deck_top = 196,
                          .block_height = 30,
                          .icon = 36,
                          .card_height = 46,
                          .sun = 36,
                          .list_row = 58,
                          .bold_signs = false,
                          .names_on_cards = false,
                          .list_columns = 3};

// Whether the name stands on a card of this width in two lines, uncut.
bool FitsCard(const std::string& name, const Letters& letters, double width) {
  const auto lines = Wrap(name, letters, width, 3);
  return lines.size() <= 2 && std::none_of(lines.begin(), lines.end(), [](const std::string& line) {
           return line.find("\u2026") != std::string::npos;
         });
}

}  // namespace

Sheet::Sheet(const Picture& the_picture, const DrawOptions& options)
    : picture(the_picture),
      words(WordsIn(options.language)),
      large(options.large_print),
      print(large ? kLarge : kNormal),
      names_on_cards(print.names_on_cards) {
  for (std::size_t i = 0; i < picture.pillars.size(); ++i) {
    const auto& domains = picture.pillars[i].domains;
    const auto count = static_cast<double>(std::max<std::size_t>(domains.size(), 1));
    const double gap = count > 2 ? 4 : 8;
    const double width = std::clamp((SlotWidth() * 0.88 - gap * (count - 1)) / count, 1.0, 100.0);
    double x = SlotLeft(i) + (SlotWidth() - width * count - gap * (count - 1)) / 2;
    for (const DomainPicture& domain : domains) {
      columns.push_back({&domain, i, {x, StonesTop(), width, StonesBottom() - StonesTop()}});
      names_on_cards = names_on_cards && FitsCard(domain.name, Small(), width - 2);
      x += width + gap;
    }
  }
}

double Sheet::SlotWidth() const {
  return (kSpanRight - kSpanLeft) / static_cast<double>(std::max<std::size_t>(picture.pillars.size(), 1));
}

double Sheet::SlotLeft(std::size_t pillar) const {
  return kSpanLeft + SlotWidth() * static_cast<double>(pillar);
}

double Sheet::StonesTop() const { return print.deck_top + kDeckHeight + kCapitalHeight + 4; }

double Sheet::StonesBottom() const {
  return StonesTop() + kLevels * print.block_height + (kLevels - 1) * kBlockGap;
}

double Sheet::WaterTop() const { return StonesBottom() - 46; }

double Sheet::WaterBottom() const { return CardTop() + CardHeight() + (large ? 10 : 18); }

double Sheet::CardTop() const { return StonesBottom() + 8; }

double Sheet::CardHeight() const { return names_on_cards ? print.card_height : print.icon + 10; }

Box Sheet::StoneBox(const Column& column, int level) const {
  const double step = print.block_height + kBlockGap;
  return {column.box.x, column.box.Bottom() - level * step + kBlockGap, column.box.width, print.block_height};
}

Box Sheet::CardBox(const Column& column) const {
  return {column.box.x, CardTop(), column.box.width, CardHeight()};
}

Letters Sheet::Small(const char* colour) const { return {.size = print.small, .colour = colour}; }

}  // namespace brug::rules::drawing
