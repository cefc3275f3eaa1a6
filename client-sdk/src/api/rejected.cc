#include "client-sdk/src/api/rejected.h"

#include <utility>

#include "client-sdk/src/api/convert.h"
#include "client-sdk/src/api/own_words.h"

namespace brug::sdk {

RejectedItem ToRejectedItem(const RejectedMutation& rejected) {
  Meaning meaning = MeaningOf(rejected.mutation);
  return {.mutation_id = rejected.mutation.mutation_id(),
          .dossier_id = rejected.dossier_id,
          .occurred_at = FromProto(rejected.mutation.occurred_at()),
          .error = rejected.error,
          .kind = std::move(meaning.kind),
          .record_id = std::move(meaning.record_id),
          .words = std::move(meaning.words),
          .content_json = JsonOf(rejected.mutation)};
}

}  // namespace brug::sdk
