// A client sets a goal, cuts it into steps of a day, and says: this is my plan.
#include "client-sdk/samples/sample.h"

int main(int argc, char** argv) {
  brug::Client client = sample::Open(sample::Read(argc, argv));
  brug::Dossier mine = sample::Must(client.OwnDossier());
  const brug::BridgeTemplate bridge = sample::Must(mine.Template());

  const std::string goal_id =
      sample::Must(mine.CreateGoal({.domain_id = bridge.pillars[0].domains[0].domain_id,
                                    .title = "I keep my home",
                                    .why = "My children feel safe here",
                                    .target_date = {}}));
  brug::NewStep open_mail;
  open_mail.goal_id = goal_id;
  open_mail.title = "Open the mail, just one envelope";
  open_mail.minutes = 10;
  open_mail.confidence = 8;
  open_mail.if_then =
      brug::IfThenPlan{.obstacle = "I am too tired", .response = "I do it right after coffee"};
  open_mail.recurrence = brug::OnWeekdays{{brug::Weekday::kMonday, brug::Weekday::kThursday}};
  sample::Must(mine.CreateStep(open_mail));

  brug::NewStep call;
  call.goal_id = goal_id;
  call.title = "Call the landlord";
  call.recurrence = brug::Once{};
  sample::Must(mine.CreateStep(call));

  // What cannot be is refused at once, with the field and words for the person.
  brug::NewStep never = call;
  never.recurrence = brug::OnWeekdays{};
  const auto refused = mine.CreateStep(never);
  std::cout << "Refused: " << refused.error().field << ": " << refused.error().message << "\n";

  sample::Must(mine.FormulatePlan(goal_id));
  sample::Must(client.SyncNow());
  for (const auto& step : sample::Must(mine.Steps(goal_id))) std::cout << "- " << step.content.title << "\n";
}
