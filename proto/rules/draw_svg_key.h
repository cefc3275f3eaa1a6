#pragma once

#include "proto/rules/draw_svg_pen.h"
#include "proto/rules/draw_svg_sheet.h"

// Below the water: the list of domains and what the signs of the picture mean. Part of draw.h.
namespace brug::rules::drawing {

// Returns where it ends.
double DrawKey(SvgPen& pen, const Sheet& sheet);

}  // namespace brug::rules::drawing
