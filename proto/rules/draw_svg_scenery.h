#pragma once

#include "proto/rules/draw_svg_pen.h"
#include "proto/rules/draw_svg_sheet.h"

// What lies behind the Bridge: sky, sun with the score, hills, water, the two banks. Part of draw.h.
namespace brug::rules::drawing {

void DrawScenery(SvgPen& pen, const Sheet& sheet);

}  // namespace brug::rules::drawing
