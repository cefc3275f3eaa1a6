#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "client-sdk/src/api/convert.h"
#include "proto/rules/dossier_reader.h"

// Lists of records as apps see them. Pure but for the reader.
namespace brug::sdk {

// How one kind of content is told apart and taken out of a record.
template <class Proto>
struct Kind {
  bool (v1::Record::*has)() const;
  const Proto& (v1::Record::*get)() const;
};

inline constexpr Kind<v1::Assessment> kAssessment{&v1::Record::has_assessment, &v1::Record::assessment};
inline constexpr Kind<v1::AssessmentView> kAssessmentView{&v1::Record::has_assessment_view,
                                                          &v1::Record::assessment_view};
inline constexpr Kind<v1::Goal> kGoal{&v1::Record::has_goal, &v1::Record::goal};
inline constexpr Kind<v1::Milestone> kMilestone{&v1::Record::has_milestone, &v1::Record::milestone};
inline constexpr Kind<v1::Step> kStep{&v1::Record::has_step, &v1::Record::step};
inline constexpr Kind<v1::Pause> kPause{&v1::Record::has_pause, &v1::Record::pause};
inline constexpr Kind<v1::Tick> kTick{&v1::Record::has_tick, &v1::Record::tick};
inline constexpr Kind<v1::Suggestion> kSuggestion{&v1::Record::has_suggestion, &v1::Record::suggestion};
inline constexpr Kind<v1::Appreciation> kAppreciation{&v1::Record::has_appreciation,
                                                      &v1::Record::appreciation};
inline constexpr Kind<v1::Message> kMessage{&v1::Record::has_message, &v1::Record::message};
inline constexpr Kind<v1::Contact> kContact{&v1::Record::has_contact, &v1::Record::contact};
inline constexpr Kind<v1::Appointment> kAppointment{&v1::Record::has_appointment, &v1::Record::appointment};
inline constexpr Kind<v1::Handover> kHandover{&v1::Record::has_handover, &v1::Record::handover};
inline constexpr Kind<v1::Relation> kRelation{&v1::Record::has_relation, &v1::Record::relation};
inline constexpr Kind<v1::Offer> kOffer{&v1::Record::has_offer, &v1::Record::offer};
inline constexpr Kind<v1::Voucher> kVoucher{&v1::Record::has_voucher, &v1::Record::voucher};
inline constexpr Kind<v1::Profile> kProfile{&v1::Record::has_profile, &v1::Record::profile};

// The live records of one kind under `parent`, in no particular order.
template <class Proto>
[[nodiscard]] std::vector<v1::Record> RecordsOf(const rules::DossierReader& dossier, std::string_view parent,
                                                const Kind<Proto>& kind) {
  std::vector<v1::Record> records = dossier.ChildrenOf(parent);
  std::erase_if(records, [&kind](const v1::Record& record) { return !(record.*kind.has)(); });
  return records;
}

// The same in the order that people gave them.
template <class Proto>
[[nodiscard]] std::vector<v1::Record> RankedRecordsOf(const rules::DossierReader& dossier,
                                                      std::string_view parent, const Kind<Proto>& kind) {
  std::vector<v1::Record> records = RecordsOf(dossier, parent, kind);
  std::sort(records.begin(), records.end(), [&kind](const v1::Record& a, const v1::Record& b) {
    return std::tie((a.*kind.get)().rank(), a.record_id()) < std::tie((b.*kind.get)().rank(), b.record_id());
  });
  return records;
}

template <class Proto>
[[nodiscard]] auto ToItems(const std::vector<v1::Record>& records, const Kind<Proto>& kind) {
  std::vector<decltype(ToItem(records.front(), FromProto((records.front().*kind.get)())))> items;
  items.reserve(records.size());
  for (const auto& record : records) items.push_back(ToItem(record, FromProto((record.*kind.get)())));
  return items;
}

// Items in the order of `key(item)`, those with equal keys by id.
template <class Content, class Key>
void SortItems(std::vector<Item<Content>>& items, Key key) {
  std::sort(items.begin(), items.end(), [&key](const Item<Content>& a, const Item<Content>& b) {
    const auto key_a = key(a);
    const auto key_b = key(b);
    return key_a < key_b || (key_a == key_b && a.id < b.id);
  });
}

}  // namespace brug::sdk
