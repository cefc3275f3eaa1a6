#pragma once

#include <string_view>

#include "proto/rules/draw_svg_pen.h"

// Small drawings of our own: an icon a domain, and what stands around the Bridge. Part of draw.h.
namespace brug::rules::drawing {

// Draws the icon of this name in a square of `size` around `centre`; a plain stone for a name it does not
// know.
void DrawIcon(SvgPen& pen, std::string_view name, Point centre, double size, const std::string& colour);
[[nodiscard]] bool KnowsIcon(std::string_view name);

// A flag whose pole stands on `foot`: whole when the aim was reached, else an outline.
void DrawFlag(SvgPen& pen, Point foot, double height, bool reached);

// A star of `radius`.
void DrawStar(SvgPen& pen, Point centre, double radius);

// Somebody on their way, feet on `foot`.
void DrawWalker(SvgPen& pen, Point foot, double height);

// A home with a tree, its ground on `foot`.
void DrawHome(SvgPen& pen, Point foot, double height);

// A leafy tree, its ground on `foot`.
void DrawTree(SvgPen& pen, Point foot, double height);

}  // namespace brug::rules::drawing
