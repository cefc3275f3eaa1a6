#include <algorithm>
#include <variant>

#include "tests/scenarios/stage.h"
#include "tests/scenarios/texts.h"

// What can be read of a dossier's past: what was overwritten, and what came too late.
namespace brug::scenarios {
namespace {

// Small, so that whatever is read is read in several pages.
constexpr int kPageSize = 2;
constexpr int kPagesMax = 1'000;

using History = std::vector<v1::LogEntry>;

// Newest first, as the device gets it; or why not, or what is wrong with it.
std::variant<History, std::string> ReadHistory(Stage& stage, const std::string& device,
                                               v1::ListHistoryRequest request) {
  History history;
  request.set_page_size(kPageSize);
  for (int page = 0; page < kPagesMax; ++page) {
    const auto reply =
        stage.world().Ask(stage.StationOf(device), sdk::Method::kListHistory, request.SerializeAsString());
    if (reply.error) return reply.error->reason;
    v1::ListHistoryResponse response;
    if (!response.ParseFromString(reply.response)) return "an answer that cannot be read";
    if (response.entries_size() > kPageSize) return "a page has more than it was asked for";
    for (v1::LogEntry& entry : *response.mutable_entries()) {
      const bool older = history.empty() || entry.point().revision() < history.back().point().revision();
      if (!older) return "the history is not newest first";
      history.push_back(std::move(entry));
    }
    if (response.next_page_token().empty()) return history;
    request.set_page_token(response.next_page_token());
  }
  return "its pages have no end";
}

// What it says that was overwritten, and by whom.
std::string WhatIsThere(Stage& stage, const History& history) {
  std::string words;
  for (const v1::LogEntry& entry : history) {
    for (const v1::Record& record : entry.overwritten()) {
      words += (words.empty() ? "" : ", ") + stage.NameOf(entry.author().person_id()) + " " +
               Quoted({record.has_tick() ? record.tick().note() : WordsOf(record)});
    }
  }
  return words.empty() ? "nothing was overwritten" : "overwritten was, each after who did it: " + words;
}

// Whether somebody wrote over that text, or, with `lost`, meant it and came second.
bool IsOverwritten(Stage& stage, const History& history, const std::string& by, const std::string& text,
                   bool lost) {
  return std::any_of(history.begin(), history.end(), [&](const v1::LogEntry& entry) {
    if (stage.NameOf(entry.author().person_id()) != by || Says(entry.mutation(), text) != lost) return false;
    return std::any_of(entry.overwritten().begin(), entry.overwritten().end(),
                       [&](const v1::Record& record) { return Says(record, text); });
  });
}

v1::ListHistoryRequest OfDossier(Stage& stage, const std::string& client) {
  v1::ListHistoryRequest request;
  request.set_dossier_id(stage.people().at(client).dossier_id);
  return request;
}

template <bool kLost>
Saw ReadsInDossier(Stage& stage, const Said& said) {
  const auto read = ReadHistory(stage, said.devices[0], OfDossier(stage, said.people[0]));
  if (const auto* why = std::get_if<std::string>(&read)) return *why;
  const auto& history = std::get<History>(read);
  const bool there = IsOverwritten(stage, history, said.people[1], said.texts[0], kLost);
  return there ? std::nullopt : Saw(WhatIsThere(stage, history));
}

Saw ReadsInItem(Stage& stage, const Said& said) {
  const Item* item = stage.FindItem(said.words[0], said.texts[0]);
  if (item == nullptr) return "nobody wrote a " + said.words[0] + " \"" + said.texts[0] + "\"";
  v1::ListHistoryRequest request;
  request.set_dossier_id(item->dossier_id);
  request.set_record_id(item->record_id);
  const auto read = ReadHistory(stage, said.devices[0], request);
  if (const auto* why = std::get_if<std::string>(&read)) return *why;
  const auto& history = std::get<History>(read);
  const bool there = IsOverwritten(stage, history, said.people[0], said.texts[1], false);
  return there ? std::nullopt : Saw(WhatIsThere(stage, history));
}

Saw ReadsNothing(Stage& stage, const Said& said) {
  const auto read = ReadHistory(stage, said.devices[0], OfDossier(stage, said.people[0]));
  if (const auto* why = std::get_if<std::string>(&read)) return *why;
  const auto& history = std::get<History>(read);
  return history.empty() ? std::nullopt : Saw(WhatIsThere(stage, history));
}

Saw ReadsWhatCameTooLate(Stage& stage, const Said& said) {
  const auto read = ReadHistory(stage, said.devices[0], OfDossier(stage, said.people[0]));
  if (const auto* why = std::get_if<std::string>(&read)) return *why;
  const auto& history = std::get<History>(read);
  const bool there = std::any_of(history.begin(), history.end(), [&](const v1::LogEntry& entry) {
    return entry.refused() == v1::ERROR_REASON_ACCESS_ENDED && Says(entry.mutation(), said.texts[0]) &&
           stage.NameOf(entry.author().person_id()) == said.people[1];
  });
  return there ? std::nullopt : Saw("it is not there");
}

Saw ReadsInVain(Stage& stage, const Said& said) {
  const auto read = ReadHistory(stage, said.devices[0], OfDossier(stage, said.people[0]));
  const auto* why = std::get_if<std::string>(&read);
  if (why == nullptr) return "the " + said.devices[0] + " could read it";
  return *why == said.words[0] ? std::nullopt : Saw("it said " + *why);
}

}  // namespace

const std::vector<Sentence>& SentencesOfHistory() {
  static const std::vector<Sentence> sentences = {
      {"the DEVICE reads in the history of KIND TEXT that NAME overwrote TEXT", ReadsInItem},
      {"the DEVICE reads in the history of NAME that NAME overwrote TEXT", ReadsInDossier<false>},
      {"the DEVICE reads in the history of NAME that NAME came second with TEXT", ReadsInDossier<true>},
      {"the DEVICE reads in the history of NAME that NAME came too late with TEXT", ReadsWhatCameTooLate},
      {"the DEVICE reads nothing in the history of NAME", ReadsNothing},
      {"the DEVICE reads the history of NAME in vain and hears REASON", ReadsInVain},
  };
  return sentences;
}

}  // namespace brug::scenarios
