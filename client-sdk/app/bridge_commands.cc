#include <algorithm>
#include <fstream>
#include <iostream>

#include "client-sdk/app/json.h"
#include "client-sdk/app/phrases.h"
#include "client-sdk/app/session.h"

// The Bridge: drawing it, and saying where one stands.
namespace brug::app {
namespace {

constexpr int kYearsAhead = 2;

// What mentors see, beside what the client says. Left out where others look on: words may tell anything.
std::string SayViews(Session& session, const Dossier& dossier,
                     const std::vector<Item<AssessmentView>>& views) {
  std::string text;
  const auto bridge = Take(dossier.Template());
  for (const auto& view : views) {
    const bool mine = view.created_by.person_id == session.Me().person_id;
    const std::string who = SayAuthor(session, dossier, view.created_by);
    text += session.Strong(mine ? session.Say(Word::kYourView) : session.Say(Word::kViewOf, {who})) +
            SayPending(session, view.pending) + "\n";
    for (const auto& answer : view.content.answers) {
      const Domain* domain = bridge.FindDomain(answer.domain_id);
      text += "  " + (domain == nullptr ? answer.domain_id : domain->name) +
              (answer.level > 0 ? "  " + std::to_string(answer.level) : "") +
              (answer.words.empty() ? "" : "  " + answer.words) + "\n";
    }
    if (!view.content.words.empty()) text += "  " + view.content.words + "\n";
  }
  return text;
}

Answer ShowBridge(Session& session, const Arguments& arguments) {
  const Dossier dossier = session.DossierOf(arguments);
  const auto assessments = Take(dossier.Assessments());
  if (assessments.empty()) session.Refuse("NOT_FOUND", "", session.Say(Word::kNoBridgeYet));
  DrawOptions options{.leave_out_sensitive = arguments.Has("--without-sensitive"),
                      .large_print = arguments.Has("--large-print"),
                      .colour = session.colour(),
                      .language = session.language() == Language::kEnglish ? "en" : "nl"};
  if (arguments.Has("--then") && assessments.size() > 1) options.then_assessment_id = assessments.back().id;
  const auto score = Take(dossier.Score());
  Answer answer{
      .json = {{"assessment", ToJson(assessments.front())}, {"score", score ? Json(*score) : Json(nullptr)}}};
  const auto views = Take(dossier.AssessmentViews(assessments.front().id));
  answer.json["views"] = ToJson(views);
  if (arguments.Has("--svg")) {
    const std::string path = arguments.Text("--svg");
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << Take(dossier.DrawBridge(options));
    if (!file.flush()) session.Refuse("STORAGE_FAILED", "--svg", session.Say(Word::kCannotWriteFile, {path}));
    answer.json["svg"] = path;
    answer.text = session.Say(Word::kPictureIsIn, {path}) + "\n";
    return answer;
  }
  answer.text = Take(dossier.DrawBridgeText(options));
  if (!options.leave_out_sensitive) answer.text += SayViews(session, dossier, views);
  return answer;
}

// "housing=2" in two; the part behind the sign may hold anything.
std::pair<std::string, std::string> Split(const Session& session, const std::string& text,
                                          std::string_view option) {
  const auto sign = text.find('=');
  if (sign == std::string::npos)
    session.Refuse("MALFORMED", option, session.Say(Word::kWriteAsIs, {text, option}));
  return {text.substr(0, sign), text.substr(sign + 1)};
}

int LevelOf(const Session& session, const std::string& text, std::string_view option) {
  if (const auto place = Session::PlaceIn(text, 5)) return static_cast<int>(*place) + 1;
  session.Refuse("OUT_OF_RANGE", option, session.Say(Word::kLevelIs1To5, {text}));
}

brug::Answer& AnswerFor(std::vector<brug::Answer>& answers, const std::string& domain_id) {
  const auto found = std::find_if(answers.begin(), answers.end(),
                                  [&](const auto& answer) { return answer.domain_id == domain_id; });
  if (found != answers.end()) return *found;
  answers.push_back({.domain_id = domain_id});
  return answers.back();
}

// A talk that breaks off hands nothing in.
std::string ReadLine(const Session& session) {
  std::string line;
  if (!std::getline(std::cin, line)) session.Refuse("MISSING", "--level", session.Say(Word::kTalkBrokeOff));
  return line;
}

// A level from 1 to 5, or 0 for a skip: whatever is neither is asked again.
int AskLevel(const Session& session) {
  while (true) {
    std::cout << session.Say(Word::kWhichLevel) << " " << std::flush;
    const std::string line = ReadLine(session);
    if (line.empty()) return 0;
    if (const auto place = Session::PlaceIn(line, 5)) return static_cast<int>(*place) + 1;
  }
}

// Where one stands, domain by domain, in conversation.
void AskAnswers(const Session& session, const BridgeTemplate& bridge, Assessment& assessment) {
  std::cout << session.Say(Word::kAssessIntro) << "\n";
  for (const auto& pillar : bridge.pillars) {
    for (const auto& domain : pillar.domains) {
      std::cout << "\n" << session.Strong(domain.name) << "  " << domain.question << "\n";
      for (const auto& level : domain.levels) {
        std::cout << "  " << level.level << "  " << level.name << ". " << level.description << "\n";
      }
      const int level = AskLevel(session);
      std::cout << session.Say(Word::kYourWords) << " " << std::flush;
      assessment.answers.push_back(
          {.domain_id = domain.domain_id, .level = level, .words = ReadLine(session)});
    }
  }
}

std::vector<brug::Answer> ReadAnswers(const Session& session, const Arguments& arguments,
                                      const BridgeTemplate& bridge) {
  std::vector<brug::Answer> answers;
  for (const auto& text : arguments.All("--level")) {
    const auto [domain, level] = Split(session, text, "--level");
    AnswerFor(answers, session.FindDomain(bridge, domain, "--level")).level =
        LevelOf(session, level, "--level");
  }
  for (const auto& text : arguments.All("--words")) {
    const auto [domain, words] = Split(session, text, "--words");
    AnswerFor(answers, session.FindDomain(bridge, domain, "--words")).words = words;
  }
  return answers;
}

void AskUrgent(const Session& session, const BridgeTemplate& bridge, Assessment& assessment) {
  std::cout << "\n" << session.Say(Word::kWhatIsUrgent) << " " << std::flush;
  if (const std::string line = ReadLine(session); !line.empty()) {
    assessment.most_urgent_domain_id = session.FindDomain(bridge, line, "--urgent");
  }
}

Answer Assess(Session& session, const Arguments& arguments) {
  Dossier dossier = session.DossierOf(arguments);
  // The newest, whichever the assessment before was made with: an organisation may have changed its Bridge.
  const auto templates = Take(session.client().BridgeTemplates());
  const BridgeTemplate bridge = templates.empty() ? Take(dossier.Template()) : templates.front();
  Assessment assessment{.template_id = bridge.template_id,
                        .template_version = bridge.version,
                        .date = session.DayOf(dossier, arguments, "--date"),
                        .answers = {},
                        .most_urgent_domain_id = {},
                        .aims = {},
                        .words = arguments.Text("--story")};
  if (arguments.Has("--urgent"))
    assessment.most_urgent_domain_id = session.FindDomain(bridge, arguments.Text("--urgent"), "--urgent");
  if (arguments.Has("--level") || arguments.Has("--words")) {
    assessment.answers = ReadAnswers(session, arguments, bridge);
  } else if (session.asked().json) {
    session.Refuse("MISSING", "--level", session.Say(Word::kWriteAsIs, {"", "--level"}));
  } else {
    AskAnswers(session, bridge, assessment);
    if (!arguments.Has("--urgent")) AskUrgent(session, bridge, assessment);
  }
  auto by = session.DayOf(dossier, arguments, "--by");
  if (!by) by = AddDays(Take(dossier.TodaysDate()), kYearsAhead * 365);
  for (const auto& text : arguments.All("--aim")) {
    const auto [domain, level] = Split(session, text, "--aim");
    assessment.aims.push_back({.domain_id = session.FindDomain(bridge, domain, "--aim"),
                               .level = LevelOf(session, level, "--aim"),
                               .by = by,
                               .words = {}});
  }
  const std::string id = Take(dossier.HandInAssessment(assessment));
  const auto score = Take(dossier.Score(id));
  return {.text = session.Glad(session.Say(Word::kAssessed)) + "\n",
          .json = {{"id", id}, {"score", score ? Json(*score) : Json(nullptr)}},
          .wrote = true};
}

// A mentor's view goes beside the client's newest assessment, never in its place.
Answer AddView(Session& session, const Arguments& arguments) {
  Dossier dossier = session.DossierOf(arguments);
  const auto assessments = Take(dossier.Assessments());
  if (assessments.empty()) session.Refuse("NOT_FOUND", "", session.Say(Word::kNoBridgeYetOfClient));
  const AssessmentView view{
      .assessment_id = assessments.front().id,
      .answers = ReadAnswers(session, arguments, Take(dossier.Template(assessments.front().id))),
      .words = arguments.Text("--story")};
  if (view.answers.empty() && view.words.empty())
    session.Refuse("MISSING", "--level", session.Say(Word::kSayWhatYouSee));
  const std::string id = Take(dossier.AddAssessmentView(view));
  return session.Saved(Word::kViewSaved, Take(dossier.Profile()).content.display_name, id);
}

}  // namespace

std::vector<Command> BridgeCommands() {
  using Kind = Parameter::Kind;
  return {
      {"bridge",
       "",
       Word::kHelpBridge,
       {{"--svg", Kind::kText, false, Word::kHelpSvg},
        {"--then", Kind::kFlag, false, Word::kHelpThen},
        {"--without-sensitive", Kind::kFlag, false, Word::kHelpWithoutSensitive},
        {"--large-print", Kind::kFlag, false, Word::kHelpLargePrint},
        {"--client", Kind::kText, false, Word::kHelpClient}},
       ShowBridge},
      {"assess",
       "",
       Word::kHelpAssess,
       {{"--level", Kind::kMany, false, Word::kHelpLevel},
        {"--words", Kind::kMany, false, Word::kHelpDomainWords},
        {"--urgent", Kind::kText, false, Word::kHelpUrgent},
        {"--aim", Kind::kMany, false, Word::kHelpAim},
        {"--by", Kind::kText, false, Word::kHelpAimBy},
        {"--story", Kind::kText, false, Word::kHelpStory},
        {"--date", Kind::kText, false, Word::kHelpDate}},
       Assess},
      {"view",
       "",
       Word::kHelpView,
       {{"CLIENT", Kind::kText, true, Word::kHelpClient},
        {"--level", Kind::kMany, false, Word::kHelpViewLevel},
        {"--words", Kind::kMany, false, Word::kHelpViewWords},
        {"--story", Kind::kText, false, Word::kHelpViewStory}},
       AddView},
  };
}

}  // namespace brug::app
