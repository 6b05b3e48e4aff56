#include "core/text_pool.h"

#include <string>
#include <thread>
#include <utility>

#include "gtest/gtest.h"

#include "tests/support/counting_allocator.h"

namespace colibri {
namespace {

// Whatever other tests have left.
void Drain() {
  while (TakeText().capacity() > std::string().capacity()) {
  }
}

TEST(TextPoolTest, GivesNothingWhereNothingWasGiven) {
  Drain();
  EXPECT_EQ(TakeText().capacity(), std::string().capacity());
}

TEST(TextPoolTest, GivesTheRoomOfATextThatIsOverWithoutItsWords) {
  Drain();
  GiveText(std::string(1000, 'x'));
  const AllocationCounter allocations;
  std::string text = TakeText();
  EXPECT_EQ(text, "");
  text.assign(1000, 'y');
  EXPECT_EQ(allocations.count(), 0);
}

TEST(TextPoolTest, KeepsNeitherShortTextsNorHugeOnesNorTooMany) {
  Drain();
  GiveText("short");
  GiveText(std::string(1 << 20, 'x'));
  EXPECT_EQ(TakeText().capacity(), std::string().capacity());
  for (int i = 0; i < 1000; ++i) {
    GiveText(std::string(100, 'x'));
  }
  int kept = 0;
  while (TakeText().capacity() >= 100) {
    ++kept;
  }
  EXPECT_EQ(kept, 64);
}

TEST(TextPoolTest, EachThreadHasItsOwn) {
  Drain();
  std::thread([] { GiveText(std::string(1000, 'x')); }).join();
  EXPECT_EQ(TakeText().capacity(), std::string().capacity());
}

}  // namespace
}  // namespace colibri
