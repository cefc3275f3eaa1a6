#include "client-sdk/app/phrases.h"

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace brug::app {
namespace {

constexpr Word kWeekdays[] = {Word::kMonday, Word::kTuesday,  Word::kWednesday, Word::kThursday,
                              Word::kFriday, Word::kSaturday, Word::kSunday};
constexpr Word kMonths[] = {Word::kJanuary,   Word::kFebruary, Word::kMarch,    Word::kApril,
                            Word::kMay,       Word::kJune,     Word::kJuly,     Word::kAugust,
                            Word::kSeptember, Word::kOctober,  Word::kNovember, Word::kDecember};

struct RecurrenceWords {
  const Session& session;

  std::string operator()(const Once& once) const {
    return once.date ? session.Say(Word::kOnceOn, {SayDay(session, *once.date)}) : session.Say(Word::kOnce);
  }
  std::string operator()(const OnWeekdays& on) const {
    std::string days;
    for (const Weekday day : on.weekdays) {
      if (!days.empty()) days += ", ";
      days += session.Say(kWeekdays[static_cast<std::size_t>(day) - 1]);
    }
    return session.Say(Word::kOnDays, {days});
  }
  std::string operator()(const TimesAWeek& weekly) const {
    return session.Say(Word::kTimesAWeek, {std::to_string(weekly.times)});
  }
  std::string operator()(const EveryDays& every) const {
    return every.days == 1 ? session.Say(Word::kEveryDay)
                           : session.Say(Word::kEveryDays, {std::to_string(every.days)});
  }
  std::string operator()(const MonthlyOn& monthly) const {
    return session.Say(Word::kMonthlyOn, {std::to_string(monthly.day)});
  }
};

// Columns that a text takes in a terminal, near enough: code points, without escape sequences.
std::size_t WidthOf(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b') {
      while (i < text.size() && text[i] != 'm') ++i;
    } else if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) {
      ++width;
    }
  }
  return width;
}

}  // namespace

std::string SayDay(const Session& session, const Date& date) {
  if (!Exists(date)) return FormatDate(date);
  return session.Say(kWeekdays[static_cast<std::size_t>(WeekdayOf(date)) - 1]) + " " +
         std::to_string(date.day) + " " + session.Say(kMonths[date.month - 1]) + " " +
         std::to_string(date.year);
}

std::string SayMoment(const Session& session, Instant instant) {
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
  std::tm local{};
  localtime_r(&seconds, &local);
  char time[8];
  std::snprintf(time, sizeof time, "%02u:%02u", static_cast<unsigned>(local.tm_hour) % 24,
                static_cast<unsigned>(local.tm_min) % 60);
  return SayDay(session, {.year = local.tm_year + 1900, .month = local.tm_mon + 1, .day = local.tm_mday}) +
         " " + time;
}

std::string SayRecurrence(const Session& session, const Recurrence& recurrence) {
  return std::visit(RecurrenceWords{session}, recurrence);
}

std::string SayState(const Session& session, GoalState state) {
  constexpr Word kWords[] = {Word::kUnknown,      Word::kGoalDraft,  Word::kGoalFormulated,
                             Word::kGoalAchieved, Word::kGoalParked, Word::kGoalStopped};
  return session.Say(kWords[static_cast<std::size_t>(state)]);
}

std::string SayState(const Session& session, TickState state) {
  constexpr Word kWords[] = {Word::kUnknown, Word::kTickCleared, Word::kTickSkipped, Word::kTickTried,
                             Word::kTickDone};
  return session.Say(kWords[static_cast<std::size_t>(state)]);
}

std::string SayState(const Session& session, HandoverState state) {
  constexpr Word kWords[] = {Word::kUnknown,          Word::kHandoverProposed, Word::kHandoverAccepted,
                             Word::kHandoverAgreed,   Word::kHandoverToMeet,   Word::kHandoverCompleted,
                             Word::kHandoverDeclined, Word::kHandoverReplaced};
  return session.Say(kWords[static_cast<std::size_t>(state)]);
}

std::string SayState(const Session& session, DeviceState state) {
  constexpr Word kWords[] = {Word::kUnknown, Word::kDeviceWaiting, Word::kDeviceLive, Word::kDeviceRevoked};
  return session.Say(kWords[static_cast<std::size_t>(state)]);
}

std::string SayKind(const Session& session, ContactKind kind) {
  constexpr Word kWords[] = {Word::kUnknown,      Word::kContactMeeting, Word::kContactHomeVisit,
                             Word::kContactPhone, Word::kContactVideo,   Word::kContactWritten};
  return session.Say(kWords[static_cast<std::size_t>(kind)]);
}

std::string SayState(const Session& session, AppointmentState state) {
  constexpr Word kWords[] = {Word::kUnknown, Word::kAppointmentProposed, Word::kAppointmentAccepted,
                             Word::kAppointmentDeclined, Word::kAppointmentCancelled};
  return session.Say(kWords[static_cast<std::size_t>(state)]);
}

std::string SayTalkTime(const Session& session, TalkTime time) {
  constexpr Word kWords[] = {Word::kNotSaid, Word::kInTheMorning, Word::kInTheAfternoon, Word::kInTheEvening};
  return session.Say(kWords[static_cast<std::size_t>(time)]);
}

std::string SayMilestones(const Session& session, std::size_t goal,
                          const std::vector<Item<Milestone>>& milestones) {
  std::string text;
  for (std::size_t m = 0; m < milestones.size(); ++m) {
    const Milestone& milestone = milestones[m].content;
    text += "   " + std::to_string(goal + 1) + ".m" + std::to_string(m + 1) + "  " + milestone.title;
    if (milestone.reached_on)
      text += "  " + session.Glad(session.Say(Word::kReachedOn, {SayDay(session, *milestone.reached_on)}));
    text += SayPending(session, milestones[m].pending) + "\n";
  }
  return text;
}

std::string SayAppointment(const Session& session, const Item<Appointment>& appointment) {
  const Appointment& content = appointment.content;
  std::string text = SayMoment(session, content.at) + "  " + SayKind(session, content.kind) + ", " +
                     session.Say(Word::kMinutes, {std::to_string(content.minutes)});
  if (content.heavy) text += ", " + session.Say(Word::kHeavyTalk);
  if (!content.place.empty()) text += ", " + content.place;
  text += "  " + session.Strong(SayState(session, content.state));
  if (!content.words.empty()) text += "  " + content.words;
  return text + SayPending(session, appointment.pending);
}

std::string SayAuthor(Session& session, const Dossier& dossier, const Author& author) {
  if (author.person_id == session.Me().person_id) return session.Say(Word::kYou);
  const auto profile = Take(dossier.Profile());
  if (author.person_id == profile.content.client_person_id) return profile.content.display_name;
  for (const auto& relation : Take(dossier.Relations())) {
    if (relation.content.person_id == author.person_id) return relation.content.display_name;
  }
  return session.Say(Word::kTheOther);
}

std::string SayPending(const Session& session, bool pending) {
  return pending ? session.Soft("  (" + session.Say(Word::kNotConfirmed) + ")") : std::string();
}

std::string Columns(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], WidthOf(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] - WidthOf(row[i]) + 2, ' ');
    }
    text += line + "\n";
  }
  return text;
}

}  // namespace brug::app
