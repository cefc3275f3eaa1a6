#pragma once

#include <cstddef>
#include <cstdint>

// The limits of the contract, said once for both sides. Bytes are UTF-8 bytes of a text or serialised bytes
// of a message.
namespace brug::rules {

inline constexpr std::size_t kNameBytesMax = 100;
inline constexpr std::size_t kTitleBytesMax = 300;
inline constexpr std::size_t kObstacleBytesMax = 500;
inline constexpr std::size_t kWordsBytesMax = 2000;
inline constexpr std::size_t kLongWordsBytesMax = 4000;
inline constexpr std::size_t kPlaceBytesMax = 300;

inline constexpr std::size_t kMutationBytesMax = 16 * 1024;
inline constexpr std::size_t kCallMutationsMax = 200;
inline constexpr std::size_t kCallMutationBytesMax = 256 * 1024;
inline constexpr std::size_t kPageBytesMin = 4 * 1024;
inline constexpr std::size_t kPageBytesMax = 512 * 1024;
inline constexpr std::size_t kOutboxMutationsMax = 10'000;
inline constexpr std::size_t kOutboxBytesMax = 16 * 1024 * 1024;

// Items of one parent in one dossier. With them no list outgrows a screen, and no record a page.
inline constexpr std::size_t kGoalsMax = 200;
inline constexpr std::size_t kMilestonesPerGoalMax = 50;
inline constexpr std::size_t kStepsPerGoalMax = 200;

// A Bridge template. Its names are held to kNameBytesMax, its questions to kTitleBytesMax.
inline constexpr std::size_t kLevelDescriptionBytesMax = 500;
inline constexpr std::size_t kTemplateIdBytesMax = 40;
inline constexpr int kSentenceWordsMax = 12;
inline constexpr int kLanguagesMax = 20;
inline constexpr int kPillarsMax = 9;
inline constexpr int kDomainsPerPillarMax = 6;
inline constexpr int kLevels = 5;

// Rewards. Amounts are in cents of a euro.
inline constexpr std::int64_t kOfferCentsMax = 1'000'000;
inline constexpr std::int64_t kPaidInCentsMax = 10'000'000'000;
inline constexpr std::int32_t kVoucherDaysMax = 1'830;
inline constexpr std::int32_t kOfferDaysCountMax = 366;

// A step this sure or surer is left whole; below it an app offers to split it (document "method").
inline constexpr std::int32_t kConfidenceEnough = 7;

}  // namespace brug::rules
