#pragma once

#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "tests/integration/brug_people.h"

namespace brug::test {

inline std::string Quoted(const std::string& text) { return "'" + text + "'"; }

// People of an organisation who type: a mentor, a programme manager, a second person, a client and a shop,
// each with a home, and a service.
class RewardCommands : public BrugPeople {
 protected:
  void SetUp() override {
    organisation_ = service_.CreateOrganisation("Gemeente Alphen");
    EnrolStaff("mentor", "Noor", v1::ROLE_MENTOR);
    EnrolStaff("manager", "Milan", v1::ROLE_PROGRAMME_MANAGER);
    EnrolStaff("approver", "Ayse", v1::ROLE_APPROVER);
    Enrol("client", Do("mentor", "register Marieke").at("activation_code"));
    scheme_ = Do("manager", "scheme create Together 1000 --threshold 30 --in-parts")["scheme"]["scheme_id"];
    Enrol("shop", Do("manager", "merchant register Shoes --scheme Together").at("activation_code"));
  }

  // The reason and field of the refusal.
  std::string Refusal(const std::string& who, const std::string& words) {
    const auto result = Brug(who, words + " --json 2>refused.err");
    EXPECT_EQ(result.exit_code, 1) << words << "\n" << result.output;
    const auto error = Json::parse(result.output, nullptr, false)["error"];
    EXPECT_FALSE(error["message"].get<std::string>().empty()) << words;
    return error["reason"].get<std::string>() + " " + error["field"].get<std::string>();
  }

  // A goal with two steps that is her plan, on both devices.
  void Plan() {
    Do("client", "assess --level housing=2");
    Do("client", "goal add 'Keep my home' --domain housing");
    Do("client", "step add 1 'Open the mail'");
    Do("client", "step add 1 'Call the landlord'");
    Do("client", "formulate 1");
    Do("mentor", "sync");
  }
  // A voucher of 25 euro, promised and given by the mentor alone; its code and token.
  std::pair<std::string, std::string> GiveAVoucher() {
    Plan();
    Do("mentor", "offer draft Marieke 1 25 --some 1");
    Do("mentor", "promise Marieke");
    Do("client", "tick 1.1");
    EXPECT_EQ(Do("mentor", "issue Marieke")["offer"]["state"], "issued");
    Do("client", "sync");
    const auto shown = Do("client", "voucher 1");
    return {shown["code"], shown["token"]};
  }
  // What stands before an offer in the list that a command shows.
  std::string ShortId(const std::string& who, const std::string& command, std::size_t place) {
    return Do(who, command)["offers"].at(place)["offer_id"].get<std::string>().substr(0, 8);
  }
  Json Balances() { return Do("manager", "scheme")["schemes"][0]["balances"]; }

  void EnrolStaff(const std::string& home, const std::string& name, v1::Role role) {
    Enrol(home,
          service_
              .RegisterStaff(
                  {.organisation_id = organisation_, .display_name = name, .roles = {role}, .team_id = {}})
              .activation_code);
  }
  std::string InFile(const std::string& name) {
    std::ifstream file(directory_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::string organisation_;
  std::string scheme_;
};

}  // namespace brug::test
