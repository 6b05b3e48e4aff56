#include "connector/net/loop_group.h"

#include <atomic>
#include <sched.h>
#include <stdexcept>
#include <thread>
#include <vector>

#include "gmock/gmock.h"

#include "connector/async_event.h"
#include "connector/net/cpu_cores.h"
#include "connector/net/loop_queue.h"
#include "core/strings.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr LoopMode kPolling = {.kind = LoopMode::Kind::kBusyPoll};

Task<void> DoNothing(size_t /*loop*/, AsioEnvironment& /*environment*/) {
  co_return;
}

TEST(LoopGroupTest, RunsNothingWhenACoreIsNotAllowed) {
  LoopGroup loops({{.name = "good"}, {.name = "bad", .core = 1023}});
  std::atomic<int> started = 0;
  EXPECT_THAT(loops.Run([&](size_t, AsioEnvironment&) -> Task<void> {
    ++started;
    co_return;
  }),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("loop bad: core 1023 is not there"),
                             HasSubstr(CoresText(AllowedCores())))));
  EXPECT_EQ(started, 0);
}

TEST(LoopGroupTest, RefusesAPollingLoopThatSharesItsCore) {
  LoopGroup loops(
      {{.name = "a", .core = 0}, {.name = "b", .core = 0, .environment = {.loop = kPolling}}});
  EXPECT_THAT(loops.Run(DoNothing),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "loop b polls and needs a core for itself, but loop a has core 0 too"));
}

TEST(LoopGroupTest, RefusesMorePollingLoopsThanCores) {
  std::vector<LoopOptions> options(AllowedCores().size() + 1,
                                   {.name = "p", .environment = {.loop = kPolling}});
  LoopGroup loops(std::move(options));
  EXPECT_THAT(loops.Run(DoNothing),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("loops poll, and there")));
}

TEST(LoopGroupTest, PassesAnExceptionOnWhenTheOthersHaveEnded) {
  LoopGroup loops({{.name = "a"}, {.name = "b"}});
  bool has_ended = false;
  EXPECT_THROW(loops
                   .Run([&](size_t loop, AsioEnvironment& environment) -> Task<void> {
                     if (loop == 0) {
                       throw std::runtime_error("no");
                     }
                     co_await environment.Sleep(absl::Milliseconds(2));
                     has_ended = true;
                   })
                   .IgnoreError(),
               std::runtime_error);
  EXPECT_TRUE(has_ended);
}

TEST(LoopGroupTest, RunsEachLoopOnItsThreadAndCore) {
  const int core = AllowedCores().back();
  LoopGroup loops({{.name = "a", .core = core}, {.name = "b"}});
  std::thread::id threads[2];
  int cores[2] = {-1, -1};
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(loops.Run([&](size_t loop, AsioEnvironment& environment) -> Task<void> {
      co_await environment.Sleep(absl::Milliseconds(1));
      threads[loop] = std::this_thread::get_id();
      cores[loop] = sched_getcpu();
    }),
                IsOk());
    EXPECT_NE(threads[0], threads[1]);
    EXPECT_NE(threads[0], std::this_thread::get_id());
    EXPECT_EQ(cores[0], core);
  }
}

// A market on one loop, a strategy on the other: quotes go one way, the newest of a pair; orders
// go the other and are refused when there is no room; their events come back, each of them.
TEST(LoopGroupTest, CarriesQuotesOrdersAndEventsBetweenTwoLoops) {
  constexpr int kQuotes = 5'000;
  constexpr size_t kMarket = 0;
  LoopGroup loops({{.name = "market"}, {.name = "strategy"}});
  AsioEnvironment& market = loops.environment(0);
  AsioEnvironment& strategy = loops.environment(1);
  std::unique_ptr<LoopQueue<std::string>> events;
  LoopQueue<int> orders("orders", market, 64, [&](int&& price) {
    EXPECT_TRUE(events->Push(StrCat("created ", price)));
    EXPECT_TRUE(events->Push(StrCat("filled ", price)));
  });
  std::vector<std::string> placed;
  int last_price = 0;
  LatestQueue<int> quotes(strategy, 1, [&](size_t, int price) {
    EXPECT_GT(price, last_price);
    last_price = price;
    if (orders.TryPush(int{price})) {
      placed.push_back(StrCat("created ", price));
      placed.push_back(StrCat("filled ", price));
    }
  });
  std::vector<std::string> heard;
  AsyncEvent is_over;
  events =
      std::make_unique<LoopQueue<std::string>>("events", strategy, 4, [&](std::string&& event) {
        heard.push_back(std::move(event));
        if (last_price == kQuotes && heard.size() == placed.size()) {
          is_over.Set();
        }
      });
  std::atomic<bool> has_ended = false;
  EXPECT_THAT(loops.Run([&](size_t loop, AsioEnvironment& environment) -> Task<void> {
    if (loop == kMarket) {
      for (int price = 1; price <= kQuotes; ++price) {
        quotes.Put(0, price);
        if (price % 100 == 0) {
          co_await environment.Sleep(absl::ZeroDuration());
        }
      }
      while (!has_ended) {
        co_await environment.Sleep(absl::Milliseconds(1));
      }
    } else {
      co_await is_over.Wait();
      has_ended = true;
    }
  }),
              IsOk());
  EXPECT_EQ(last_price, kQuotes);
  EXPECT_EQ(heard, placed);
}

}  // namespace
}  // namespace colibri
