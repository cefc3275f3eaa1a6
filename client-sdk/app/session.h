#pragma once

#include <brug/client.h>

#include <chrono>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client-sdk/app/command.h"
#include "client-sdk/app/settings.h"

namespace brug::app {

// How one run of the app was asked for.
struct Asked {
  std::filesystem::path home;
  Settings settings;
  bool json = false;
  bool offline = false;
};

// One run of the app: its client, its words, and finding what a person means by "1.2" or "Samira".
// All of it throws Refusal when it cannot.
class Session {
 public:
  explicit Session(Asked asked);

  [[nodiscard]] const Asked& asked() const { return asked_; }
  [[nodiscard]] Language language() const { return language_; }
  [[nodiscard]] std::string Say(Word word, std::initializer_list<std::string_view> values = {}) const {
    return app::Say(language_, word, values);
  }
  [[noreturn]] void Refuse(std::string_view reason, std::string_view field, std::string message) const;

  // Opens the replica at the first call.
  [[nodiscard]] Client& client();
  // As it is remembered after enrolment.
  void Remember() const;
  // Whose device this is. Refuses NOT_ENROLLED.
  [[nodiscard]] Identity Me();

  // One exchange, with its progress where a person looks on.
  [[nodiscard]] Result<void> Sync(std::chrono::milliseconds timeout);

  // The same, when that person has `role`; refuses NOT_ALLOWED and says whom the command is for.
  Identity MeAs(Role role);
  // The same, for whoever works with rewards: mentors, team leads, programme managers and approvers.
  Identity MeWithRewards();

  // The dossier a command is about: that of --client for staff, else one's own.
  [[nodiscard]] Dossier DossierOf(const Arguments& arguments);
  // By number in the caseload, name, part of a name, or id.
  [[nodiscard]] std::string FindClient(std::string_view who);
  // By number in the client's own order, or id.
  [[nodiscard]] Item<Goal> FindGoal(const Dossier& dossier, std::string_view which) const;
  // By "goal.step", as "1.2", or id.
  [[nodiscard]] Item<Step> FindStep(const Dossier& dossier, std::string_view which) const;
  // By "goal.mNUMBER", as "1.m2", or id.
  [[nodiscard]] Item<Milestone> FindMilestone(const Dossier& dossier, std::string_view which) const;
  // A goal ("1"), a milestone ("1.m2") or a step ("1.2"): its id.
  [[nodiscard]] std::string FindTarget(const Dossier& dossier, std::string_view which) const;
  // By id or name.
  [[nodiscard]] std::string FindDomain(const BridgeTemplate& bridge, std::string_view which,
                                       std::string_view field) const;
  // By name, part of a name, or id.
  [[nodiscard]] StaffMember FindColleague(std::string_view who);
  // "2026-11-21", vandaag, gisteren, morgen, today, yesterday, tomorrow.
  [[nodiscard]] Date Day(const Dossier& dossier, std::string_view text, std::string_view field) const;
  // The day that was typed for an option; none when it was not.
  [[nodiscard]] std::optional<Date> DayOf(const Dossier& dossier, const Arguments& arguments,
                                          std::string_view option) const;
  // The time that was typed for an option; none when it was not.
  [[nodiscard]] std::optional<TimeOfDay> TimeOf(const Arguments& arguments, std::string_view option) const;
  // On this machine's clock. `field` is to blame for a time that its summer time leaps over.
  [[nodiscard]] Instant MomentOf(const Date& date, const TimeOfDay& time, std::string_view field) const;
  // Which of `names` was typed.
  [[nodiscard]] std::size_t OneOf(std::span<const std::string_view> names, std::string_view text,
                                  std::string_view field) const;

  // Which of these options was typed; empty for none. Refuses two: they say different things.
  [[nodiscard]] std::string_view OneOption(const Arguments& arguments,
                                           std::initializer_list<std::string_view> options) const;

  // A number from 1 to `count` as a place in a list, from 0; none for anything else.
  [[nodiscard]] static std::optional<std::size_t> PlaceIn(std::string_view text, std::size_t count);

  // What a command says that wrote `id`.
  [[nodiscard]] Answer Saved(Word word, std::string_view title, const std::string& id) const;

  // Emphasis where there is a terminal; nothing that the words do not say.
  [[nodiscard]] std::string Strong(std::string_view text) const { return Styled(text, "1"); }
  [[nodiscard]] std::string Glad(std::string_view text) const { return Styled(text, "32"); }
  [[nodiscard]] std::string Soft(std::string_view text) const { return Styled(text, "2"); }
  [[nodiscard]] bool colour() const { return colour_; }

 private:
  [[noreturn]] void RefuseRole(Word whom_it_is_for) const;
  [[nodiscard]] std::string Styled(std::string_view text, std::string_view style) const;
  [[nodiscard]] std::size_t Match(std::string_view who,
                                  const std::vector<std::pair<std::string, std::string>>& people,
                                  std::string_view field) const;

  Asked asked_;
  Language language_;
  bool colour_;
  std::optional<Client> client_;
};

}  // namespace brug::app
