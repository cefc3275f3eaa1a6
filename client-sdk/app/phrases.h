#pragma once

#include <brug/client.h>

#include <string>
#include <string_view>
#include <vector>

#include "client-sdk/app/session.h"

// Turning values into words that a person reads.
namespace brug::app {

// How people meet, as it is typed: ContactKind from 1.
inline constexpr std::string_view kContactKinds[] = {"meeting", "home-visit", "phone", "video", "written"};

// "za 21 nov 2026".
[[nodiscard]] std::string SayDay(const Session& session, const Date& date);
// On this machine's clock: "za 21 nov 2026 14:05".
[[nodiscard]] std::string SayMoment(const Session& session, Instant instant);
[[nodiscard]] std::string SayRecurrence(const Session& session, const Recurrence& recurrence);
[[nodiscard]] std::string SayState(const Session& session, GoalState state);
[[nodiscard]] std::string SayState(const Session& session, TickState state);
[[nodiscard]] std::string SayState(const Session& session, HandoverState state);
[[nodiscard]] std::string SayState(const Session& session, DeviceState state);
[[nodiscard]] std::string SayState(const Session& session, AppointmentState state);
[[nodiscard]] std::string SayKind(const Session& session, ContactKind kind);
// "in de ochtend".
[[nodiscard]] std::string SayTalkTime(const Session& session, TalkTime time);
// The milestones of the goal at `goal`, counted from 0, a line each: "   1.m2  Title  reached on ...".
[[nodiscard]] std::string SayMilestones(const Session& session, std::size_t goal,
                                        const std::vector<Item<Milestone>>& milestones);
// When, how long, how, where, what about, and whether it stands.
[[nodiscard]] std::string SayAppointment(const Session& session, const Item<Appointment>& appointment);
// Who made an item: "jij", or by name as far as the dossier knows it.
[[nodiscard]] std::string SayAuthor(Session& session, const Dossier& dossier, const Author& author);
// "  (nog niet bevestigd)" for what waits for a sync, else nothing.
[[nodiscard]] std::string SayPending(const Session& session, bool pending);

// Rows in columns, two spaces apart, each line ended by a line break.
[[nodiscard]] std::string Columns(const std::vector<std::vector<std::string>>& rows);

}  // namespace brug::app
