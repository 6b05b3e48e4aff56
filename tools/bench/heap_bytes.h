// What something takes of the heap, by malloc's own account; a sanitizer's allocator keeps none.
//
//   const int64_t bytes = HeapBytesOf([] { return std::make_unique<OrderBook>(BookScale{2, 5}); });
#pragma once

#include <cstdint>
#include <malloc.h>

namespace colibri::bench {

inline int64_t HeapBytes() {
  const struct mallinfo2 heap = mallinfo2();
  return static_cast<int64_t>(heap.uordblks + heap.hblkhd);
}

// Of what make() makes. Of two, since the first takes what malloc has in store and counts as taken.
template <typename Make>
int64_t HeapBytesOf(const Make& make) {
  const auto first = make();
  const int64_t before = HeapBytes();
  const auto second = make();
  return HeapBytes() - before;
}

}  // namespace colibri::bench
