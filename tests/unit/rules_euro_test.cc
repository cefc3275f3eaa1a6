#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

#include "proto/rules/apply.h"
#include "proto/rules/euro.h"
#include "proto/rules/merchant_csv.h"
#include "tests/support/dossier_story.h"

// Money in words, and a merchant's month as a table.
namespace brug::rules {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

constexpr std::int64_t kInt64Min = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kInt64Max = std::numeric_limits<std::int64_t>::max();

TEST(EuroText, IsAsPeopleWriteIt) {
  EXPECT_EQ(EuroText(1250, "nl"), "€ 12,50");
  EXPECT_EQ(EuroText(1250, "en"), "€12.50");
  EXPECT_EQ(EuroText(1250, "nl-BE"), "€ 12,50");
  EXPECT_EQ(EuroText(1250, "fr"), "€ 12,50");
  EXPECT_EQ(EuroText(0, "nl"), "€ 0,00");
  EXPECT_EQ(EuroText(5, "en"), "€0.05");
  EXPECT_EQ(EuroText(100'000, "nl"), "€ 1000,00");
  EXPECT_EQ(EuroText(-1250, "nl"), "€ -12,50");
  EXPECT_EQ(EuroText(-1250, "en"), "-€12.50");
  EXPECT_EQ(EuroText(kInt64Max, "en"), "€92233720368547758.07");
  EXPECT_EQ(EuroText(kInt64Min, "nl"), "€ -92233720368547758,08");
  EXPECT_EQ(DecimalText(-5), "-0.05");
  EXPECT_EQ(DecimalText(kInt64Min), "-92233720368547758.08");
}

TEST(ParseEuro, TakesWhatPeopleType) {
  for (const char* typed : {"12,50", "12.50", "12,5", "€ 12,50", "€12.50", "  12,50 ", "€12.5", "012,50"}) {
    EXPECT_EQ(ParseEuro(typed), 1250) << typed;
  }
  EXPECT_EQ(ParseEuro("12"), 1200);
  EXPECT_EQ(ParseEuro("0"), 0);
  EXPECT_EQ(ParseEuro("0,05"), 5);
  EXPECT_EQ(ParseEuro("92233720368547758.07"), kInt64Max);
}

TEST(ParseEuro, TakesNothingElse) {
  for (const char* typed : {"",
                            " ",
                            "€",
                            "12,",
                            ",50",
                            ".",
                            "12,505",
                            "12.500",
                            "1.000,00",
                            "1,000.00",
                            "1 000",
                            "-12",
                            "+12",
                            "12,-",
                            "12,5-",
                            "12,+5",
                            "twaalf",
                            "12 euro",
                            "0x10",
                            "1e2",
                            "12,50€",
                            "92233720368547758.08",
                            "92233720368547759",
                            "99999999999999999999",
                            "12\n",
                            "12,5 0",
                            "€€12",
                            "١٢"}) {
    EXPECT_EQ(ParseEuro(typed), std::nullopt) << typed;
  }
  EXPECT_EQ(ParseEuro(std::string_view("12\0", 3)), std::nullopt);
}

RC_GTEST_PROP(ParseEuro, ReadsBackWhatEuroTextWrote, (std::int64_t any)) {
  const std::int64_t cents = any == kInt64Min ? 0 : std::abs(any);
  RC_ASSERT(ParseEuro(EuroText(cents, "nl")) == cents);
  RC_ASSERT(ParseEuro(EuroText(cents, "en")) == cents);
  RC_ASSERT(ParseEuro(DecimalText(cents)) == cents);
  RC_ASSERT(!ParseEuro(EuroText(-1 - cents, "nl")).has_value());
  RC_ASSERT(!ParseEuro(EuroText(-1 - cents, "en")).has_value());
}

// ---- The table

v1::GetMerchantStatementResponse Month(const std::string& name, const std::vector<std::int64_t>& amounts) {
  v1::GetMerchantStatementResponse statement;
  statement.set_merchant_display_name(name);
  std::int64_t total = 0;
  for (const std::int64_t cents : amounts) {
    v1::MerchantStatementLine& line = *statement.add_lines();
    line.set_redemption_id(Id(statement.lines_size()));
    *line.mutable_booked_at() = ToTimestamp(kNow + std::chrono::microseconds(statement.lines_size()));
    line.set_amount_cents(cents);
    total += cents;
  }
  statement.set_total_cents(total);
  return statement;
}

TEST(ToCsv, HasAHeaderALineEachAndTheTotal) {
  EXPECT_EQ(
      ToCsv(Month("De Schoenwinkel", {4000, 1250, -1250})),
      "booked_at,merchant,redemption_id,amount_eur\r\n"
      "2026-11-21T12:00:00.000001Z,\"De Schoenwinkel\",\"00000000-0000-7000-8000-000000000001\",40.00\r\n"
      "2026-11-21T12:00:00.000002Z,\"De Schoenwinkel\",\"00000000-0000-7000-8000-000000000002\",12.50\r\n"
      "2026-11-21T12:00:00.000003Z,\"De Schoenwinkel\",\"00000000-0000-7000-8000-000000000003\",-12.50\r\n"
      "total,\"De Schoenwinkel\",\"\",40.00\r\n");
  EXPECT_EQ(ToCsv(Month("Leeg", {})),
            "booked_at,merchant,redemption_id,amount_eur\r\ntotal,\"Leeg\",\"\",0.00\r\n");
}

TEST(ToCsv, OfLinesThatDoNotAddUpIsNone) {
  v1::GetMerchantStatementResponse statement = Month("De Schoenwinkel", {4000});
  statement.set_total_cents(3999);
  EXPECT_EQ(ToCsv(statement), std::nullopt);
  statement.mutable_lines(0)->set_amount_cents(kInt64Max);
  statement.add_lines()->set_amount_cents(1);
  statement.set_total_cents(kInt64Min);
  EXPECT_EQ(ToCsv(statement), std::nullopt);
}

std::string CellOf(const std::string& name) {
  const std::string csv = ToCsv(Month(name, {})).value();
  const auto from = csv.find("total,") + 6;
  return csv.substr(from, csv.rfind(",\"\",") - from);
}

TEST(ToCsv, LeavesNothingThatASpreadsheetWouldTakeForAFormula) {
  EXPECT_EQ(CellOf("=1+1"), "\"'=1+1\"");
  EXPECT_EQ(CellOf("+31 6"), "\"'+31 6\"");
  EXPECT_EQ(CellOf("-2"), "\"'-2\"");
  EXPECT_EQ(CellOf("@SUM(A1)"), "\"'@SUM(A1)\"");
  EXPECT_EQ(CellOf("  =1"), "\"  '=1\"");
  EXPECT_EQ(CellOf("\t=1"), "\"\t'=1\"");
  EXPECT_EQ(CellOf("a\n=1"), "\"a\n'=1\"");
  EXPECT_EQ(CellOf("a;=1"), "\"a;'=1\"");
  EXPECT_EQ(CellOf("a\",=1"), "\"a\"\",'=1\"");
  EXPECT_EQ(CellOf("\"=1"), "\"\"\"'=1\"");
  EXPECT_EQ(CellOf("＝1"), "\"'＝1\"");
}

TEST(ToCsv, LeavesOrdinaryNamesAsTheyAre) {
  EXPECT_EQ(CellOf("A-Z + Zonen"), "\"A-Z + Zonen\"");
  EXPECT_EQ(CellOf("info@winkel"), "\"info@winkel\"");
  EXPECT_EQ(CellOf("Bakker, Jansen"), "\"Bakker, Jansen\"");
  EXPECT_EQ(CellOf("De \"Hoek\""), "\"De \"\"Hoek\"\"\"");
}

// Reads RFC 4180: fields of each row.
std::vector<std::vector<std::string>> RowsOf(const std::string& csv) {
  std::vector<std::vector<std::string>> rows = {{""}};
  bool quoted = false;
  for (std::size_t i = 0; i < csv.size(); ++i) {
    if (csv[i] == '"' && quoted && i + 1 < csv.size() && csv[i + 1] == '"') {
      rows.back().back() += csv[++i];
    } else if (csv[i] == '"') {
      quoted = !quoted;
    } else if (csv[i] == ',' && !quoted) {
      rows.back().emplace_back();
    } else if (csv.compare(i, 2, "\r\n") == 0 && !quoted) {
      ++i;
      if (i + 1 < csv.size()) rows.emplace_back(1);
    } else {
      rows.back().back() += csv[i];
    }
  }
  return rows;
}

RC_GTEST_PROP(ToCsv, IsReadBackByAnyReaderAndAddsUp, ()) {
  const auto sign = rc::gen::elementOf(std::string("=+-@,;\"'\r\n\t |aB1"));
  const auto name = *rc::gen::container<std::string>(sign);
  const auto amounts = *rc::gen::container<std::vector<std::int64_t>>(
      rc::gen::cast<std::int64_t>(rc::gen::arbitrary<std::int32_t>()));
  const auto rows = RowsOf(ToCsv(Month(name, amounts)).value());
  RC_ASSERT(rows.size() == amounts.size() + 2);
  for (const auto& row : rows) {
    RC_ASSERT(row.size() == 4U);
    const std::string& merchant = row[1];
    const auto first = merchant.find_first_not_of(' ');
    RC_ASSERT(first == std::string::npos || std::string("=+-@").find(merchant[first]) == std::string::npos);
  }
  // Apostrophes apart, the name is there to the letter.
  const auto bare = [](std::string text) {
    std::erase(text, '\'');
    return text;
  };
  RC_ASSERT(bare(rows.back()[1]) == bare(name));
  for (std::size_t i = 0; i < amounts.size(); ++i) RC_ASSERT(rows[i + 1][3] == DecimalText(amounts[i]));
}

}  // namespace
}  // namespace brug::rules
