#include "proto/rules/merchant_csv.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <string_view>

#include "proto/rules/apply.h"
#include "proto/rules/euro.h"

namespace brug::rules {
namespace {

// What a spreadsheet takes for the beginning of a formula; the last four are the wide forms.
constexpr std::array<std::string_view, 8> kFormulaSigns = {"=", "+", "-", "@", "＝", "＋", "－", "＠"};

bool BeginsFormula(std::string_view text) {
  for (const std::string_view sign : kFormulaSigns) {
    if (text.starts_with(sign)) return true;
  }
  return false;
}

// Where a spreadsheet that divides by another sign than a comma, or ignores quotes, would begin a cell.
bool DividesCells(char c) { return std::string_view(",;|\t\r\n\"").find(c) != std::string_view::npos; }

// A text in quotes, with an apostrophe before whatever would begin a formula.
std::string Cell(std::string_view text) {
  std::string cell = "\"";
  bool begins = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (begins && BeginsFormula(text.substr(i))) cell += '\'';
    begins = DividesCells(text[i]) || (begins && text[i] == ' ');
    if (text[i] == '"') cell += '"';
    cell += text[i];
  }
  return cell + "\"";
}

std::string UtcText(Instant at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::microseconds>(at - day));
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "T%02d:%02d:%02d.%06dZ", static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
                static_cast<int>(time.subseconds().count()));
  return ToIso(day) + text.data();
}

std::optional<std::int64_t> SumOf(const v1::GetMerchantStatementResponse& statement) {
  std::int64_t sum = 0;
  for (const v1::MerchantStatementLine& line : statement.lines()) {
    if (__builtin_add_overflow(sum, line.amount_cents(), &sum)) return std::nullopt;
  }
  return sum;
}

}  // namespace

std::optional<std::string> ToCsv(const v1::GetMerchantStatementResponse& statement) {
  if (SumOf(statement) != statement.total_cents()) return std::nullopt;
  const std::string merchant = Cell(statement.merchant_display_name());
  std::string csv = "booked_at,merchant,redemption_id,amount_eur\r\n";
  for (const v1::MerchantStatementLine& line : statement.lines()) {
    csv += UtcText(ToInstant(line.booked_at())) + "," + merchant + "," + Cell(line.redemption_id()) + "," +
           DecimalText(line.amount_cents()) + "\r\n";
  }
  return csv + "total," + merchant + ",\"\"," + DecimalText(statement.total_cents()) + "\r\n";
}

}  // namespace brug::rules
