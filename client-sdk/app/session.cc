#include "client-sdk/app/session.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>

namespace brug::app {
namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

bool LooksOn(int descriptor) { return isatty(descriptor) != 0; }

template <class T>
const T* ById(const std::vector<T>& items, std::string_view id) {
  const auto found = std::find_if(items.begin(), items.end(), [&](const T& item) { return item.id == id; });
  return found == items.end() ? nullptr : &*found;
}

Word WhomItIsFor(Role role) {
  switch (role) {
    case Role::kClient:
      return Word::kForClients;
    case Role::kTeamLead:
      return Word::kForTeamLeads;
    case Role::kProgrammeManager:
      return Word::kForProgrammeManagers;
    case Role::kApprover:
      return Word::kForApprovers;
    case Role::kMerchant:
      return Word::kForMerchants;
    default:
      return Word::kForMentors;
  }
}

}  // namespace

Session::Session(Asked asked)
    : asked_(std::move(asked)),
      language_(LanguageOf(asked_.settings.language)),
      colour_(!asked_.json && LooksOn(STDOUT_FILENO) && std::getenv("NO_COLOR") == nullptr) {}

void Session::Refuse(std::string_view reason, std::string_view field, std::string message) const {
  throw Refusal{Error{.code = ErrorCode::kInvalid,
                      .reason = std::string(reason),
                      .field = std::string(field),
                      .message = std::move(message),
                      .retry_after_ms = {}}};
}

Client& Session::client() {
  if (client_) return *client_;
  std::string roots;
  if (!asked_.offline && !asked_.settings.ca_file.empty()) {
    std::ifstream file(asked_.settings.ca_file);
    roots.assign(std::istreambuf_iterator<char>(file), {});
    if (roots.empty()) Refuse("NOT_FOUND", "--ca", Say(Word::kCannotReadFile, {asked_.settings.ca_file}));
  }
  auto opened = Client::Open({.directory = asked_.home / "replica",
                              .server = asked_.offline ? std::string() : asked_.settings.server,
                              .root_certificate_pem = roots,
                              .spki_pins = {},
                              .server_name = {},
                              .language = language_ == Language::kEnglish ? "en" : "nl",
                              .key_store = std::make_shared<FileKeyStore>((asked_.home / "keys").string())});
  if (!opened.ok() && opened.error().field == "root_certificate_pem")
    Refuse("OUT_OF_RANGE", "--ca", Say(Word::kNoCertificate, {asked_.settings.ca_file}));
  client_ = Take(std::move(opened));
  return *client_;
}

void Session::Remember() const {
  if (!SaveSettings(asked_.home, asked_.settings)) {
    Refuse("STORAGE_FAILED", "--home", Say(Word::kCannotWriteFile, {(asked_.home / "brug.json").string()}));
  }
}

Identity Session::Me() {
  if (auto identity = client().WhoAmI()) return *identity;
  throw Refusal{Error{.code = ErrorCode::kSignInNeeded,
                      .reason = "NOT_ENROLLED",
                      .field = {},
                      .message = Say(Word::kNotEnrolled),
                      .retry_after_ms = {}}};
}

Identity Session::MeAs(Role role) {
  Identity me = Me();
  if (me.Has(role)) return me;
  RefuseRole(WhomItIsFor(role));
}

Identity Session::MeWithRewards() {
  Identity me = Me();
  for (const Role role : {Role::kMentor, Role::kTeamLead, Role::kProgrammeManager, Role::kApprover}) {
    if (me.Has(role)) return me;
  }
  RefuseRole(Word::kForRewardStaff);
}

void Session::RefuseRole(Word whom_it_is_for) const {
  throw Refusal{Error{.code = ErrorCode::kNotAllowed,
                      .reason = "NOT_ALLOWED",
                      .field = {},
                      .message = Say(whom_it_is_for),
                      .retry_after_ms = {}}};
}

Result<void> Session::Sync(std::chrono::milliseconds timeout) {
  Subscription progress;
  const bool shown = !asked_.json && LooksOn(STDERR_FILENO) && client().GetStatus().first_sync.has_value();
  if (shown) {
    progress = client().Subscribe([this](const Change&) {
      const auto first = client_->GetStatus().first_sync;
      if (!first) return;
      const std::string line = Say(
          Word::kFirstSync, {std::to_string(first->dossiers_complete), std::to_string(first->dossiers_total),
                             std::to_string(first->records_received)});
      std::fprintf(stderr, "\r%s", line.c_str());
    });
  }
  auto done = client().SyncNow({.timeout = timeout, .keep_trying = false});
  if (shown) {
    progress = Subscription();
    std::fputc('\n', stderr);
  }
  return done;
}

Dossier Session::DossierOf(const Arguments& arguments) {
  const Identity me = Me();
  if (arguments.Has("--client")) return Take(client().OpenDossier(FindClient(arguments.Text("--client"))));
  if (arguments.Has("CLIENT")) return Take(client().OpenDossier(FindClient(arguments.Text("CLIENT"))));
  auto own = client().OwnDossier();
  if (own.ok()) return *own;
  if (me.Has(Role::kMentor)) {
    if (arguments.Takes("--client")) Refuse("MISSING", "--client", Say(Word::kSayWhichClient));
    Refuse("NOT_YOURS", "", Say(Word::kUpToTheClient));
  }
  if (own.error().reason == "NOT_FOUND") Refuse("NOT_FOUND", "", Say(Word::kNothingFetchedYet));
  throw Refusal{own.error()};
}

std::string Session::FindClient(std::string_view who) {
  std::vector<std::pair<std::string, std::string>> people;
  for (const auto& entry : Take(client().Caseload()))
    people.emplace_back(entry.dossier_id, entry.display_name);
  return people[Match(who, people, "client")].first;
}

Item<Goal> Session::FindGoal(const Dossier& dossier, std::string_view which) const {
  const auto goals = Take(dossier.Goals());
  if (const auto* goal = ById(goals, which)) return *goal;
  if (const auto place = PlaceIn(which, goals.size())) return goals[*place];
  Refuse("NOT_FOUND", "goal", Say(Word::kNoSuchGoal, {which}));
}

Item<Step> Session::FindStep(const Dossier& dossier, std::string_view which) const {
  const auto dot = which.find('.');
  if (dot == std::string_view::npos) {
    auto step = dossier.FindStep(which);
    if (step.ok()) return *step;
    Refuse("NOT_FOUND", "step", Say(Word::kNoSuchStep, {which}));
  }
  const auto goals = Take(dossier.Goals());
  const auto goal = PlaceIn(which.substr(0, dot), goals.size());
  if (!goal) Refuse("NOT_FOUND", "step", Say(Word::kNoSuchStep, {which}));
  const auto steps = Take(dossier.Steps(goals[*goal].id));
  const auto step = PlaceIn(which.substr(dot + 1), steps.size());
  if (!step) Refuse("NOT_FOUND", "step", Say(Word::kNoSuchStep, {which}));
  return steps[*step];
}

Item<Milestone> Session::FindMilestone(const Dossier& dossier, std::string_view which) const {
  const auto goals = Take(dossier.Goals());
  for (std::size_t g = 0; g < goals.size(); ++g) {
    const auto milestones = Take(dossier.Milestones(goals[g].id));
    if (const auto* milestone = ById(milestones, which)) return *milestone;
    const std::string of_this_goal = std::to_string(g + 1) + ".m";
    if (!which.starts_with(of_this_goal)) continue;
    if (const auto place = PlaceIn(which.substr(of_this_goal.size()), milestones.size()))
      return milestones[*place];
  }
  Refuse("NOT_FOUND", "milestone", Say(Word::kNoSuchMilestone, {which}));
}

std::string Session::FindTarget(const Dossier& dossier, std::string_view which) const {
  if (const auto goal = dossier.FindGoal(which); goal.ok()) return goal->id;
  if (which.find(".m") != std::string_view::npos) return FindMilestone(dossier, which).id;
  const bool number = which.find_first_not_of("0123456789") == std::string_view::npos;
  return number ? FindGoal(dossier, which).id : FindStep(dossier, which).id;
}

std::string Session::FindDomain(const BridgeTemplate& bridge, std::string_view which,
                                std::string_view field) const {
  std::string known;
  for (const auto& pillar : bridge.pillars) {
    for (const auto& domain : pillar.domains) {
      if (domain.domain_id == which || Lower(domain.name) == Lower(which)) return domain.domain_id;
      if (!known.empty()) known += ", ";
      known += domain.domain_id;
    }
  }
  Refuse("NOT_ON_THE_BRIDGE", field, Say(Word::kNoSuchDomain, {which, known}));
}

StaffMember Session::FindColleague(std::string_view who) {
  const auto colleagues = Take(client().ListColleagues());
  std::vector<std::pair<std::string, std::string>> people;
  for (const auto& colleague : colleagues) people.emplace_back(colleague.person_id, colleague.display_name);
  return colleagues[Match(who, people, "--to")];
}

Date Session::Day(const Dossier& dossier, std::string_view text, std::string_view field) const {
  const Date today = Take(dossier.TodaysDate());
  const std::string word = Lower(text);
  if (word == "vandaag" || word == "today") return today;
  if (word == "gisteren" || word == "yesterday") return AddDays(today, -1);
  if (word == "morgen" || word == "tomorrow") return AddDays(today, 1);
  if (const auto date = ParseDate(text)) return *date;
  Refuse("NO_SUCH_DAY", field, Say(Word::kNoSuchDay, {text}));
}

std::optional<Date> Session::DayOf(const Dossier& dossier, const Arguments& arguments,
                                   std::string_view option) const {
  if (!arguments.Has(option)) return std::nullopt;
  return Day(dossier, arguments.Text(option), option);
}

std::optional<TimeOfDay> Session::TimeOf(const Arguments& arguments, std::string_view option) const {
  if (!arguments.Has(option)) return std::nullopt;
  if (const auto time = ParseTimeOfDay(arguments.Text(option))) return time;
  Refuse("OUT_OF_RANGE", option, Say(Word::kNoSuchTime, {arguments.Text(option)}));
}

Instant Session::MomentOf(const Date& date, const TimeOfDay& time, std::string_view field) const {
  std::tm local{};
  local.tm_year = date.year - 1900;
  local.tm_mon = date.month - 1;
  local.tm_mday = date.day;
  local.tm_hour = time.hour;
  local.tm_min = time.minute;
  local.tm_isdst = -1;
  const std::time_t seconds = std::mktime(&local);
  if (local.tm_hour != time.hour || local.tm_min != time.minute)
    Refuse("OUT_OF_RANGE", field, Say(Word::kNoSuchTime, {FormatTimeOfDay(time)}));
  return Instant(std::chrono::seconds(seconds));
}

std::size_t Session::OneOf(std::span<const std::string_view> names, std::string_view text,
                           std::string_view field) const {
  std::string known;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == text) return i;
    known += (i == 0 ? "" : ", ") + std::string(names[i]);
  }
  Refuse("OUT_OF_RANGE", field, Say(Word::kOneOfThese, {text, known}));
}

Answer Session::Saved(Word word, std::string_view title, const std::string& id) const {
  return {.text = Glad(Say(word, {title})) + "\n", .json = {{"id", id}}, .wrote = true};
}

std::string_view Session::OneOption(const Arguments& arguments,
                                    std::initializer_list<std::string_view> options) const {
  std::string_view typed;
  std::string known;
  for (const std::string_view option : options) known += (known.empty() ? "" : ", ") + std::string(option);
  for (const std::string_view option : options) {
    if (!arguments.Has(option)) continue;
    if (!typed.empty()) Refuse("OUT_OF_RANGE", option, Say(Word::kOneOfTheseOnly, {known}));
    typed = option;
  }
  return typed;
}

std::optional<std::size_t> Session::PlaceIn(std::string_view text, std::size_t count) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 1 || number > count)
    return std::nullopt;
  return number - 1;
}

std::string Session::Styled(std::string_view text, std::string_view style) const {
  if (!colour_) return std::string(text);
  return "\x1b[" + std::string(style) + "m" + std::string(text) + "\x1b[0m";
}

// Which of `people` (id, name) is meant; one and no more.
std::size_t Session::Match(std::string_view who,
                           const std::vector<std::pair<std::string, std::string>>& people,
                           std::string_view field) const {
  if (const auto place = PlaceIn(who, people.size())) return *place;
  std::vector<std::size_t> whole;
  std::vector<std::size_t> part;
  for (std::size_t i = 0; i < people.size(); ++i) {
    if (people[i].first == who) return i;
    const std::string name = Lower(people[i].second);
    if (name == Lower(who)) whole.push_back(i);
    if (!who.empty() && name.find(Lower(who)) != std::string::npos) part.push_back(i);
  }
  const auto& found = whole.empty() ? part : whole;
  if (found.empty()) Refuse("NOT_FOUND", field, Say(Word::kNobodyCalled, {who}));
  if (found.size() > 1) Refuse("NOT_ONE", field, Say(Word::kSeveralCalled, {who}));
  return found.front();
}

}  // namespace brug::app
