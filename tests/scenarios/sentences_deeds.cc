#include <cctype>

#include "brug/v1/caseload_service.pb.h"
#include "proto/rules/rank.h"
#include "tests/scenarios/stage.h"
#include "tests/scenarios/texts.h"
#include "tests/support/dossier_story.h"

// What somebody does in the app.
namespace brug::scenarios {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

Saw NoSuch(const std::string& kind, const std::string& text) {
  return "nobody wrote a " + kind + " \"" + text + "\" so far";
}

// In whose dossier somebody writes who names nobody: their own, or the only one that their device has.
std::string DossierOf(Stage& stage, const Said& said) {
  const std::string& own = stage.OwnerOf(said.devices[0]).dossier_id;
  if (!own.empty()) return own;
  if (said.people.size() > 1) return stage.people().at(said.people[1]).dossier_id;
  const auto dossiers = stage.device(said.devices[0]).core().Dossiers();
  return dossiers.empty() ? "" : dossiers.front().dossier_id;
}

// `device` is running, and is that person's.
Saw CheckHands(Stage& stage, const Said& said) {
  const std::string& device = said.devices[0];
  if (!stage.device(device).running()) return "the " + device + " is off";
  const std::string& owner = stage.NameOf(stage.OwnerOf(device).person_id);
  if (owner != said.people[0]) return "the " + device + " is that of " + owner;
  return std::nullopt;
}

using Deed = Saw (*)(Stage&, const Said&);
template <Deed kDeed>
Saw InHand(Stage& stage, const Said& said) {
  auto saw = CheckHands(stage, said);
  return saw ? saw : kDeed(stage, said);
}

Saw WriteGoal(Stage& stage, const Said& said) {
  const std::string id = stage.world().NewId();
  return stage.Make(said, "goal", said.texts[0], id, DossierOf(stage, said), NewGoal(id, said.texts[0]));
}

// As an app does that is newer than the service and the other devices.
Saw WriteGoalOfTomorrow(Stage& stage, const Said& said) {
  const std::string id = stage.world().NewId();
  v1::Mutation mutation = NewGoal(id, said.texts[0]);
  AddUnknownField(*mutation.mutable_create_goal()->mutable_goal());
  return stage.Make(said, "goal", said.texts[0], id, DossierOf(stage, said), std::move(mutation));
}

Saw WriteStep(Stage& stage, const Said& said) {
  const Item* goal = stage.FindItem("goal", said.texts[1]);
  if (goal == nullptr) return NoSuch("goal", said.texts[1]);
  const std::string id = stage.world().NewId();
  v1::Mutation mutation = NewStep(id, goal->record_id, said.texts[0]);
  // Behind those that are there, as an app puts it.
  mutation.mutable_create_step()->mutable_step()->set_rank(
      *rules::RankBetween("m00000001", "", static_cast<std::uint32_t>(stage.world().chance().Next())));
  return stage.Make(said, "step", said.texts[0], id, goal->dossier_id, std::move(mutation));
}

Saw WriteMilestone(Stage& stage, const Said& said) {
  const Item* goal = stage.FindItem("goal", said.texts[1]);
  if (goal == nullptr) return NoSuch("goal", said.texts[1]);
  const std::string id = stage.world().NewId();
  v1::Mutation mutation = NewMilestone(id, goal->record_id);
  mutation.mutable_create_milestone()->mutable_milestone()->set_title(said.texts[0]);
  return stage.Make(said, "milestone", said.texts[0], id, goal->dossier_id, std::move(mutation));
}

Saw Rename(Stage& stage, const Said& said) {
  const Item* found = stage.FindItem(said.words[0], said.texts[0]);
  if (found == nullptr) return NoSuch(said.words[0], said.texts[0]);
  const Item item = *found;
  v1::Mutation mutation;
  if (item.kind == "goal") {
    mutation = RetitleGoal(item.record_id, said.texts[1]);
  } else if (item.kind == "step") {
    mutation = RetitleStep(item.record_id, said.texts[1]);
  } else {
    return "a " + item.kind + " is not renamed";
  }
  auto saw = stage.Do(said, item.dossier_id, std::move(mutation));
  if (!saw) stage.items().emplace(said.texts[1], item);
  return saw;
}

Saw SayWhy(Stage& stage, const Said& said) {
  const Item* goal = stage.FindItem("goal", said.texts[0]);
  if (goal == nullptr) return NoSuch("goal", said.texts[0]);
  v1::Mutation mutation = NewMutation();
  mutation.mutable_revise_goal()->set_goal_id(goal->record_id);
  mutation.mutable_revise_goal()->mutable_goal()->set_why(said.texts[1]);
  mutation.mutable_revise_goal()->mutable_update_mask()->add_paths("why");
  return stage.Do(said, goal->dossier_id, std::move(mutation));
}

Saw DeleteItem(Stage& stage, const Said& said) {
  const Item* item = stage.FindItem(said.words[0], said.texts[0]);
  if (item == nullptr) return NoSuch(said.words[0], said.texts[0]);
  return stage.Do(said, item->dossier_id, Delete(item->record_id));
}

Saw SayThisIsThePlan(Stage& stage, const Said& said) {
  const Item* goal = stage.FindItem("goal", said.texts[0]);
  if (goal == nullptr) return NoSuch("goal", said.texts[0]);
  return stage.Do(said, goal->dossier_id, Formulate(goal->record_id));
}

std::optional<v1::TickState> TickStateOf(const std::string& word) {
  v1::TickState state = v1::TICK_STATE_UNSPECIFIED;
  std::string name = "TICK_STATE_";
  for (const char c : word) name += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (!v1::TickState_Parse(name, &state)) return std::nullopt;
  return state;
}

Saw TickStep(Stage& stage, const Said& said) {
  const Item* step = stage.FindItem("step", said.texts[0]);
  if (step == nullptr) return NoSuch("step", said.texts[0]);
  const auto state = TickStateOf(said.words[0]);
  if (!state) return "a step is done, tried, skipped or cleared";
  v1::Mutation mutation = Tick(step->record_id, stage.DayOf(said.days[0]), *state);
  if (said.texts.size() > 1) mutation.mutable_tick_step()->set_note(said.texts[1]);
  return stage.Do(said, step->dossier_id, std::move(mutation));
}

Saw SendMessage(Stage& stage, const Said& said) {
  const std::string id = stage.world().NewId();
  return stage.Make(said, "message", said.texts[0], id, DossierOf(stage, said), Say(id, said.texts[0]));
}

Saw SendMany(Stage& stage, const Said& said) {
  const std::int64_t bytes = said.numbers.size() > 1 ? said.numbers[1] : 0;
  for (std::int64_t i = 1; i <= said.numbers[0]; ++i) {
    std::string words = said.texts[0] + " " + std::to_string(i);
    words.resize(std::max(words.size(), static_cast<std::size_t>(bytes)), '.');
    const std::string id = stage.world().NewId();
    if (auto saw = stage.Do(said, DossierOf(stage, said), Say(id, words))) return saw;
  }
  return std::nullopt;
}

Saw SuggestWords(Stage& stage, const Said& said) {
  const Item* item = stage.FindItem(said.words[0], said.texts[1]);
  if (item == nullptr) return NoSuch(said.words[0], said.texts[1]);
  const Item target = *item;
  const std::string id = stage.world().NewId();
  return stage.Make(said, "suggestion", said.texts[0], id, target.dossier_id,
                    Suggest(id, target.record_id, v1::SUGGESTED_FIELD_TITLE, said.texts[0]));
}

template <bool kTake>
Saw Answer(Stage& stage, const Said& said) {
  const Item* item = stage.FindItem("suggestion", said.texts[0]);
  if (item == nullptr) return NoSuch("suggestion", said.texts[0]);
  return stage.Do(said, item->dossier_id, AnswerSuggestion(item->record_id, kTake));
}

Saw Appreciate(Stage& stage, const Said& said) {
  const std::string id = stage.world().NewId();
  v1::Mutation mutation = NewMutation();
  mutation.mutable_give_appreciation()->set_appreciation_id(id);
  v1::Appreciation& appreciation = *mutation.mutable_give_appreciation()->mutable_appreciation();
  appreciation.set_kind(v1::APPRECIATION_KIND_MESSAGE);
  appreciation.set_words(said.texts[0]);
  return stage.Make(said, "appreciation", said.texts[0], id, DossierOf(stage, said), std::move(mutation));
}

v1::Mutation TalkOf(Stage& stage, const Said& said, const std::string& id, const std::string& handover_id) {
  v1::Mutation mutation = Talked(id, handover_id);
  v1::Contact& contact = *mutation.mutable_record_contact()->mutable_contact();
  *contact.mutable_at() = rules::ToTimestamp(stage.world().time().now);
  contact.set_words(said.texts[0]);
  return mutation;
}

Saw WriteTalkDown(Stage& stage, const Said& said) {
  const std::string id = stage.world().NewId();
  return stage.Make(said, "talk", said.texts[0], id, DossierOf(stage, said), TalkOf(stage, said, id, ""));
}

Saw WriteTalkOfThreeDown(Stage& stage, const Said& said) {
  const Item* handover = stage.FindItem("handover", said.people[1]);
  if (handover == nullptr) return "nobody proposed to hand " + said.people[1] + " over";
  const Item of = *handover;
  const std::string id = stage.world().NewId();
  return stage.Make(said, "talk", said.texts[0], id, of.dossier_id, TalkOf(stage, said, id, of.record_id));
}

Saw HandInAssessment(Stage& stage, const Said& said) {
  const std::string id = stage.world().NewId();
  v1::Mutation mutation = Assess(id);
  v1::Assessment& assessment = *mutation.mutable_hand_in_assessment()->mutable_assessment();
  const auto templates = stage.device(said.devices[0]).core().ListTemplates();
  if (templates.empty()) return "the " + said.devices[0] + " has no Bridge template";
  assessment.set_template_id(templates.front()->template_id());
  assessment.set_template_version(templates.front()->version());
  *assessment.mutable_date() = rules::ToDate(stage.DayOf("today"));
  assessment.set_words(said.texts[0]);
  return stage.Make(said, "assessment", said.texts[0], id, DossierOf(stage, said), std::move(mutation));
}

// Between its new neighbours; an empty one is the end of the list.
Saw MoveStep(Stage& stage, const Said& said, const std::string& below, const std::string& above) {
  const Item* step = stage.FindItem("step", said.texts[0]);
  if (step == nullptr) return NoSuch("step", said.texts[0]);
  const auto random = static_cast<std::uint32_t>(stage.world().chance().Next());
  const auto rank = rules::RankBetween(below, above, random);
  if (!rank) return "there is no room between these two";
  v1::Mutation mutation = NewMutation();
  mutation.mutable_revise_step()->set_step_id(step->record_id);
  mutation.mutable_revise_step()->mutable_step()->set_rank(*rank);
  mutation.mutable_revise_step()->mutable_update_mask()->add_paths("rank");
  return stage.Do(said, step->dossier_id, std::move(mutation));
}

// The ranks of the steps of the same goal, in order, as the device shows them.
std::vector<std::string> RanksBeside(Stage& stage, const Said& said) {
  std::vector<v1::Record> steps;
  std::string goal_id;
  for (const v1::Record& record : stage.ShownOn(said.devices[0])) {
    if (record.has_step() && record.step().title() == said.texts[0]) goal_id = record.step().goal_id();
  }
  std::vector<std::string> ranks;
  for (const v1::Record& record : stage.ShownOn(said.devices[0])) {
    const bool other = record.has_step() && record.step().title() != said.texts[0];
    if (other && record.step().goal_id() == goal_id) ranks.push_back(record.step().rank());
  }
  std::sort(ranks.begin(), ranks.end());
  return ranks;
}

Saw MoveToFront(Stage& stage, const Said& said) {
  const auto ranks = RanksBeside(stage, said);
  return MoveStep(stage, said, "", ranks.empty() ? "" : ranks.front());
}

Saw MoveToEnd(Stage& stage, const Said& said) {
  const auto ranks = RanksBeside(stage, said);
  return MoveStep(stage, said, ranks.empty() ? "" : ranks.back(), "");
}

Saw PromiseReply(Stage& stage, const Said& said) {
  v1::Mutation mutation = NewMutation();
  mutation.mutable_revise_profile()->mutable_profile()->set_reply_within_hours(
      static_cast<std::int32_t>(said.numbers[0]));
  mutation.mutable_revise_profile()->mutable_update_mask()->add_paths("reply_within_hours");
  return stage.Do(said, DossierOf(stage, said), std::move(mutation));
}

Saw ChooseZone(Stage& stage, const Said& said) {
  v1::Mutation mutation = NewMutation();
  mutation.mutable_revise_profile()->mutable_profile()->set_time_zone(said.texts[0]);
  mutation.mutable_revise_profile()->mutable_update_mask()->add_paths("time_zone");
  return stage.Do(said, DossierOf(stage, said), std::move(mutation));
}

// ---- From one mentor to the next. A handover is known by its client's name.

Saw Propose(Stage& stage, const Said& said) {
  const std::string id = stage.world().NewId();
  const std::string& client = said.people[1];
  stage.items().erase(client);
  return stage.Make(said, "handover", client, id, stage.people().at(client).dossier_id,
                    ProposeHandover(id, stage.people().at(said.people[2]).person_id));
}

Saw Agree(Stage& stage, const Said& said) {
  const Item* handover = stage.FindItem("handover", said.people[0]);
  if (handover == nullptr) return "nobody proposed to hand " + said.people[0] + " over";
  return stage.Do(said, handover->dossier_id, AnswerHandover(handover->record_id, true));
}

Saw TakeOver(Stage& stage, const Said& said) {
  const Item* handover = stage.FindItem("handover", said.people[1]);
  if (handover == nullptr) return "nobody proposed to hand " + said.people[1] + " over";
  v1::AnswerHandoverRequest request;
  request.set_request_id(stage.world().NewId());
  request.set_handover_id(handover->record_id);
  request.set_accept(true);
  v1::AnswerHandoverResponse response;
  return stage.Ask(said, sdk::Method::kAnswerHandover, request, response);
}

}  // namespace

const std::vector<Sentence>& SentencesOfDeeds() {
  static const std::vector<Sentence> sentences = {
      {"on the DEVICE NAME writes goal TEXT", InHand<WriteGoal>},
      {"on the DEVICE NAME drafts goal TEXT for NAME", InHand<WriteGoal>},
      {"on the DEVICE NAME writes goal TEXT with a field of tomorrow", InHand<WriteGoalOfTomorrow>},
      {"on the DEVICE NAME writes/drafts step TEXT for goal TEXT", InHand<WriteStep>},
      {"on the DEVICE NAME writes/drafts milestone TEXT for goal TEXT", InHand<WriteMilestone>},
      {"on the DEVICE NAME renames KIND TEXT to TEXT", InHand<Rename>},
      {"on the DEVICE NAME says why goal TEXT matters TEXT", InHand<SayWhy>},
      {"on the DEVICE NAME deletes KIND TEXT", InHand<DeleteItem>},
      {"on the DEVICE NAME says that goal TEXT is the plan", InHand<SayThisIsThePlan>},
      {"on the DEVICE NAME ticks step TEXT as WORD for DAY", InHand<TickStep>},
      {"on the DEVICE NAME ticks step TEXT as WORD for DAY with the note TEXT", InHand<TickStep>},
      {"on the DEVICE NAME sends the message TEXT", InHand<SendMessage>},
      {"on the DEVICE NAME sends NAME the message TEXT", InHand<SendMessage>},
      {"on the DEVICE NAME sends NUMBER messages that begin with TEXT", InHand<SendMany>},
      {"on the DEVICE NAME sends NUMBER messages of NUMBER bytes that begin with TEXT", InHand<SendMany>},
      {"on the DEVICE NAME suggests TEXT for KIND TEXT", InHand<SuggestWords>},
      {"on the DEVICE NAME takes the suggestion TEXT", InHand<Answer<true>>},
      {"on the DEVICE NAME leaves the suggestion TEXT", InHand<Answer<false>>},
      {"on the DEVICE NAME gives NAME the appreciation TEXT", InHand<Appreciate>},
      {"on the DEVICE NAME writes down a talk with NAME about TEXT", InHand<WriteTalkDown>},
      {"on the DEVICE NAME hands in the assessment TEXT", InHand<HandInAssessment>},
      {"on the DEVICE NAME moves step TEXT to the front", InHand<MoveToFront>},
      {"on the DEVICE NAME moves step TEXT to the end", InHand<MoveToEnd>},
      {"on the DEVICE NAME wants a reply within NUMBER hours", InHand<PromiseReply>},
      {"on the DEVICE NAME promises NAME a reply within NUMBER hours", InHand<PromiseReply>},
      {"on the DEVICE NAME moves to the time zone TEXT", InHand<ChooseZone>},
      {"on the DEVICE NAME proposes to hand NAME over to NAME", InHand<Propose>},
      {"on the DEVICE NAME agrees to the handover", InHand<Agree>},
      {"on the DEVICE NAME says yes to taking over NAME", InHand<TakeOver>},
      {"on the DEVICE NAME writes down the talk of the three with NAME about TEXT",
       InHand<WriteTalkOfThreeDown>},
  };
  return sentences;
}

}  // namespace brug::scenarios
