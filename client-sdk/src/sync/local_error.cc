#include "client-sdk/src/sync/local_error.h"

#include <array>
#include <string>
#include <utility>

#include "client-sdk/src/vault/error.h"
#include "proto/rules/wording.h"

namespace brug::sdk {

namespace {

struct Wording {
  std::string_view reason;
  std::string_view dutch;
  std::string_view english;
};

// The reasons that are the SDK's own (see Error::reason); those of the contract are worded by the rules.
constexpr std::array kWordings = {
    Wording{"NO_CONNECTION",
            "Er is geen verbinding. Wat je doet wordt bewaard. We proberen het later opnieuw.",
            "There is no connection. What you do is kept. We will try again later."},
    Wording{"TIMED_OUT", "Het duurde te lang. Probeer het straks nog eens.",
            "It took too long. Please try again later."},
    Wording{"NOT_ENROLLED", "Dit apparaat is nog niet aangemeld. Vul eerst je code in.",
            "This device is not yet signed up. Please fill in your code first."},
    Wording{"ALREADY_ENROLLED", "Dit apparaat is al aangemeld.", "This device is already signed up."},
    Wording{"WIPED", "Dit apparaat mag de gegevens niet meer hebben. Ze zijn hier gewist.",
            "This device may no longer hold the data. It was erased here."},
    Wording{"OUTBOX_FULL", "Er wacht te veel om te versturen. Maak eerst verbinding.",
            "Too much is waiting to be sent. Please connect first."},
    Wording{"REPLICA_IN_USE", "Brug is al open op dit apparaat. Sluit het andere venster eerst.",
            "Brug is already open on this device. Please close the other window first."},
    Wording{"STORAGE_FULL", "Het apparaat is vol. Maak ruimte en probeer het nog eens. Er is niets kwijt.",
            "The device is full. Please make room and try again. Nothing is lost."},
    Wording{"STORAGE_FAILED",
            "Het lukt niet om te lezen of te schrijven op dit apparaat. Probeer het straks nog eens.",
            "This device cannot be read or written right now. Please try again later."},
    Wording{"STORAGE_DAMAGED", "De gegevens op dit apparaat zijn beschadigd. Vraag je begeleider om hulp.",
            "The data on this device is damaged. Please ask your mentor for help."},
    Wording{"KEY_STORE_FAILED",
            "De sleutels van dit apparaat zijn niet te gebruiken. Vraag je begeleider om hulp.",
            "The keys of this device cannot be used. Please ask your mentor for help."},
    Wording{"UPDATE_NEEDED", "Deze versie van Brug is te oud. Zet er een nieuwe versie op.",
            "This version of Brug is too old. Please install a newer one."},
    Wording{"STATEMENT_NOT_VALID", "Het antwoord van de organisatie klopt niet. Er is niets veranderd.",
            "The answer of the organisation is not right. Nothing was changed."},
    Wording{"ANSWER_NOT_VALID", "Het antwoord van de dienst klopt niet. Probeer het straks nog eens.",
            "The answer of the service is not right. Please try again later."},
    Wording{"CODE_MISTYPED", "Deze code klopt niet. Kijk nog eens goed, of scan de code.",
            "This code is not right. Please look again, or scan it."},
    Wording{"CODE_NOT_HERE", "De code van deze bon staat nog niet op dit apparaat. Maak verbinding.",
            "The code of this voucher is not on this device yet. Please connect."},
};

bool IsEnglish(std::string_view language) { return language == "en" || language.starts_with("en-"); }

std::string Say(const Error& error, std::string_view language) {
  for (const auto& wording : kWordings) {
    if (wording.reason == error.reason) {
      return std::string(IsEnglish(language) ? wording.english : wording.dutch);
    }
  }
  return rules::Say({.reason = rules::ReasonFromName(error.reason), .field = error.field}, language);
}

}  // namespace

Error LocalError(ErrorCode code, std::string_view reason, std::string_view language, std::string_view field) {
  return WithMessage({.code = code,
                      .reason = std::string(reason),
                      .field = std::string(field),
                      .message = {},
                      .retry_after_ms = {}},
                     language);
}

Error WithMessage(Error error, std::string_view language) {
  if (error.message.empty()) error.message = Say(error, language);
  return error;
}

Error SomeUnreadable(std::int64_t count, std::string_view language) {
  Error error = StorageDamaged();
  const std::string many = std::to_string(count);
  if (IsEnglish(language)) {
    error.message = "Part of this device was damaged. Of what you did, " + many +
                    (count == 1 ? " thing" : " things") + " could not be read. The rest was saved.";
  } else {
    error.message = "Een deel van dit apparaat was beschadigd. Van wat je deed " +
                    (count == 1 ? "was 1 ding" : "waren " + many + " dingen") +
                    " niet meer te lezen. De rest is bewaard.";
  }
  return error;
}

}  // namespace brug::sdk
