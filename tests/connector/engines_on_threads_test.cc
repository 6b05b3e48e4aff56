// Several engines in one process, each on a thread: what LoopGroup is for. ThreadSanitizer sees
// what they share.
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"

#include "core/strings.h"
#include "tests/support/fake_venue.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;

// Comes up, goes through a gap in the book, trades, and closes.
std::vector<std::string> RunEngine() {
  FakeVenue venue;
  EXPECT_THAT(venue.Start(), IsOk());
  const ClientOrderId id = venue.PlaceOpen(venue.Buy("100", "1"));
  venue.http.AnswerAlways("GET /depth", "snapshot 500 b99:1 a101:1");
  venue.market().Push("diff BTCUSDT 500 500 b99:1");
  venue.user().Push(StrCat(
      venue.TradeLine("T1", id, "X1", "100", "1"), "\n", venue.OrderLine(id, "X1", "filled", "1")));
  venue.Run(absl::Seconds(5));
  EXPECT_TRUE(venue.exchange->health().can_trade(FakeVenue::kPair));
  EXPECT_THAT(venue.exchange->Place(venue.Buy("100", "0.0000001")),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(venue.Stop().open_orders_left, 0);
  return venue.seen;
}

TEST(EnginesOnThreadsTest, DoTheSameSideBySideAsAlone) {
  std::vector<std::string> seen[4];
  std::vector<std::thread> threads;
  for (std::vector<std::string>& events : seen) {
    threads.emplace_back([&events] { events = RunEngine(); });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  for (const std::vector<std::string>& events : seen) {
    EXPECT_THAT(events, ElementsAre("order_created", "order_filled", "order_completed"));
  }
}

}  // namespace
}  // namespace colibri
