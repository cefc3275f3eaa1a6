#include <brug/dossier.h>

#include "client-sdk/src/api/engine.h"
#include "client-sdk/src/api/records.h"
#include "client-sdk/src/sync/local_error.h"
#include "proto/rules/draw.h"
#include "proto/rules/score.h"
#include "proto/rules/today.h"

// What Dossier reads.
namespace brug {

namespace {

using sdk::FromProto;
using sdk::Kind;
using sdk::RecordsOf;
using sdk::ToItem;
using sdk::ToItems;
using sdk::View;

Error NotFound(std::string_view field) {
  return {.code = ErrorCode::kNotFound,
          .reason = "NOT_FOUND",
          .field = std::string(field),
          .message = {},
          .retry_after_ms = {}};
}

// The content of the live record `id`, which must be of this kind.
template <class Proto>
auto FindItem(const View& view, std::string_view id, const Kind<Proto>& kind)
    -> Result<Item<decltype(FromProto(std::declval<const Proto&>()))>> {
  const auto record = view.Find(id);
  if (!record || record->deleted() || !((*record).*kind.has)()) return NotFound("id");
  return ToItem(*record, FromProto(((*record).*kind.get)()));
}

template <class Proto>
auto ListItems(const View& view, std::string_view parent, const Kind<Proto>& kind) {
  return ToItems(RecordsOf(view, parent, kind), kind);
}

template <class Content>
auto Created(const Item<Content>& item) {
  return item.created_at;
}

// ---- Assessments

bool IsNewer(const v1::Record& a, const v1::Record& b) {
  const auto key = [](const v1::Record& record) {
    return std::tuple(FromProto(record.assessment().date()), FromProto(record.created_at()),
                      record.record_id());
  };
  return key(a) > key(b);
}

std::vector<v1::Record> AssessmentsNewestFirst(const View& view) {
  auto records = RecordsOf(view, rules::kAssessments, sdk::kAssessment);
  std::sort(records.begin(), records.end(), IsNewer);
  return records;
}

// The assessment with this id; the newest for an empty one.
Result<v1::Assessment> AssessmentOf(const View& view, std::string_view assessment_id) {
  if (assessment_id.empty()) {
    const auto records = AssessmentsNewestFirst(view);
    if (records.empty()) return NotFound("assessment_id");
    return records.front().assessment();
  }
  const auto record = view.Find(assessment_id);
  if (!record || !record->has_assessment()) return NotFound("assessment_id");
  return record->assessment();
}

Result<const v1::BridgeTemplate*> TemplateFor(const sdk::Core& core, const v1::Assessment& assessment) {
  const auto* bridge = core.Templates().FindTemplate(assessment.template_id(), assessment.template_version());
  if (bridge == nullptr) return NotFound("template_id");
  return bridge;
}

Result<const v1::BridgeTemplate*> NewestTemplate(const sdk::Core& core) {
  const auto templates = core.ListTemplates();
  if (templates.empty()) return NotFound("template_id");
  return templates.back();
}

// All that a drawing needs.
struct Drawing {
  const v1::BridgeTemplate* bridge = nullptr;
  v1::Assessment now;
  std::optional<v1::Assessment> then;

  [[nodiscard]] const v1::Assessment* then_or_null() const { return then ? &*then : nullptr; }
};

Result<Drawing> PrepareDrawing(const sdk::Core& core, const View& view, const DrawOptions& options) {
  Drawing drawing;
  auto now = AssessmentOf(view, options.assessment_id);
  if (!now.ok()) return now.error();
  drawing.now = std::move(now).value();
  auto bridge = TemplateFor(core, drawing.now);
  if (!bridge.ok()) return bridge.error();
  drawing.bridge = *bridge;
  if (options.then_assessment_id.empty()) return drawing;
  auto then = AssessmentOf(view, options.then_assessment_id);
  if (!then.ok()) return NotFound("then_assessment_id");
  drawing.then = std::move(then).value();
  return drawing;
}

// ---- Days

DueReason ToDueReason(rules::DueReason reason) {
  switch (reason) {
    case rules::DueReason::kThisDay:
      return DueReason::kThisDay;
    case rules::DueReason::kAnyDay:
      return DueReason::kAnyDay;
    case rules::DueReason::kThisWeek:
      return DueReason::kThisWeek;
    case rules::DueReason::kStillOpen:
      return DueReason::kStillOpen;
  }
  std::abort();
}

DayItem ToDayItem(const rules::DayItem& line) {
  DayItem item{.step = ToItem(line.step, FromProto(line.step.step())),
               .goal_title = line.goal.goal().title(),
               .due = {},
               .tick = {},
               .times_done = line.times_done,
               .times_this_week = 0,
               .times_a_week = 0};
  if (line.due) item.due = ToDueReason(line.due->reason);
  if (line.tick) item.tick = ToItem(*line.tick, FromProto(line.tick->tick()));
  if (const auto* times_a_week = std::get_if<TimesAWeek>(&item.step.content.recurrence)) {
    item.times_this_week = line.times_this_week;
    item.times_a_week = times_a_week->times;
  }
  return item;
}

// Calls `visit(goal, step)` for each step of each goal.
template <class Visit>
void ForEachStep(const View& view, Visit visit) {
  for (const auto& goal : RecordsOf(view, rules::kGoals, sdk::kGoal)) {
    for (const auto& step : RecordsOf(view, goal.record_id(), sdk::kStep)) visit(goal, step);
  }
}

std::optional<Reminder> FirstReminder(const View& view, const rules::Zone& zone, Instant after) {
  std::optional<Reminder> first;
  ForEachStep(view, [&](const v1::Record& goal, const v1::Record& step) {
    if (!rules::IsInPlan(goal.goal(), step.step())) return;
    const auto at = rules::NextReminder(rules::ReadStepDays(view, step), zone, after);
    if (at && (!first || *at < first->at)) {
      first = Reminder{.at = *at, .step = ToItem(step, FromProto(step.step()))};
    }
  });
  return first;
}

// ---- Suggestions

void AppendSuggestions(const View& view, std::string_view target_id, std::vector<v1::Record>& suggestions) {
  for (auto& record : RecordsOf(view, target_id, sdk::kSuggestion)) suggestions.push_back(std::move(record));
}

std::vector<v1::Record> AllSuggestions(const View& view) {
  std::vector<v1::Record> suggestions;
  for (const auto& goal : RecordsOf(view, rules::kGoals, sdk::kGoal)) {
    AppendSuggestions(view, goal.record_id(), suggestions);
    for (const auto& child : view.ChildrenOf(goal.record_id())) {
      if (child.has_milestone() || child.has_step()) AppendSuggestions(view, child.record_id(), suggestions);
    }
  }
  return suggestions;
}

}  // namespace

Dossier::Dossier(sdk::Engine* engine, std::string id) : engine_(engine), id_(std::move(id)) {}

Result<Item<brug::Profile>> Dossier::Profile() const {
  return engine_->ReadDossier(
      id_, [](const View& view) { return FindItem(view, rules::kProfileId, sdk::kProfile); });
}

Result<std::vector<Item<Relation>>> Dossier::Relations() const {
  return engine_->ReadDossier(id_, [](const View& view) {
    auto items = ListItems(view, rules::kRelations, sdk::kRelation);
    sdk::SortItems(items, [](const Item<Relation>& item) {
      return std::pair(item.content.until.has_value(), -item.content.from.time_since_epoch());
    });
    return items;
  });
}

Result<Date> Dossier::TodaysDate() const {
  return engine_->WithCore([this](sdk::Core& core) -> Result<Date> {
    const auto today = core.Today(id_);
    if (!today.ok()) return today.error();
    return FromProto(rules::ToDate(*today));
  });
}

Result<BridgeTemplate> Dossier::Template(std::string_view assessment_id) const {
  return engine_->ReadDossierWithCore(id_, [&](const View& view, sdk::Core& core) -> Result<BridgeTemplate> {
    const auto assessment = AssessmentOf(view, assessment_id);
    if (!assessment.ok() && !assessment_id.empty()) return assessment.error();
    const auto bridge = assessment.ok() ? TemplateFor(core, *assessment) : NewestTemplate(core);
    if (!bridge.ok()) return bridge.error();
    return FromProto(**bridge, engine_->language());
  });
}

Result<std::vector<Item<Assessment>>> Dossier::Assessments() const {
  return engine_->ReadDossier(
      id_, [](const View& view) { return ToItems(AssessmentsNewestFirst(view), sdk::kAssessment); });
}

Result<std::vector<Item<AssessmentView>>> Dossier::AssessmentViews(std::string_view assessment_id) const {
  return engine_->ReadDossier(id_, [assessment_id](const View& view) {
    auto items = ListItems(view, assessment_id, sdk::kAssessmentView);
    sdk::SortItems(items, Created<AssessmentView>);
    return items;
  });
}

Result<std::optional<double>> Dossier::Score(std::string_view assessment_id) const {
  return engine_->ReadDossier(id_, [assessment_id](const View& view) -> Result<std::optional<double>> {
    const auto assessment = AssessmentOf(view, assessment_id);
    if (!assessment.ok()) return assessment.error();
    const auto score = rules::ScoreOf(*assessment);
    return score ? std::optional(score->tenths / 10.0) : std::nullopt;
  });
}

Result<std::string> Dossier::DrawBridge(const DrawOptions& options) const {
  return engine_->ReadDossierWithCore(id_, [&](const View& view, sdk::Core& core) -> Result<std::string> {
    const auto drawing = PrepareDrawing(core, view, options);
    if (!drawing.ok()) return drawing.error();
    const rules::DrawOptions how{
        .language = options.language.empty() ? engine_->language() : options.language,
        .large_print = options.large_print,
        .leave_out_sensitive = options.leave_out_sensitive};
    return rules::DrawBridgeSvg(*drawing->bridge, drawing->now, drawing->then_or_null(), how);
  });
}

Result<std::string> Dossier::DrawBridgeText(const DrawOptions& options) const {
  return engine_->ReadDossierWithCore(id_, [&](const View& view, sdk::Core& core) -> Result<std::string> {
    const auto drawing = PrepareDrawing(core, view, options);
    if (!drawing.ok()) return drawing.error();
    const rules::DrawTextOptions how{
        .language = options.language.empty() ? engine_->language() : options.language,
        .leave_out_sensitive = options.leave_out_sensitive,
        .colour = options.colour};
    return rules::DrawBridgeText(*drawing->bridge, drawing->now, drawing->then_or_null(), how);
  });
}

Result<std::vector<Item<Goal>>> Dossier::Goals() const {
  return engine_->ReadDossier(id_, [](const View& view) {
    return ToItems(RankedRecordsOf(view, rules::kGoals, sdk::kGoal), sdk::kGoal);
  });
}

Result<Item<Goal>> Dossier::FindGoal(std::string_view goal_id) const {
  return engine_->ReadDossier(id_, [&](const View& view) { return FindItem(view, goal_id, sdk::kGoal); });
}

Result<std::vector<Item<Milestone>>> Dossier::Milestones(std::string_view goal_id) const {
  return engine_->ReadDossier(id_, [&](const View& view) {
    return ToItems(RankedRecordsOf(view, goal_id, sdk::kMilestone), sdk::kMilestone);
  });
}

Result<std::vector<Item<Step>>> Dossier::Steps(std::string_view goal_id) const {
  return engine_->ReadDossier(
      id_, [&](const View& view) { return ToItems(RankedRecordsOf(view, goal_id, sdk::kStep), sdk::kStep); });
}

Result<Item<Step>> Dossier::FindStep(std::string_view step_id) const {
  return engine_->ReadDossier(id_, [&](const View& view) { return FindItem(view, step_id, sdk::kStep); });
}

Result<std::vector<DayItem>> Dossier::Today(std::optional<Date> date) const {
  return engine_->ReadDossierWithCore(
      id_, [&](const View& view, sdk::Core& core) -> Result<std::vector<DayItem>> {
        const auto day = date ? rules::ToDay(sdk::ToProto(*date)) : std::nullopt;
        if (date && !day) {
          return Error{.code = ErrorCode::kInvalid,
                       .reason = "NO_SUCH_DAY",
                       .field = "date",
                       .message = {},
                       .retry_after_ms = {}};
        }
        const auto today = core.Today(id_);
        if (!today.ok()) return today.error();
        std::vector<DayItem> items;
        for (const auto& line : rules::ItemsOn(view, day.value_or(*today))) items.push_back(ToDayItem(line));
        return items;
      });
}

Result<std::optional<Reminder>> Dossier::NextReminder(Instant after) const {
  return engine_->ReadDossierWithCore(
      id_, [&](const View& view, sdk::Core& core) -> Result<std::optional<Reminder>> {
        const auto zone = core.ZoneOf(id_);
        if (!zone.ok()) return zone.error();
        return FirstReminder(view, *zone, after);
      });
}

Result<std::vector<Item<brug::Tick>>> Dossier::Ticks(std::string_view step_id) const {
  return engine_->ReadDossier(id_, [&](const View& view) {
    auto items = ListItems(view, step_id, sdk::kTick);
    std::erase_if(items,
                  [](const Item<brug::Tick>& item) { return item.content.state == TickState::kCleared; });
    std::sort(items.begin(), items.end(), [](const Item<brug::Tick>& a, const Item<brug::Tick>& b) {
      return a.content.date > b.content.date;
    });
    return items;
  });
}

Result<std::vector<Item<Pause>>> Dossier::Pauses() const {
  return engine_->ReadDossier(id_, [](const View& view) {
    auto items = ListItems(view, rules::kPauses, sdk::kPause);
    ForEachStep(view, [&](const v1::Record& /*goal*/, const v1::Record& step) {
      for (auto& item : ListItems(view, step.record_id(), sdk::kPause)) items.push_back(std::move(item));
    });
    sdk::SortItems(items, [](const Item<Pause>& item) { return item.content.from; });
    std::reverse(items.begin(), items.end());
    return items;
  });
}

Result<std::vector<Item<Suggestion>>> Dossier::Suggestions(std::string_view target_id) const {
  return engine_->ReadDossier(id_, [&](const View& view) {
    auto items =
        ToItems(target_id.empty() ? AllSuggestions(view) : RecordsOf(view, target_id, sdk::kSuggestion),
                sdk::kSuggestion);
    sdk::SortItems(items, Created<Suggestion>);
    return items;
  });
}

Result<std::vector<Item<Appreciation>>> Dossier::Appreciations() const {
  return engine_->ReadDossier(id_, [](const View& view) {
    auto items = ListItems(view, rules::kAppreciations, sdk::kAppreciation);
    sdk::SortItems(items, Created<Appreciation>);
    return items;
  });
}

Result<std::vector<Item<Message>>> Dossier::Messages() const {
  return engine_->ReadDossier(id_, [](const View& view) {
    auto items = ListItems(view, rules::kMessages, sdk::kMessage);
    sdk::SortItems(items, [](const Item<Message>& item) { return item.content.written_at; });
    return items;
  });
}

Result<std::vector<Item<Contact>>> Dossier::Contacts() const {
  return engine_->ReadDossier(id_, [](const View& view) {
    auto items = ListItems(view, rules::kContacts, sdk::kContact);
    sdk::SortItems(items, [](const Item<Contact>& item) { return -item.content.at.time_since_epoch(); });
    return items;
  });
}

Result<std::vector<Item<Appointment>>> Dossier::Appointments() const {
  return engine_->ReadDossier(id_, [](const View& view) {
    auto items = ListItems(view, rules::kAppointments, sdk::kAppointment);
    sdk::SortItems(items, [](const Item<Appointment>& item) { return item.content.at; });
    return items;
  });
}

Result<std::vector<Item<Handover>>> Dossier::Handovers() const {
  return engine_->ReadDossier(id_, [](const View& view) {
    auto items = ListItems(view, rules::kHandovers, sdk::kHandover);
    sdk::SortItems(items, [](const Item<Handover>& item) { return -item.created_at.time_since_epoch(); });
    return items;
  });
}

}  // namespace brug
