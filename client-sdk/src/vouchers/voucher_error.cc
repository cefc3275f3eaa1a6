#include "client-sdk/src/vouchers/voucher_error.h"

#include <array>
#include <string>

namespace brug::sdk {
namespace {

struct Wording {
  std::string_view reason;
  std::string_view dutch;
  std::string_view english;
};

constexpr std::array kWordings = {
    Wording{"TOKEN_MALFORMED", "Dit is geen bon van Brug. Scan de code nog eens.",
            "This is no voucher of Brug. Please scan the code again."},
    Wording{"TOKEN_NOT_SIGNED", "Deze bon is niet ondertekend. Neem hem niet aan.",
            "This voucher is not signed. Please do not accept it."},
    Wording{"TOKEN_ALGORITHM", "Deze bon is niet op de juiste manier ondertekend. Neem hem niet aan.",
            "This voucher is not signed in the right way. Please do not accept it."},
    Wording{"TOKEN_OF_ANOTHER_KIND", "Deze code is geen bon.", "This code is no voucher."},
    Wording{"TOKEN_KEY_UNKNOWN",
            "Deze bon is niet van deze organisatie, of de sleutels zijn oud. Haal de sleutels opnieuw op.",
            "This voucher is not of this organisation, or the keys are old. Please fetch the keys again."},
    Wording{"TOKEN_CHANGED", "Deze bon is veranderd. Neem hem niet aan.",
            "This voucher was changed. Please do not accept it."},
    Wording{"TOKEN_EXPIRED", "De tijd van deze bon is voorbij.", "The time of this voucher has passed."},
    Wording{"KEYS_NOT_VALID", "De sleutels van de organisatie zijn niet te lezen. Haal ze opnieuw op.",
            "The keys of the organisation cannot be read. Please fetch them again."},
    Wording{"TEXT_TOO_LONG", "Deze tekst past niet in een QR-code.", "This text does not fit in a QR code."},
    Wording{"OUT_OF_RANGE", "Deze waarde kan niet.", "This value is not possible."},
    Wording{"MISSING", "Er is nog niets ingevuld.", "There is nothing here yet."},
};

}  // namespace

Error VoucherError(std::string_view reason, std::string_view field, std::string_view language) {
  Error error{.code = ErrorCode::kInvalid,
              .reason = std::string(reason),
              .field = std::string(field),
              .message = {},
              .retry_after_ms = {}};
  const bool english = language == "en" || language.starts_with("en-");
  for (const auto& wording : kWordings) {
    if (wording.reason == reason) error.message = english ? wording.english : wording.dutch;
  }
  return error;
}

}  // namespace brug::sdk
