// Counts heap allocations through operator new and aligned_alloc, to prove that a path makes none.
//
//   const AllocationCounter allocations;
//   book.Apply(diff);
//   EXPECT_EQ(allocations.count(), 0);
//
// Counts the calling thread only, and nothing under ThreadSanitizer. A program that uses this has
// its global operator new replaced by one on malloc.
#pragma once

#include <cstdint>

namespace colibri {

// Of this thread since its start.
int64_t AllocationsOfThread();

class AllocationCounter {
 public:
  AllocationCounter() : start_(AllocationsOfThread()) {}

  // Since construction.
  int64_t count() const { return AllocationsOfThread() - start_; }

 private:
  int64_t start_;
};

}  // namespace colibri
