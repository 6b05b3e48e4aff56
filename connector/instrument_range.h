// Neighbours in an InstrumentTable: what one socket carries of it.
//
//   for (const InstrumentRange& part : SplitEvenly(instruments.size(), source.pairs_per_socket()))
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "connector/instrument.h"

namespace colibri {

struct InstrumentRange {
  InstrumentIndex begin = 0;
  InstrumentIndex end = 0;  // not in it

  size_t size() const { return end - begin; }
  bool contains(InstrumentIndex instrument) const {
    return instrument >= begin && instrument < end;
  }
  friend bool operator==(const InstrumentRange&, const InstrumentRange&) = default;
};

// As few parts of at most size_max as hold all; all but the last have the size of the first.
// size_max > 0.
inline std::vector<InstrumentRange> SplitEvenly(size_t count, size_t size_max) {
  std::vector<InstrumentRange> parts;
  if (count == 0) {
    return parts;
  }
  const size_t part_count = (count - 1) / size_max + 1;
  const size_t size = (count - 1) / part_count + 1;
  for (size_t begin = 0; begin < count; begin += size) {
    parts.push_back({.begin = static_cast<InstrumentIndex>(begin),
                     .end = static_cast<InstrumentIndex>(std::min(begin + size, count))});
  }
  return parts;
}

}  // namespace colibri
