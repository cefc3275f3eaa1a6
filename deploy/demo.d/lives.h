#pragma once

#include <array>
#include <string>

// What the people of the demo organisation want, do and say. Nobody of it exists.
namespace brug::demo {

struct Life {
  const char* domain_id;
  const char* words;
  const char* goal;
  const char* why;
  std::array<const char*, 2> steps;
};

inline constexpr std::array<Life, 9> kLives = {{
    {"debts",
     "Ik durf de post niet meer open te maken.",
     "Ik wil weten wat ik moet betalen",
     "dan slaap ik weer",
     {"Drie brieven openmaken", "Bedragen in mijn schrift schrijven"}},
    {"housing",
     "Ik ben bang dat ik mijn huis kwijtraak.",
     "Ik wil mijn huis houden",
     "mijn kinderen wonen hier graag",
     {"De huur overmaken", "Een half uur opruimen"}},
    {"income",
     "Er komt elke maand te weinig binnen.",
     "Ik wil een vast inkomen",
     "dan kan ik vooruit kijken",
     {"Vacatures bekijken", "Een uur aan mijn brief werken"}},
    {"health",
     "Ik ben altijd moe.",
     "Ik wil me fitter voelen",
     "dan kan ik meer doen met mijn zoon",
     {"Een blokje om lopen", "Op tijd naar bed"}},
    {"savings",
     "Een kapotte wasmachine kan ik niet betalen.",
     "Ik wil een buffer sparen",
     "dan schrik ik minder",
     {"Vijf euro opzij leggen", "Boodschappen met een lijstje"}},
    {"network",
     "Ik sta er alleen voor.",
     "Ik wil mensen om me heen",
     "samen is het lichter",
     {"Iemand bellen", "Naar de koffie in het buurthuis"}},
    {"education",
     "Ik heb nooit een diploma gehaald.",
     "Ik wil een cursus afmaken",
     "dan krijg ik meer kans op werk",
     {"Een les van de cursus doen", "Huiswerk op tafel leggen"}},
    {"family",
     "Thuis is er vaak ruzie over geld.",
     "Ik wil meer rust thuis",
     "mijn kinderen merken alles",
     {"Samen aan tafel eten", "Een spelletje doen"}},
    {"job_quality",
     "Mijn werk stopt steeds na een paar weken.",
     "Ik wil werk dat blijft",
     "dan weet ik waar ik aan toe ben",
     {"Praten met mijn chef", "Uren bijhouden"}},
}};

inline const std::array<std::string, 6> kMessages = {
    "Het is gelukt!",         "Vandaag lukte het even niet.",
    "Kunnen we bellen?",      "Ik kreeg een brief die ik niet snap.",
    "De kinderen deden mee.", "Ik heb het geprobeerd."};
inline const std::array<std::string, 4> kAnswers = {"Wat goed. Ik bel je morgen.", "Dat is helemaal prima.",
                                                    "Neem de brief mee, dan kijken we samen.",
                                                    "Fijn om te horen."};
inline const std::array<std::string, 5> kTalks = {
    "Samen de post doorgenomen.", "Gesproken over hoe het thuis gaat.", "Een nieuwe stap bedacht.",
    "Even bijgepraat.", "Teruggekeken op de afgelopen weken."};
inline const std::array<std::string, 3> kPraise = {
    "Wat knap dat je dit volhoudt.", "Je hebt een grote stap gezet.", "Mooi dat je het toch probeerde."};

// A name for each of the clients, no two the same.
inline std::string NameOf(int client) {
  constexpr std::array<const char*, 20> kFirst = {
      "Amina", "Bart",  "Carla",  "Dilan", "Eefje", "Farid", "Greet",   "Hassan",  "Ingrid", "Joris",
      "Kadir", "Linda", "Mehmet", "Nadia", "Omar",  "Petra", "Quinten", "Rachida", "Sjoerd", "Tamara"};
  constexpr std::array<const char*, 3> kLast = {"de Vries", "Jansen", "Bakker"};
  const auto number = static_cast<std::size_t>(client);
  return std::string(kFirst[number % 20]) + " " + kLast[(number + number / 20) % 3];
}

}  // namespace brug::demo
