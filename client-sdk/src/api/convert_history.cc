#include <utility>

#include "client-sdk/src/api/convert.h"
#include "client-sdk/src/api/own_words.h"

namespace brug::sdk {
namespace {

EarlierItem ToEarlierItem(const v1::Record& record) {
  const auto* content = record.GetReflection()->GetOneofFieldDescriptor(
      record, record.GetDescriptor()->FindOneofByName("content"));
  EarlierItem item{.record_id = record.record_id(), .kind = {}, .words = {}, .content_json = JsonOf(record)};
  if (content == nullptr) return item;
  item.kind = content->name();
  item.words = OwnWordsIn(record.GetReflection()->GetMessage(record, content));
  return item;
}

}  // namespace

HistoryEntry FromProto(const v1::LogEntry& entry) {
  Meaning meaning = MeaningOf(entry.mutation());
  HistoryEntry result{.happened_at = FromProto(entry.clamped_at()),
                      .by = FromProto(entry.author()),
                      .kind = std::move(meaning.kind),
                      .record_id = std::move(meaning.record_id),
                      .words = std::move(meaning.words),
                      .overwritten = {},
                      .refused = entry.refused() != v1::ERROR_REASON_UNSPECIFIED};
  for (const v1::Record& record : entry.overwritten()) result.overwritten.push_back(ToEarlierItem(record));
  return result;
}

}  // namespace brug::sdk
