#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "brug/v1/assessment.pb.h"
#include "brug/v1/bridge_template.pb.h"
#include "proto/rules/score.h"

// What a drawing of the Bridge shows, before any pen touches paper: shared by all drawings. Part of draw.h.
namespace brug::rules::drawing {

// The words of the drawing itself, in one language.
struct Words {
  const char* out_of_100;
  const char* score;
  const char* now;
  const char* then;
  const char* firm;
  const char* building;
  const char* open;
  const char* this_first;
  const char* where_i_stand;
  const char* where_i_want_to_be;
  const char* aim;
  const char* aim_reached;
  const char* then_is;
  const char* built_since;
  const char* stood_there;
  const char* not_filled_in;
  const char* road_is_whole;
  const char* can_walk;
  const char* left_out;
  const char* other_version;
  const char* months[12];
};
[[nodiscard]] const Words& WordsIn(std::string_view language);

// What became of one stone.
enum class Stone {
  kEmpty,
  kThere,
  kAdded,      // since then
  kStoodThen,  // and not now
};

// One column of stones.
struct DomainPicture {
  std::string name;
  std::string icon;
  std::string level_name;      // empty when not answered
  std::string aim_level_name;  // empty without an aim
  std::string aim_by;          // "november 2028"; empty when the client did not say
  int level = 0;               // 0 when not answered
  int then_level = 0;          // 0 when not answered then, or nothing to compare with
  int aim = 0;                 // 0 without one
  bool most_urgent = false;

  [[nodiscard]] bool AimReached() const { return aim != 0 && level >= aim; }
  [[nodiscard]] Stone StoneAt(int stone_level) const;
  [[nodiscard]] bool Has(Stone stone) const;
};

struct PillarPicture {
  std::string name;
  PillarState state;
  std::vector<DomainPicture> domains;
};

struct Picture {
  std::string title;
  std::string date;
  std::string then_date;       // empty without anything to compare with
  std::string score;           // empty when there is none, or sensitive domains are left out
  std::string then_score;      // empty as above, or without anything to compare with
  bool compared = false;       // `then` is in the picture
  bool other_version = false;  // `then` was given and cannot be compared
  bool left_out = false;       // sensitive domains exist and are left out
  bool can_walk = false;       // all pillars are firm and none of their domains is left out
  std::vector<PillarPicture> pillars;
};

// Every text in it is clean: UTF-8 without control characters.
[[nodiscard]] Picture BuildPicture(const v1::BridgeTemplate& bridge, const v1::Assessment& now,
                                   const v1::Assessment* then, std::string_view language,
                                   bool leave_out_sensitive);

// What is to be said below the picture, sentence by sentence.
[[nodiscard]] std::vector<std::string> NotesOf(const Picture& picture, const Words& words);

// "stevig", "in aanbouw" or "nog open".
[[nodiscard]] const char* FirmnessWord(Firmness firmness, const Words& words);

// The characters of `text`; what is not UTF-8 becomes U+FFFD, byte by byte.
[[nodiscard]] std::u32string Decode(std::string_view text);
[[nodiscard]] std::string Encode(std::u32string_view characters);

}  // namespace brug::rules::drawing
