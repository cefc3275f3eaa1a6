#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "tests/unit/sdk_world.h"

// Whatever two people do on three devices, and whatever befalls their calls and processes: S1 to S4 of
// document "sync".
namespace brug::sdk {
namespace {

using Fate = ScriptedService::Fate;

struct Act {
  int device = 0;
  int kind = 0;
  int item = 0;
  int fate = 0;
};

// For RapidCheck, which prints the shortest story that goes wrong.
void showValue(const Act& act, std::ostream& os) {
  os << "{device " << act.device << ", kind " << act.kind << ", item " << act.item << ", fate " << act.fate
     << "}";
}

class Story {
 public:
  Story() {
    service_.Grant(kMentor, kDossier, v1::ROLE_MENTOR);
    const char* codes[] = {kClientCode, kClientCode, kMentorCode};
    for (int i = 0; i < 3; ++i) {
      phones_.push_back(
          std::make_unique<Phone>(service_, clock_, MemoryAdapter(), 11 + static_cast<std::uint64_t>(i)));
      RC_ASSERT(phones_.back()->Enrol(codes[i]).ok());
      RC_ASSERT(!phones_.back()->Sync().has_value());
    }
  }

  void Play(const Act& act) {
    Phone& phone = *phones_[static_cast<std::size_t>(act.device)];
    clock_.now += std::chrono::seconds(act.item);
    switch (act.kind) {
      case 0:
        return Accept(phone, CreateGoal(Id(100 + act.item), "doel"));
      case 1:
        return Accept(phone, CreateStep(Id(200 + act.item), Id(100 + act.item % 3), "stap"));
      case 2:
        return Accept(phone, Tick(Id(200 + act.item), Saturday() - std::chrono::days(act.fate),
                                  static_cast<v1::TickState>(1 + act.item % 4)));
      case 3:
        return Accept(phone, SendMessage(phone.core().NewId(), "bericht"));
      case 4:
        return Accept(phone, ReviseGoalTitle(Id(100 + act.item), "anders " + std::to_string(act.fate)));
      case 5:
        return Accept(phone, DeleteOf(Id(100 + 100 * (act.fate % 2) + act.item)));
      case 6:
        return Accept(phone, Formulate(Id(100 + act.item)));
      case 7:
        RC_ASSERT(phone.Reopen().ok());
        return;
      case 8:
        service_.page_records_max = 1 + act.item;
        return;
      case 9:
        clock_.now -= std::chrono::seconds(30 * act.item);
        return;
      case 10:
        phone.key_store.nonce = "put back";
        RC_ASSERT(phone.Reopen().ok());
        return;
      default:
        return Exchange(phone, act);
    }
  }

  // Everybody syncs until nobody has anything to say.
  void Finish() {
    clock_.now += std::chrono::hours(1);
    service_.sync_fates.clear();
    for (int round = 0; round < 3; ++round) {
      for (auto& phone : phones_) {
        const auto error = phone->Sync();
        RC_ASSERT(!error.has_value());
      }
    }
    for (auto& phone : phones_) ExpectSettled(*phone);
    ExpectEachInOneState();
  }

 private:
  static v1::Mutation DeleteOf(const std::string& record_id) {
    v1::Mutation mutation;
    mutation.mutable_delete_record()->set_record_id(record_id);
    return mutation;
  }

  void Accept(Phone& phone, v1::Mutation mutation) {
    const auto before = phone.core().Status().pending;
    auto accepted = phone.Accept(std::move(mutation));
    RC_ASSERT(phone.core().Status().pending == before + (accepted.ok() ? 1 : 0));
    if (!accepted.ok()) return;
    accepted_.insert(accepted->mutation_id);
    // What it changed is what the view shows.
    for (const v1::Record& record : accepted->records) {
      RC_ASSERT(phone.Find(record.record_id())->SerializeAsString() == record.SerializeAsString());
    }
    // S1: the view that is made anew from base and pending is the one that grew with each mutation.
    const auto grown = phone.Records();
    RC_ASSERT(phone.Reopen().ok());
    const auto anew = phone.Records();
    RC_ASSERT(grown.size() == anew.size());
    for (const auto& [id, record] : grown) {
      RC_ASSERT(anew.at(id).SerializeAsString() == record.SerializeAsString());
    }
  }

  void Exchange(Phone& phone, const Act& act) {
    // The call with this number is the one that something befalls.
    service_.sync_fates.assign(static_cast<std::size_t>(act.item % 3), Fate::kFine);
    service_.sync_fates.push_back(static_cast<Fate>(act.fate));
    if (act.kind > 12) {
      (void)phone.Sync();
      service_.sync_fates.clear();
      return;
    }
    // The process ends in the middle, with the answer on its way; or the answer comes twice.
    phone.Give(SyncWanted{});
    for (int i = 0; i <= act.item && !phone.calls.empty(); ++i) {
      const Call call = phone.calls.front();
      phone.calls.pop_front();
      const Answer answer = service_.Take(call);
      if (i == act.item) break;
      phone.Give(answer);
      phone.Give(answer);
    }
    service_.sync_fates.clear();
    RC_ASSERT(phone.Reopen().ok());
  }

  void ExpectSettled(Phone& phone) {
    RC_ASSERT(phone.core().Status().pending == 0);
    const auto here = phone.Records();
    std::size_t there = 0;
    for (const auto& [id, record] : service_.Records(kDossier)) {
      if (record.deleted()) {
        RC_ASSERT(!here.contains(id));
        continue;
      }
      // Ticks and steps under what was deleted hang nowhere that this test walks to.
      const auto shown = phone.Find(id);
      RC_ASSERT(shown.has_value());
      RC_ASSERT(shown->SerializeAsString() == record.SerializeAsString());
      ++there;
    }
    RC_ASSERT(here.size() <= there);
  }

  // S2 and S3.
  void ExpectEachInOneState() {
    std::multiset<std::string> rejected;
    for (auto& phone : phones_) {
      for (const auto& mutation : phone->core().Rejected().value())
        rejected.insert(mutation.mutation.mutation_id());
    }
    for (const std::string& id : accepted_) {
      const auto effects = static_cast<std::size_t>(service_.effects[id]);
      RC_ASSERT(effects + rejected.count(id) == 1U);
    }
    RC_TAG(rejected.empty() ? "nothing refused" : "something refused");
  }

  FakeClock clock_;
  ScriptedService service_{clock_};
  std::vector<std::unique_ptr<Phone>> phones_;
  std::set<std::string> accepted_;
};

RC_GTEST_PROP(SyncProperty, EveryMutationEndsInOneStateAndAllDevicesShowTheSame, ()) {
  const auto acts = *rc::gen::container<std::vector<Act>>(rc::gen::build<Act>(
      rc::gen::set(&Act::device, rc::gen::inRange(0, 3)), rc::gen::set(&Act::kind, rc::gen::inRange(0, 18)),
      rc::gen::set(&Act::item, rc::gen::inRange(0, 6)), rc::gen::set(&Act::fate, rc::gen::inRange(0, 5))));
  Story story;
  for (const Act& act : acts) story.Play(act);
  story.Finish();
}

}  // namespace

}  // namespace brug::sdk
