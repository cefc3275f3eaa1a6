#pragma once

#include <string>

#include "brug/v1/assessment.pb.h"
#include "brug/v1/bridge_template.pb.h"

// Drawing the Bridge: the picture people take home and put on the fridge. Pure; safe from any thread; the
// same input gives the same bytes on every machine, whatever its locale.
//
// Both drawings show each answered level, the aims, the domain that is most urgent, how firm each pillar is,
// and, with `then`, what was built since. `then` is left out, and the drawing says so, when it was made with
// another version of the template. Nothing is shown by colour alone, nothing is red, and no word of the
// client's own is in it.
//
// Both mend what they are given rather than fail: a domain without an answer is drawn as not filled in, text
// that is not UTF-8 or has control characters gets replacement characters or spaces, text that does not fit
// ends in an ellipsis.
namespace brug::rules {

struct DrawOptions {
  // BCP 47 tag. Texts of the template as TextIn() finds them; words of the drawing itself in English for
  // "en", else in Dutch.
  std::string language = "nl";
  // No letter smaller than kLargePrintMin. Less is said, and larger.
  bool large_print = false;
  // The drawing is made as if the sensitive domains were not in the template at all: two assessments that
  // differ in nothing else give the same bytes. It carries no score, for a score speaks of the whole Bridge.
  bool leave_out_sensitive = false;
};

// Font sizes are in units of the drawing: a quarter of a millimetre. The largest print's smallest letters are
// 17 points.
inline constexpr int kLargePrintMin = 24;

// One self-contained SVG file: nothing of it is fetched from elsewhere. A sheet of A4, landscape; with so
// many domains that they do not fit it grows in height, never in width.
[[nodiscard]] std::string DrawBridgeSvg(const v1::BridgeTemplate& bridge, const v1::Assessment& now,
                                        const v1::Assessment* then, const DrawOptions& options);

struct DrawTextOptions {
  std::string language = "nl";
  bool leave_out_sensitive = false;
  // Whether colours are added, as ANSI escape sequences; they say nothing that the letters do not.
  bool colour = false;
};

// For a terminal: lines of at most kDrawTextColumns columns, each ended by a line break.
[[nodiscard]] std::string DrawBridgeText(const v1::BridgeTemplate& bridge, const v1::Assessment& now,
                                         const v1::Assessment* then, const DrawTextOptions& options);
inline constexpr int kDrawTextColumns = 78;

// Whether the SVG has a shape of its own for an icon's name. Any other name is drawn as a plain stone.
[[nodiscard]] bool HasIcon(const std::string& icon);

}  // namespace brug::rules
