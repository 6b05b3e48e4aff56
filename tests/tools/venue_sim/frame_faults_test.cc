#include "tools/venue_sim/frame_faults.h"

#include <memory>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/simulated_clock.h"
#include "core/strings.h"

namespace colibri::venue_sim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr FrameKind kDepth{.channel = FaultSubject::kDepth, .symbol = "btcusdt"};
constexpr FrameKind kTrade{.channel = FaultSubject::kTrade, .symbol = "btcusdt"};
constexpr FrameKind kUser{.channel = FaultSubject::kUser};

class ListingSink final : public SessionSink {
 public:
  void SendText(SessionId session, std::string text) override {
    lines.push_back(StrCat(session, " ", text));
  }
  void SendSplit(SessionId session, std::string text) override {
    lines.push_back(StrCat(session, " split ", text));
  }
  void CloseSession(SessionId session, int code, std::string_view) override {
    lines.push_back(StrCat(session, " closed ", code));
  }
  void GoHalfOpen(SessionId session) override { lines.push_back(StrCat(session, " half open")); }
  std::vector<std::string> Take() { return std::exchange(lines, {}); }

  std::vector<std::string> lines;
};

class FrameFaultsTest : public testing::Test {
 protected:
  FrameFaultsTest() { frames_.set_sink(&sink_); }

  void Begin(std::string_view words) {
    const absl::StatusOr<Fault> fault = ParseFault(absl::StrSplit(Abs(words), ' '));
    ASSERT_TRUE(fault.ok()) << fault.status();
    frames_.Begin(*fault);
  }
  void Send(FrameKind kind, std::string text, SessionId session = 1) {
    frames_.Send(session, kind, std::move(text));
  }

  SimulatedClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  ListingSink sink_;
  FrameFaults frames_{clock_, /*seed=*/1};
};

TEST_F(FrameFaultsTest, DropsTheNextOnesOfItsChannelAlone) {
  Begin("depth drop x2");
  Send(kTrade, "t");
  Send(kDepth, "a");
  Send(kDepth, "b", 2);
  Send(kDepth, "c");
  EXPECT_THAT(sink_.Take(), ElementsAre("1 t", "1 c"));
}

TEST_F(FrameFaultsTest, DropsForATimeAndOfOneSymbol) {
  Begin("market drop for 2s on BTCUSDT");
  Send(kDepth, "a");
  Send({.channel = FaultSubject::kDepth, .symbol = "ethusdt"}, "e");
  Send(kUser, "u");
  clock_.AdvanceBy(absl::Seconds(2));
  Send(kDepth, "b");
  EXPECT_THAT(sink_.Take(), ElementsAre("1 e", "1 u", "1 b"));
}

TEST_F(FrameFaultsTest, StrikesByChance) {
  Begin("depth drop 30% for 1m");
  for (int i = 0; i < 1000; ++i) {
    Send(kDepth, "a");
  }
  EXPECT_NEAR(static_cast<double>(sink_.lines.size()), 700, 60);
}

TEST_F(FrameFaultsTest, DelaysSoThatLaterOnesOvertake) {
  Begin("depth delay 500ms x1");
  Send(kDepth, "a");
  Send(kDepth, "b");
  EXPECT_THAT(sink_.Take(), ElementsAre("1 b"));
  clock_.AdvanceBy(absl::Milliseconds(499));
  EXPECT_THAT(sink_.Take(), IsEmpty());
  clock_.AdvanceBy(absl::Milliseconds(1));
  EXPECT_THAT(sink_.Take(), ElementsAre("1 a"));
}

TEST_F(FrameFaultsTest, HoldsTheWholeConnectionInOrder) {
  Begin("depth hold 500ms x1");
  Send(kDepth, "a");
  Send(kTrade, "t");
  Send(kTrade, "other", 2);
  EXPECT_THAT(sink_.Take(), ElementsAre("2 other"));
  clock_.AdvanceBy(absl::Milliseconds(400));
  Send(kDepth, "b");
  clock_.AdvanceBy(absl::Milliseconds(100));
  EXPECT_THAT(sink_.Take(), ElementsAre("1 a", "1 t", "1 b"));
  Send(kDepth, "c");
  EXPECT_THAT(sink_.Take(), ElementsAre("1 c"));
}

TEST_F(FrameFaultsTest, KeepsTheOrderUnderAHoldThatVaries) {
  Begin("all hold 10ms..900ms for 10s");
  std::vector<std::string> sent;
  for (int i = 0; i < 200; ++i) {
    Send(i % 2 == 0 ? kDepth : kTrade, StrCat(i));
    sent.push_back(StrCat("1 ", i));
    clock_.AdvanceBy(absl::Milliseconds(55));
  }
  clock_.AdvanceBy(absl::Seconds(1));
  EXPECT_EQ(sink_.Take(), sent);
}

TEST_F(FrameFaultsTest, StallsAChannelWhileTheOthersGoOn) {
  Begin("depth stall for 3s");
  Send(kDepth, "a");
  Send(kTrade, "t");
  clock_.AdvanceBy(absl::Milliseconds(2999));
  Send(kDepth, "b");
  EXPECT_THAT(sink_.Take(), ElementsAre("1 t"));
  clock_.AdvanceBy(absl::Milliseconds(1));
  EXPECT_THAT(sink_.Take(), ElementsAre("1 a", "1 b"));
  Send(kDepth, "c");
  EXPECT_THAT(sink_.Take(), ElementsAre("1 c"));
}

TEST_F(FrameFaultsTest, Duplicates) {
  Begin("depth duplicate x1");
  Send(kDepth, "a");
  Send(kDepth, "b");
  EXPECT_THAT(sink_.Take(), ElementsAre("1 a", "1 a", "1 b"));
}

TEST_F(FrameFaultsTest, SwapsWithTheNextOfItsChannelAndSession) {
  Begin("depth reorder x1");
  Send(kDepth, "a");
  Send(kTrade, "t");
  Send(kDepth, "other", 2);
  Send(kDepth, "b");
  Send(kDepth, "c");
  EXPECT_THAT(sink_.Take(), ElementsAre("1 t", "2 other", "1 b", "1 a", "1 c"));
}

TEST_F(FrameFaultsTest, FollowsTheOneThatItSwappedWithIntoAStall) {
  Begin("depth reorder x1");
  Send(kDepth, "a");
  Begin("depth stall for 500ms");
  Send(kDepth, "b");
  EXPECT_THAT(sink_.Take(), IsEmpty());
  clock_.AdvanceBy(absl::Milliseconds(500));
  EXPECT_THAT(sink_.Take(), ElementsAre("1 b", "1 a"));
}

TEST_F(FrameFaultsTest, SwapsWithNothingWhenNothingComes) {
  Begin("depth reorder x1");
  Send(kDepth, "a");
  clock_.AdvanceBy(FrameFaults::kReorderWaitMax);
  EXPECT_THAT(sink_.Take(), ElementsAre("1 a"));
  Send(kDepth, "b");
  EXPECT_THAT(sink_.Take(), ElementsAre("1 b"));
}

TEST_F(FrameFaultsTest, Truncates) {
  Begin("depth truncate x1");
  Send(kDepth, "0123456789");
  ASSERT_EQ(sink_.lines.size(), 1u);
  EXPECT_LT(sink_.lines[0].size(), std::string("1 0123456789").size());
  EXPECT_TRUE(std::string("1 0123456789").starts_with(sink_.lines[0]));
}

TEST_F(FrameFaultsTest, Splits) {
  Begin("depth split x1");
  Send(kDepth, "a");
  Send(kDepth, "b");
  EXPECT_THAT(sink_.Take(), ElementsAre("1 split a", "1 b"));
}

TEST_F(FrameFaultsTest, StrikesOneFrameSeveralTimes) {
  Begin("depth duplicate x1");
  Begin("depth split x1");
  Begin("depth delay 1s x1");
  Send(kDepth, "a");
  clock_.AdvanceBy(absl::Seconds(1));
  EXPECT_THAT(sink_.Take(), ElementsAre("1 split a", "1 split a"));
}

TEST_F(FrameFaultsTest, LosesWhatWaitsWhenTheConnectionIsCutButNotWhenItIsClosed) {
  Begin("all hold 5s for 1s");
  Send(kDepth, "a", 1);
  Send(kDepth, "b", 2);
  Send(kDepth, "c", 3);
  frames_.Close(1, 0, "");
  frames_.Close(2, 1001, "going away");
  frames_.GoHalfOpen(3);
  clock_.AdvanceBy(absl::Seconds(10));
  EXPECT_THAT(sink_.Take(), ElementsAre("1 closed 0", "2 b", "2 closed 1001", "3 half open"));
  EXPECT_EQ(frames_.waiting_count(), 0u);
}

TEST_F(FrameFaultsTest, SendsWhatWaitsWhenItIsCleared) {
  Begin("depth stall for 10m");
  Send(kDepth, "a");
  Send(kDepth, "b");
  frames_.Clear();
  Send(kDepth, "c");
  EXPECT_THAT(sink_.Take(), ElementsAre("1 a", "1 b", "1 c"));
}

TEST_F(FrameFaultsTest, CutsAConnectionForWhichTooMuchWaits) {
  std::vector<SessionId> cut;
  frames_.set_on_overflow([&](SessionId session) {
    cut.push_back(session);
    frames_.Close(session, 0, "");
  });
  Begin("all stall for 10m");
  for (size_t i = 0; i < FrameFaults::kWaitingMax; ++i) {
    Send(kDepth, "a");
  }
  clock_.AdvanceBy(absl::ZeroDuration());
  EXPECT_THAT(cut, IsEmpty());
  Send(kDepth, "a");
  Send(kDepth, "a");
  EXPECT_THAT(cut, IsEmpty());  // not while the venue goes through its sessions
  clock_.AdvanceBy(absl::ZeroDuration());
  EXPECT_THAT(cut, ElementsAre(1));
  EXPECT_EQ(frames_.waiting_count(), 0u);
}

TEST_F(FrameFaultsTest, LeavesNoTimerBehind) {
  auto frames = std::make_unique<FrameFaults>(clock_, 1);
  frames->set_sink(&sink_);
  frames->Begin(*ParseFault({"all", "hold", "1s", "for", "5s"}));
  frames->Send(1, kDepth, "a");
  frames.reset();
  EXPECT_EQ(clock_.next_timer_at(), absl::InfiniteFuture());
}

}  // namespace
}  // namespace colibri::venue_sim
