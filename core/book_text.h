// A book as canonical text, to compare and to hash: the same levels give the same bytes.
//
//   CanonicalText(book, 20);   // "61843.23:4.33586|61843.2:0.1#61843.24:0.05552"
//
// Each level is price:quantity without trailing zeros; bids from high to low, "#", asks from low to
// high; "|" between levels.
#pragma once

#include <cstddef>
#include <limits>
#include <string>

#include "core/order_book.h"

namespace colibri {

constexpr size_t kAllLevels = std::numeric_limits<size_t>::max();

// The best `depth` levels of each side.
std::string CanonicalText(const OrderBook& book, size_t depth = kAllLevels);

}  // namespace colibri
