#include "client-sdk/app/json.h"
#include "client-sdk/app/phrases.h"
#include "client-sdk/app/session.h"

// The profile: what a dossier knows about its client that is no part of the story.
namespace brug::app {
namespace {

constexpr std::string_view kTalkTimes[] = {"any", "morning", "afternoon", "evening"};

Answer ShowProfile(Session& session, const Arguments& arguments) {
  const auto item = Take(session.DossierOf(arguments).Profile());
  const Profile& profile = item.content;
  const std::string reply =
      profile.reply_within_hours > 0
          ? session.Say(Word::kWithinHours, {std::to_string(profile.reply_within_hours)})
          : session.Say(Word::kNotSaid);
  return {.text = session.Strong(profile.display_name) + SayPending(session, item.pending) + "\n" +
                  Columns({{session.Say(Word::kProfileLanguage), profile.language},
                           {session.Say(Word::kProfileTimeZone), profile.time_zone},
                           {session.Say(Word::kProfileTalkTime), SayTalkTime(session, profile.talk_time)},
                           {session.Say(Word::kProfileReply), reply}}),
          .json = {{"profile", ToJson(item)}}};
}

Answer EditProfile(Session& session, const Arguments& arguments) {
  Dossier dossier = session.DossierOf(arguments);
  Dossier::ProfileChanges changes;
  if (arguments.Has("--name")) changes.display_name = arguments.Text("--name");
  if (arguments.Has("--client-language")) changes.language = arguments.Text("--client-language");
  if (arguments.Has("--time-zone")) changes.time_zone = arguments.Text("--time-zone");
  if (arguments.Has("--talk-time")) {
    changes.talk_time =
        static_cast<TalkTime>(session.OneOf(kTalkTimes, arguments.Text("--talk-time"), "--talk-time"));
  }
  if (arguments.Has("--reply-within")) changes.reply_within_hours = arguments.Number("--reply-within");
  Take(dossier.ReviseProfile(changes));
  const auto profile = Take(dossier.Profile());
  return session.Saved(Word::kProfileChanged, profile.content.display_name, profile.id);
}

}  // namespace

std::vector<Command> ProfileCommands() {
  using Kind = Parameter::Kind;
  const Parameter client{"--client", Kind::kText, false, Word::kHelpClient};
  return {
      {"profile", "", Word::kHelpProfile, {client}, ShowProfile},
      {"profile",
       "edit",
       Word::kHelpProfileEdit,
       {{"--name", Kind::kText, false, Word::kHelpName},
        {"--client-language", Kind::kText, false, Word::kHelpClientLanguage},
        {"--time-zone", Kind::kText, false, Word::kHelpTimeZone},
        {"--talk-time", Kind::kText, false, Word::kHelpTalkTime},
        {"--reply-within", Kind::kNumber, false, Word::kHelpReplyWithin},
        client},
       EditProfile},
  };
}

}  // namespace brug::app
