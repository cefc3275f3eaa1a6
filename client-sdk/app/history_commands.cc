#include <brug/history.h>

#include "client-sdk/app/json.h"
#include "client-sdk/app/phrases.h"
#include "client-sdk/app/session.h"

// What stood there before, who changed it, and what came too late.
namespace brug::app {
namespace {

constexpr int kEntriesShown = 20;

Json EntryToJson(const HistoryEntry& entry) {
  Json overwritten = Json::array();
  for (const EarlierItem& item : entry.overwritten) {
    overwritten.push_back({{"record_id", item.record_id}, {"kind", item.kind}, {"words", item.words}});
  }
  return {{"happened_at", ToJson(entry.happened_at)},
          {"by", entry.by.person_id},
          {"kind", entry.kind},
          {"record_id", entry.record_id},
          {"words", entry.words},
          {"overwritten", overwritten},
          {"refused", entry.refused}};
}

std::string Quoted(const std::vector<std::string>& words) {
  std::string lines;
  for (const std::string& each : words) lines += "    \"" + each + "\"\n";
  return lines;
}

std::string SayEntry(Session& session, const Dossier& dossier, const HistoryEntry& entry) {
  const std::string who = SayAuthor(session, dossier, entry.by);
  std::string text = session.Soft(SayMoment(session, entry.happened_at)) + "  ";
  if (entry.refused) return text + session.Say(Word::kCameTooLate, {who}) + "\n" + Quoted(entry.words);
  text += session.Say(Word::kChangedBy, {who}) + "\n";
  std::vector<std::string> before;
  for (const EarlierItem& item : entry.overwritten) {
    before.insert(before.end(), item.words.begin(), item.words.end());
  }
  if (!before.empty()) text += "  " + session.Say(Word::kItSaidBefore) + "\n" + Quoted(before);
  if (!entry.words.empty()) text += "  " + session.Say(Word::kItSaysSince) + "\n" + Quoted(entry.words);
  return text;
}

// Pages may be short: it goes on until there is enough to show or no more.
std::vector<HistoryEntry> Fetch(Session& session, Client::HistoryQuery query, std::size_t count_max) {
  std::vector<HistoryEntry> entries;
  do {
    HistoryPage page = Take(session.client().ListHistory(query));
    entries.insert(entries.end(), page.entries.begin(), page.entries.end());
    query.page = page.next_page;
  } while (!query.page.empty() && entries.size() < count_max);
  if (entries.size() > count_max) entries.resize(count_max);
  return entries;
}

Answer ShowHistory(Session& session, const Arguments& arguments) {
  const Dossier dossier = session.DossierOf(arguments);
  const auto count = static_cast<std::size_t>(std::max(1, arguments.Number("--count", kEntriesShown)));
  const auto entries =
      Fetch(session, {.dossier_id = dossier.id(), .record_id = arguments.Text("--of")}, count);
  Answer answer{.json = {{"entries", Json::array()}}};
  for (const HistoryEntry& entry : entries) {
    answer.text += SayEntry(session, dossier, entry);
    answer.json["entries"].push_back(EntryToJson(entry));
  }
  if (answer.text.empty()) answer.text = session.Say(Word::kNothingWasChanged) + "\n";
  return answer;
}

}  // namespace

std::vector<Command> HistoryCommands() {
  using Kind = Parameter::Kind;
  return {{"history",
           "",
           Word::kHelpHistory,
           {{"--of", Kind::kText, false, Word::kHelpHistoryOf},
            {"--count", Kind::kNumber, false, Word::kHelpHistoryCount},
            {"--client", Kind::kText, false, Word::kHelpClient}},
           ShowHistory}};
}

}  // namespace brug::app
