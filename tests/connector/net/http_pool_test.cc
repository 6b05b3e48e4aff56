// How HttpClient keeps its connections over time: real sockets, virtual time.
#include <exception>
#include <optional>

#include "gmock/gmock.h"
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include "connector/net/http_client.h"
#include "core/simulated_clock.h"
#include "tests/support/loopback_server.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

namespace asio = boost::asio;

class HttpPoolTest : public testing::Test {
 protected:
  // Runs the loop until the server has accepted and lost so many connections; each change of these
  // numbers wakes the loop.
  void RunUntilCounts(int accepted, int closed) {
    while (accepted_ < accepted || closed_ < closed) {
      context_.run_one();
    }
    context_.poll();
    EXPECT_EQ(accepted_, accepted);
    EXPECT_EQ(closed_, closed);
  }

  void Advance(absl::Duration duration) {
    for (; duration > absl::ZeroDuration(); duration -= absl::Seconds(1)) {
      clock_.AdvanceBy(absl::Seconds(1));
      context_.poll();
    }
  }

  HttpResult Send() {
    std::optional<HttpResult> result;
    const auto send =
        [](HttpClient& http, Url url, std::optional<HttpResult>& result) -> Task<void> {
      result = co_await http.Send({.url = std::move(url)});
    };
    asio::co_spawn(context_,
                   send(http_, server_.url("/"), result),
                   [](const std::exception_ptr& thrown) { EXPECT_FALSE(thrown); });
    while (!result.has_value()) {
      context_.run_one();
    }
    return *std::move(result);
  }

  SimulatedClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  asio::io_context context_;
  asio::executor_work_guard<asio::io_context::executor_type> work_ =
      asio::make_work_guard(context_);
  int accepted_ = 0;
  int closed_ = 0;
  LoopbackServer server_{[this](LoopbackConnection& client) {
    asio::post(context_, [this] { ++accepted_; });
    while (!client.ReadUntil("\r\n\r\n").empty()) {
      client.Write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    }
    asio::post(context_, [this] { ++closed_; });
  }};
  TlsContext tls_{""};
  Dialer dialer_{context_, clock_, tls_, &ResolveBySystem};
  HttpClient http_{dialer_, context_, clock_, {}};
};

TEST_F(HttpPoolTest, KeepsTwoConnectionsFreshWhileTheHostIsInUse) {
  EXPECT_THAT(Send().status, IsOk());
  RunUntilCounts(2, 0);
  Advance(absl::Seconds(49));
  EXPECT_THAT(Send().status, IsOk());
  RunUntilCounts(2, 0);
  // The other one has been idle for too long; the one just used has not.
  Advance(absl::Seconds(6));
  RunUntilCounts(3, 1);
}

TEST_F(HttpPoolTest, LetsGoOfAHostThatIsNoLongerInUse) {
  EXPECT_THAT(Send().status, IsOk());
  RunUntilCounts(2, 0);
  for (int i = 1; i <= 5; ++i) {  // 275 s of 300
    Advance(absl::Seconds(55));
    RunUntilCounts(2 + 2 * i, 2 * i);
  }
  Advance(absl::Seconds(100));
  RunUntilCounts(12, 12);
  EXPECT_EQ(clock_.next_timer_at(), absl::InfiniteFuture());
}

}  // namespace
}  // namespace colibri
