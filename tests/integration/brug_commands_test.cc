#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/integration/brug_people.h"

// brug against a service, as a mentor and a client type it.
namespace brug::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class BrugCommands : public BrugPeople {
 protected:
  void SetUp() override {
    const auto staff = service_.RegisterStaff(
        {.organisation_id = service_.CreateOrganisation("Gemeente Alphen"), .display_name = "Samira"});
    Enrol("mentor", staff.activation_code);
    Enrol("client", Do("mentor", "register Marieke").at("activation_code"));
    Do("client", "assess --level housing=2 --level debts=1");
    Do("client", "goal add 'Keep my home' --domain housing");
    Do("mentor", "sync");
  }

  // Everything must be sent, too.
  Json Do(const std::string& who, const std::string& words) {
    Json answer = BrugPeople::Do(who, words);
    EXPECT_TRUE(answer.value("sent", true)) << words;
    return answer;
  }
  // One sentence on the error stream for who typed that; `parts` must be in it.
  void ExpectRefused(const std::string& who, const std::string& words,
                     const std::vector<std::string>& parts) {
    const auto result = Brug(who, words + " 2>&1 >refused.out");
    EXPECT_EQ(result.exit_code, 1) << words << "\n" << result.output;
    for (const auto& part : parts) EXPECT_THAT(result.output, HasSubstr(part)) << words;
    EXPECT_EQ(result.output.find('\n'), result.output.size() - 1) << result.output;
  }
};

TEST_F(BrugCommands, MilestonesAreMadeOrderedReachedAndTakenBack) {
  Do("client", "milestone add 1 'The first letter'");
  Do("client", "milestone add 1 'All letters'");
  Do("client", "step add 1 'Open the mail' --milestone 1.m2");
  Do("client", "milestone edit 1.m1 --title 'One letter'");
  Do("client", "milestone reached 1.m1 --date 2026-01-05");
  EXPECT_THAT(Read("client", "goal"), AllOf(HasSubstr("1.m1  One letter  reached on Mon 5 Jan 2026"),
                                            HasSubstr("1.m2  All letters\n")));
  EXPECT_THAT(Read("client", "step"), HasSubstr("on the way to: All letters"));
  Do("mentor", "sync");
  EXPECT_THAT(Read("mentor", "dossier Marieke"), HasSubstr("1.m1  One letter  reached on Mon 5 Jan 2026"));
  EXPECT_EQ(Do("mentor", "goal --client Marieke")["goals"][0]["milestones"][0]["reached_on"], "2026-01-05");

  Do("client", "milestone reached 1.m1 --clear");
  Do("client", "milestone move 1.m2");
  EXPECT_THAT(Read("client", "milestone"),
              AllOf(HasSubstr("1.m1  All letters\n"), HasSubstr("1.m2  One letter\n")));
  Do("client", "milestone delete 1.m2");
  EXPECT_THAT(Read("client", "milestone"), Not(HasSubstr("One letter")));

  Do("mentor", "sync");
  Do("mentor", "suggest Marieke 1.m1 'Every letter'");
  Do("client", "sync");
  EXPECT_THAT(Read("client", "messages"), HasSubstr("\"All letters\": \"Every letter\""));
  Do("client", "messages take 1");
  EXPECT_THAT(Read("client", "milestone"), HasSubstr("1.m1  Every letter"));
}

TEST_F(BrugCommands, AMilestoneIsNotReachedInTheFuture) {
  Do("client", "milestone add 1 'The first letter'");
  ExpectRefused("client", "milestone reached 1.m1 --date 2190-01-01",
                {"Day", "not come yet", "brug milestone reached --help"});
}

TEST_F(BrugCommands, AnAppointmentIsProposedByOneAndAnsweredByTheOther) {
  const auto proposed =
      Do("client", "appointment propose 2030-05-02 --kind home-visit --place 'My home' --words 'The rent'");
  EXPECT_EQ(proposed["at"], "2030-05-02T10:00:00.000000Z") << "in the morning where nothing else was said";
  ExpectRefused("client", "appointment accept 1", {"somebody else"});
  Do("mentor", "sync");
  EXPECT_THAT(Read("mentor", "caseload"), HasSubstr("1 appointment(s) waiting"));
  EXPECT_THAT(
      Read("mentor", "appointment --client Marieke"),
      HasSubstr("1  Marieke  Thu 2 May 2030 10:00  home visit, 60 minutes, My home  proposed  The rent"));
  Do("mentor", "appointment accept 1 --client Marieke");
  EXPECT_THAT(Read("mentor", "caseload"), Not(HasSubstr("waiting")));
  Do("client", "sync");
  EXPECT_EQ(Do("client", "appointment")["appointments"][0]["state"], "accepted");
  Do("client", "appointment cancel 1");
  Do("mentor", "appointment propose 2030-05-03 --client Marieke");
  Do("client", "sync");
  Do("client", "appointment decline 2");
  EXPECT_THAT(Read("client", "appointment"), AllOf(HasSubstr("cancelled"), HasSubstr("not this time")));
}

TEST_F(BrugCommands, TheClientsPreferenceForATalkWins) {
  EXPECT_THAT(Read("mentor", "appointment propose 2030-05-02 --at 15:00 --heavy --client Marieke"),
              HasSubstr("better in the morning"));
  EXPECT_THAT(Read("mentor", "appointment propose 2030-05-03 --at 15:00 --client Marieke"),
              Not(HasSubstr("morning")));
  Do("client", "profile edit --talk-time evening");
  Do("mentor", "sync");
  EXPECT_EQ(Do("mentor", "appointment propose 2030-05-04 --heavy --client Marieke")["at"],
            "2030-05-04T19:00:00.000000Z");
  EXPECT_THAT(Read("mentor", "appointment propose 2030-05-05 --at 9:00 --client Marieke"),
              HasSubstr("Marieke likes best to talk in the evening"));
}

TEST_F(BrugCommands, AViewStandsBesideTheAssessmentAndTheClientReadsIt) {
  Do("mentor", "view Marieke --level housing=3 --words 'debts=It is getting better' --story 'You do well'");
  EXPECT_THAT(Read("mentor", "bridge --client Marieke"), HasSubstr("How you see it:"));
  Do("client", "sync");
  EXPECT_THAT(Read("client", "bridge"),
              AllOf(HasSubstr("How Samira sees it:\n"), HasSubstr("  3\n"),
                    HasSubstr("It is getting better\n"), HasSubstr("  You do well\n")));
  EXPECT_THAT(Read("client", "bridge --without-sensitive"), Not(HasSubstr("getting better")));
  const auto shown = Do("client", "bridge");
  EXPECT_EQ(shown["views"][0]["answers"][0]["level"], 3);
  EXPECT_EQ(shown["assessment"]["answers"][0]["level"], 2) << "never in its place";
}

TEST_F(BrugCommands, TheProfileIsTheClientsAndTheReplyTimeOfBoth) {
  Do("client",
     "profile edit --name 'Marieke V' --client-language en --time-zone Europe/Lisbon --talk-time afternoon");
  Do("mentor", "sync");
  Do("mentor", "profile edit --reply-within 24 --client Marieke");
  EXPECT_THAT(Read("mentor", "profile --client Marieke"),
              AllOf(HasSubstr("Marieke V\n"), HasSubstr("Europe/Lisbon"), HasSubstr("in the afternoon"),
                    HasSubstr("within 24 hours")));
  ExpectRefused("mentor", "profile edit --name Somebody --client Marieke", {"Name", "profile.display_name"});
  Do("client", "sync");
  EXPECT_EQ(Do("client", "profile")["profile"]["reply_within_hours"], 24);
}

TEST_F(BrugCommands, ATalkOfAnotherDayIsWrittenDownOnThatDay) {
  Do("mentor", "contact Marieke 'By phone' --kind phone --minutes 20 --date 2026-01-05 --at 9:15");
  EXPECT_EQ(Do("mentor", "dossier Marieke")["contacts"][0]["at"], "2026-01-05T09:15:00.000000Z");
}

TEST_F(BrugCommands, WhatIsWrongNamesTheFieldAndWhatToDo) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> of_the_client = {
      {"milestone edit 1.m1 --title x", {"no milestone 1.m1", "brug milestone", "(milestone)"}},
      {"milestone add 1 ''",
       {"Title", "empty", "create_milestone.milestone.title", "brug milestone add --help"}},
      {"milestone add 4 x", {"no goal 4", "brug goal"}},
      {"step add 1 x --milestone 1.m9", {"1.m9", "brug milestone"}},
      {"step add 1 x --every 2 --days mon", {"--days", "--every", "one of these"}},
      {"step add 1 x --minutes 2000", {"Minutes", "create_step.step.minutes", "brug step add --help"}},
      {"appointment propose someday", {"someday", "2026-11-21", "(DAY)"}},
      {"appointment propose tomorrow --at 25:00", {"25:00", "9:30", "(--at)"}},
      {"appointment propose tomorrow --kind fax", {"fax", "home-visit", "(--kind)"}},
      {"appointment propose tomorrow --minutes 0", {"Minutes", "brug appointment propose --help"}},
      {"appointment accept 3", {"no appointment 3", "brug appointment"}},
      {"profile edit", {"What changes", "empty", "brug profile edit --help"}},
      {"profile edit --talk-time night", {"night", "morning, afternoon, evening", "(--talk-time)"}},
      {"profile edit --reply-within 999", {"Reply within", "reply_within_hours", "brug profile edit --help"}},
      {"profile edit --time-zone Mars/Base", {"Time zone", "profile.time_zone"}},
      {"view 1 --level housing=2", {"somebody else"}},
      {"caseload", {"for a mentor"}},
      {"register Jan", {"for a mentor"}},
      {"team", {"for a team lead"}},
      {"assess </dev/null", {"Nothing was saved", "brug assess"}},
      {"--ca /etc/passwd sync", {"/etc/passwd", "certificate", "(--ca)"}}};
  for (const auto& [words, parts] : of_the_client) ExpectRefused("client", words, parts);
  const std::vector<std::pair<std::string, std::vector<std::string>>> of_the_mentor = {
      {"view Marieke", {"--level", "--words", "--story"}},
      {"view Marieke --level housing=9", {"1 to 5", "not 9", "(--level)"}},
      {"view Marieke --level moon=3", {"moon", "housing", "(--level)"}},
      {"view Jan --level housing=3", {"Jan", "brug caseload"}},
      {"appointment propose tomorrow", {"--client NAME"}},
      {"tick 1.1", {"for the client"}}};
  for (const auto& [words, parts] : of_the_mentor) ExpectRefused("mentor", words, parts);
  EXPECT_EQ(Do("client", "dossier")["assessments"].size(), 1u);
  EXPECT_EQ(Do("client", "dossier")["appointments"].size(), 0u);
}

TEST_F(BrugCommands, TwoThingsAtOnceAreNotGuessedAt) {
  Do("client", "step add 1 'Open the mail'");
  Do("client", "formulate 1");
  ExpectRefused("client", "tick 1.1 --tried --skipped", {"--tried, --skipped, --clear", "one of these"});
  EXPECT_EQ(Do("client", "dossier")["ticks"].size(), 0u);
}

TEST_F(BrugCommands, HistoryShowsWhatItSaidBeforeAndWhoChangedIt) {
  EXPECT_THAT(Read("client", "history"), HasSubstr("Nothing was changed"));
  Do("client", "goal edit 1 --title 'Keep my own home'");
  const std::string shown = Read("client", "history");
  EXPECT_THAT(shown,
              AllOf(HasSubstr("Changed by you"), HasSubstr("Keep my home"), HasSubstr("Keep my own home")));
  Do("mentor", "sync");
  const Json entries = Do("mentor", "history --client Marieke").at("entries");
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].at("kind"), "revise_goal");
  EXPECT_EQ(entries[0].at("overwritten")[0].at("words")[0], "Keep my home");
  const std::string goal = entries[0].at("record_id");
  const Json all = Do("client", "history --of " + goal).at("entries");
  ASSERT_EQ(all.size(), 2U) << "made, and changed";
  EXPECT_EQ(Do("client", "history --count 1 --of " + goal).at("entries").size(), 1U);
}

}  // namespace
}  // namespace brug::test
