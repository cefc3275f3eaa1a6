#pragma once

// For the sources of brug_crypto and brug_jws alone.

namespace brug::crypto {

// An assertion that stays in every build: says `what` on standard error and aborts. For programmers'
// mistakes, and for a library failing where only a lack of memory or a broken installation can make it.
void Demand(bool holds, const char* what);

}  // namespace brug::crypto
