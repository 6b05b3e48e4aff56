#include "exchanges/paper/delay_line.h"

#include <string>

#include "gtest/gtest.h"

#include "core/simulated_clock.h"

namespace colibri {
namespace {

class DelayLineTest : public testing::Test {
 protected:
  void Send(DelayLine& line, char letter) {
    line.Send([this, letter] { said_ += letter; });
  }

  SimulatedClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  Random random_{1};
  std::string said_;
};

TEST_F(DelayLineTest, HandsNothingOnWithinSend) {
  DelayLine line(clock_, {.least = absl::ZeroDuration()}, random_);
  Send(line, 'a');
  EXPECT_EQ(said_, "");
  clock_.AdvanceBy(absl::ZeroDuration());
  EXPECT_EQ(said_, "a");
}

TEST_F(DelayLineTest, HandsOnAfterTheDelay) {
  DelayLine line(clock_, {.least = absl::Milliseconds(10)}, random_);
  Send(line, 'a');
  clock_.AdvanceBy(absl::Milliseconds(9));
  Send(line, 'b');
  EXPECT_EQ(said_, "");
  clock_.AdvanceBy(absl::Milliseconds(1));
  EXPECT_EQ(said_, "a");
  clock_.AdvanceBy(absl::Milliseconds(9));
  EXPECT_EQ(said_, "ab");
  EXPECT_TRUE(line.empty());
}

TEST_F(DelayLineTest, KeepsTheOrderWhateverTheJitter) {
  DelayLine line(
      clock_, {.least = absl::Milliseconds(1), .jitter = absl::Milliseconds(50)}, random_);
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    Send(line, letter);
    clock_.AdvanceBy(absl::Milliseconds(2));
  }
  clock_.AdvanceBy(absl::Milliseconds(51));
  EXPECT_EQ(said_, "abcdefghijklmnopqrstuvwxyz");
}

TEST_F(DelayLineTest, FlushesWhatIsUnderWayAndWhatThatSends) {
  DelayLine line(clock_, {.least = absl::Milliseconds(10)}, random_);
  line.Send([&] {
    said_ += 'a';
    Send(line, 'c');
  });
  Send(line, 'b');
  line.Flush();
  EXPECT_EQ(said_, "abc");
  clock_.AdvanceBy(absl::Seconds(1));
  EXPECT_EQ(said_, "abc");
}

TEST_F(DelayLineTest, LosesWhatIsUnderWayWhenItGoes) {
  {
    DelayLine line(clock_, {.least = absl::Milliseconds(10)}, random_);
    Send(line, 'a');
  }
  clock_.AdvanceBy(absl::Seconds(1));
  EXPECT_EQ(said_, "");
}

}  // namespace
}  // namespace colibri
