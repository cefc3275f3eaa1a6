#include "proto/crypto/crockford.h"

#include <array>

#include "proto/crypto/openssl.h"

namespace brug::crypto {
namespace {

// The 32 symbols of a code, then the five that only a check symbol can be.
constexpr std::string_view kSymbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U";
constexpr std::size_t kCodeSymbols = 32;
constexpr int kCheckModulus = 37;
static_assert(kSymbols.size() == kCheckModulus);

// What people and their keyboards put between groups: space, hyphen, no-break space, the hyphens and dashes
// U+2010 to U+2015, the minus sign.
constexpr std::array<std::string_view, 10> kSeparators = {" ",      "-",      "\u00a0", "\u2010", "\u2011",
                                                          "\u2012", "\u2013", "\u2014", "\u2015", "\u2212"};

char UpperCase(char symbol) {
  return symbol >= 'a' && symbol <= 'z' ? static_cast<char>(symbol - 'a' + 'A') : symbol;
}

char Read(char typed) {
  const char symbol = UpperCase(typed);
  if (symbol == 'O') return '0';
  if (symbol == 'I' || symbol == 'L') return '1';
  return symbol;
}

// The bytes of the separator that `text` starts with; 0 if it starts with none.
std::size_t SeparatorBytes(std::string_view text) {
  for (const std::string_view separator : kSeparators) {
    if (text.starts_with(separator)) return separator.size();
  }
  return 0;
}

// Upper case, without separators; any other character stays.
std::string Reduce(std::string_view typed) {
  std::string reduced;
  while (!typed.empty()) {
    const std::size_t separator_bytes = SeparatorBytes(typed);
    if (separator_bytes == 0) reduced += Read(typed.front());
    typed.remove_prefix(separator_bytes == 0 ? 1 : separator_bytes);
  }
  return reduced;
}

bool IsCode(std::string_view text) {
  return !text.empty() && text.find_first_not_of(kSymbols.substr(0, kCodeSymbols)) == std::string_view::npos;
}

}  // namespace

std::string NewCode(RandomSource& random, std::size_t symbols) {
  const SecretBytes drawn = RandomSecret(random, symbols);
  std::string code;
  code.reserve(symbols);
  for (const char byte : drawn.view()) code += kSymbols[static_cast<unsigned char>(byte) % kCodeSymbols];
  return code;
}

std::optional<std::string> NormaliseCode(std::string_view typed) {
  if (typed.size() > kTypedCodeBytesMax) return std::nullopt;
  std::string code = Reduce(typed);
  if (!IsCode(code)) return std::nullopt;
  return code;
}

std::string GroupCode(std::string_view code) {
  std::string grouped;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (i > 0 && i % kCodeGroupSymbols == 0) grouped += '-';
    grouped += code[i];
  }
  return grouped;
}

char CheckSymbol(std::string_view code) {
  Demand(IsCode(code), "a check symbol is for a normalised code");
  int value = 0;
  for (const char symbol : code) {
    value =
        (value * static_cast<int>(kCodeSymbols) + static_cast<int>(kSymbols.find(symbol))) % kCheckModulus;
  }
  return kSymbols[value];
}

std::optional<std::string> NormaliseCheckedCode(std::string_view typed) {
  if (typed.size() > kTypedCodeBytesMax) return std::nullopt;
  std::string code = Reduce(typed);
  if (code.empty()) return std::nullopt;
  const char check_symbol = code.back();
  code.pop_back();
  if (!IsCode(code) || CheckSymbol(code) != check_symbol) return std::nullopt;
  return code;
}

}  // namespace brug::crypto
