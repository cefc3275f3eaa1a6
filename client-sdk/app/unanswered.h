#pragma once

#include <brug/client.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "client-sdk/app/command.h"
#include "client-sdk/app/session.h"

// Requests about money that had no answer: how to type them again so that it happens once, and what is not
// done meanwhile. A kind is what the contract calls it: "PromiseOffer".
namespace brug::app {

// So many characters of an id name what it is the id of, in what the app prints and reads.
inline constexpr std::size_t kShortIdCharacters = 8;

[[nodiscard]] std::string ShortIdOf(std::string_view id);
// Whether `typed` is the id or its beginning, long enough.
[[nodiscard]] bool IsIdOf(std::string_view id, std::string_view typed);
// Whether it is an id as a whole, so that it needs no list.
[[nodiscard]] bool IsWholeId(std::string_view typed);

// The oldest that waits, of this kind and about what `typed` is the id of (empty: about anything).
[[nodiscard]] std::optional<UnansweredRequest> FindUnanswered(Session& session, std::string_view kind,
                                                              std::string_view typed = {});

// What to type to repeat it: "brug promise 7f3a1c20".
[[nodiscard]] std::string CommandOf(const Session& session, const UnansweredRequest& request);
// All that wait, a line each, with what to type; empty when there are none.
[[nodiscard]] std::string SayUnanswered(const Session& session,
                                        const std::vector<UnansweredRequest>& requests);

// Refuses UNANSWERED when something else than an id was typed while a request of this kind waits: a number
// or a name may stand for another one by now than the person saw.
void AskForId(Session& session, std::string_view kind, const std::string& typed, std::string_view field);

// The error with what to type when the request of that kind may have happened.
[[nodiscard]] Error WithCommand(Session& session, std::string_view kind, std::string_view about_id,
                                Error error);

// As Take, for a request about money.
template <class T>
T TakeOnce(Session& session, std::string_view kind, std::string_view about_id, Result<T> result) {
  if (!result.ok()) throw Refusal{WithCommand(session, kind, about_id, result.error())};
  if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

}  // namespace brug::app
