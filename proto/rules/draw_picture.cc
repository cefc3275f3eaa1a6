#include "proto/rules/draw_picture.h"

#include <algorithm>

#include "proto/rules/bridge_template.h"
#include "proto/rules/date.h"
#include "proto/rules/limits.h"
#include "proto/rules/utf8.h"

namespace brug::rules::drawing {
namespace {

constexpr Words kDutch = {
    .out_of_100 = "van 100",
    .score = "Score",
    .now = "Zo sta ik er nu voor",
    .then = "toen",
    .firm = "stevig",
    .building = "in aanbouw",
    .open = "nog open",
    .this_first = "Dit eerst",
    .where_i_stand = "Hier sta ik nu",
    .where_i_want_to_be = "Hier wil ik naartoe",
    .aim = "doel",
    .aim_reached = "Doel gehaald",
    .then_is = "Toen",
    .built_since = "Nieuw erbij",
    .stood_there = "Stond er toen",
    .not_filled_in = "Nog niet ingevuld",
    .road_is_whole = "Stevige pijler? Dan is de weg heel.",
    .can_walk = "Alle pijlers zijn stevig: de brug draagt mij.",
    .left_out = "Een deel van de Brug staat niet op dit plaatje.",
    .other_version = "De Brug van toen had andere vragen en staat er niet naast.",
    .months = {"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september",
               "oktober", "november", "december"},
};

constexpr Words kEnglish = {
    .out_of_100 = "of 100",
    .score = "Score",
    .now = "This is where I stand now",
    .then = "then",
    .firm = "firm",
    .building = "being built",
    .open = "still open",
    .this_first = "This first",
    .where_i_stand = "Where I stand now",
    .where_i_want_to_be = "Where I want to be",
    .aim = "aim",
    .aim_reached = "Aim reached",
    .then_is = "Then",
    .built_since = "New since then",
    .stood_there = "Stood there then",
    .not_filled_in = "Not filled in yet",
    .road_is_whole = "A firm pillar makes the road whole.",
    .can_walk = "All pillars are firm: the bridge carries me.",
    .left_out = "Part of the Bridge is not in this picture.",
    .other_version = "The Bridge of then asked other questions and is not beside it.",
    .months = {"January", "February", "March", "April", "May", "June", "July", "August", "September",
               "October", "November", "December"},
};

constexpr char32_t kReplacement = 0xFFFD;

// Whether XML and a terminal can carry it, and it is not a control character.
bool IsDrawable(char32_t c) {
  const bool control = c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029;
  // Marks that turn the direction of writing could hide what follows them.
  const bool direction =
      c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
  return !control && !direction && (c & 0xFFFE) != 0xFFFE && c != 0xFEFF;
}

// More than any name of a template that was checked; so that no text, whatever it is, makes drawing slow.
constexpr std::size_t kCharactersMax = 200;

std::string Clean(std::string_view text) {
  std::u32string characters = Decode(text.substr(0, 4 * kCharactersMax));
  for (char32_t& c : characters) {
    if (!IsDrawable(c)) c = U' ';
  }
  while (!characters.empty() && characters.back() == U' ') characters.pop_back();
  characters.erase(0, std::min(characters.find_first_not_of(U' '), characters.size()));
  if (characters.size() > kCharactersMax) {
    characters.resize(kCharactersMax);
    characters += U'\u2026';
  }
  return Encode(characters);
}

std::string MonthText(const v1::Date& date, const Words& words) {
  return std::string(words.months[date.month() - 1]) + " " + std::to_string(date.year());
}

std::string DateText(const v1::Date& date, const Words& words) {
  if (!ToDay(date)) return "";
  return std::to_string(date.day()) + " " + MonthText(date, words);
}

v1::BridgeTemplate WithoutSensitive(v1::BridgeTemplate bridge) {
  for (v1::Pillar& pillar : *bridge.mutable_pillars()) {
    auto& domains = *pillar.mutable_domains();
    domains.erase(
        std::remove_if(domains.begin(), domains.end(), [](const v1::Domain& d) { return d.sensitive(); }),
        domains.end());
  }
  auto& pillars = *bridge.mutable_pillars();
  pillars.erase(
      std::remove_if(pillars.begin(), pillars.end(), [](const v1::Pillar& p) { return p.domains().empty(); }),
      pillars.end());
  return bridge;
}

bool HasSensitive(const v1::BridgeTemplate& bridge) {
  return std::any_of(bridge.pillars().begin(), bridge.pillars().end(), [](const v1::Pillar& pillar) {
    return std::any_of(pillar.domains().begin(), pillar.domains().end(),
                       [](const v1::Domain& domain) { return domain.sensitive(); });
  });
}

std::string LevelName(const v1::Domain& domain, int level, std::string_view language) {
  for (const v1::Level& candidate : domain.levels()) {
    if (candidate.level() == level) return Clean(TextIn(candidate.name(), language));
  }
  return "";
}

// What the pictures of all domains have in common.
struct Looking {
  const v1::Assessment& now;
  const v1::Assessment* then;  // only when it can be compared
  std::string_view language;
  const Words& words;
};

DomainPicture PictureOf(const v1::Domain& domain, const Looking& looking) {
  const std::string& id = domain.domain_id();
  DomainPicture picture;
  picture.name = Clean(TextIn(domain.name(), looking.language));
  picture.icon = domain.icon();
  picture.level = LevelOf(looking.now, id);
  picture.then_level = looking.then ? LevelOf(*looking.then, id) : 0;
  picture.aim = AimOf(looking.now, id);
  picture.most_urgent = !id.empty() && looking.now.most_urgent_domain_id() == id;
  picture.level_name = LevelName(domain, picture.level, looking.language);
  if (picture.aim == 0) return picture;
  picture.aim_level_name = LevelName(domain, picture.aim, looking.language);
  for (const v1::Aim& aim : looking.now.aims()) {
    if (aim.domain_id() != id || aim.level() != picture.aim) continue;
    if (ToDay(aim.by())) picture.aim_by = MonthText(aim.by(), looking.words);
    break;
  }
  return picture;
}

}  // namespace

const Words& WordsIn(std::string_view language) {
  return language.substr(0, language.find('-')) == "en" ? kEnglish : kDutch;
}

Picture BuildPicture(const v1::BridgeTemplate& whole, const v1::Assessment& now, const v1::Assessment* then,
                     std::string_view language, bool leave_out_sensitive) {
  const v1::BridgeTemplate bridge = leave_out_sensitive ? WithoutSensitive(whole) : whole;
  const Words& words = WordsIn(language);
  Picture picture;
  picture.compared = then && Comparable(*then, now);
  picture.other_version = then && !picture.compared;
  picture.left_out = leave_out_sensitive && HasSensitive(whole);
  picture.title = Clean(TextIn(bridge.name(), language));
  picture.date = DateText(now.date(), words);

  const Looking looking{now, picture.compared ? then : nullptr, language, words};
  const std::vector<PillarState> states = PillarStates(bridge, now);
  for (int i = 0; i < bridge.pillars_size(); ++i) {
    PillarPicture pillar{
        Clean(TextIn(bridge.pillars(i).name(), language)), states[static_cast<std::size_t>(i)], {}};
    for (const v1::Domain& domain : bridge.pillars(i).domains())
      pillar.domains.push_back(PictureOf(domain, looking));
    picture.pillars.push_back(std::move(pillar));
  }
  picture.can_walk = !picture.left_out && CanWalk(states);

  if (picture.compared) picture.then_date = DateText(then->date(), words);
  if (picture.left_out) return picture;
  if (const auto score = ScoreOf(now)) picture.score = ScoreText(*score, language);
  if (!picture.compared) return picture;
  if (const auto score = ScoreOf(*then)) picture.then_score = ScoreText(*score, language);
  return picture;
}

std::vector<std::string> NotesOf(const Picture& picture, const Words& words) {
  std::vector<std::string> notes;
  if (!picture.then_date.empty())
    notes.push_back(std::string(words.then_is) + ": " + picture.then_date + ".");
  notes.emplace_back(picture.can_walk ? words.can_walk : words.road_is_whole);
  if (picture.left_out) notes.emplace_back(words.left_out);
  if (picture.other_version) notes.emplace_back(words.other_version);
  return notes;
}

const char* FirmnessWord(Firmness firmness, const Words& words) {
  switch (firmness) {
    case Firmness::kOpen:
      return words.open;
    case Firmness::kBuilding:
      return words.building;
    case Firmness::kFirm:
      return words.firm;
  }
  return "";
}

std::u32string Decode(std::string_view text) {
  std::u32string characters;
  characters.reserve(text.size());
  while (!text.empty()) {
    const auto character = TakeCharacter(text);
    if (!character) text.remove_prefix(1);
    characters += character.value_or(kReplacement);
  }
  return characters;
}

std::string Encode(std::u32string_view characters) {
  std::string text;
  text.reserve(characters.size());
  for (const char32_t character : characters) AppendCharacter(character, text);
  return text;
}

Stone DomainPicture::StoneAt(int stone_level) const {
  const bool compared = then_level > 0 && level > 0;
  if (stone_level <= level) return compared && stone_level > then_level ? Stone::kAdded : Stone::kThere;
  return compared && stone_level <= then_level ? Stone::kStoodThen : Stone::kEmpty;
}

bool DomainPicture::Has(Stone stone) const {
  for (int stone_level = 1; stone_level <= kLevels; ++stone_level) {
    if (StoneAt(stone_level) == stone) return true;
  }
  return false;
}

}  // namespace brug::rules::drawing
