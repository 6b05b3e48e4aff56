// Sessions of a whole connector on the fake venue: what one part's trouble does to the others.
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/support/fake_venue.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SessionsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_THAT(venue_.Start(), IsOk());
    health_ =
        venue_.exchange->events().Subscribe<HealthChanged>([this](const HealthChanged& changed) {
          if (!changed.is_healthy) {
            unhealthy_.push_back(changed.capability);
          }
        });
  }
  // Both streams have something to say now and then.
  void RunBusy(absl::Duration duration) {
    const absl::Time end = venue_.environment.clock().now() + duration;
    while (venue_.environment.clock().now() < end) {
      venue_.market().Push("subscribed");
      venue_.user().Push("hello");
      venue_.Run(absl::Seconds(20));
    }
  }
  void AnswerTimeWith(absl::Status status) {
    venue_.http.set_responder([status](const HttpRequest& request) -> std::optional<HttpResult> {
      if (request.url.path != "/time") {
        return std::nullopt;
      }
      return HttpResult{.status = status, .may_have_been_sent = true, .response = {}};
    });
  }

  FakeVenue venue_;
  std::vector<std::string> unhealthy_;
  Subscription health_;
};

TEST_F(SessionsTest, AskingTheTimeInVainRestartsNothingS48) {
  const size_t connections = venue_.web_sockets.connects();
  AnswerTimeWith(absl::DeadlineExceededError("no answer within 10s"));

  RunBusy(absl::Minutes(10));

  EXPECT_THAT(unhealthy_, IsEmpty());
  EXPECT_EQ(venue_.web_sockets.connects(), connections);
  EXPECT_TRUE(venue_.exchange->health().can_trade(FakeVenue::kPair));
}

TEST_F(SessionsTest, ATimeThatIsNotAnsweredHoldsNothingUpS48) {
  const size_t connections = venue_.web_sockets.connects();
  venue_.http.Hold("GET /time");

  RunBusy(absl::Minutes(10));

  EXPECT_THAT(unhealthy_, IsEmpty());
  EXPECT_EQ(venue_.web_sockets.connects(), connections);
}

TEST_F(SessionsTest, TheTroubleOfOneStreamIsNotTheOthersS48) {
  venue_.web_sockets.FailConnect(absl::UnavailableError("refused"));

  venue_.market().Break("peer closed");
  venue_.Run(absl::Seconds(5));

  EXPECT_THAT(unhealthy_, ::testing::ElementsAre("book BTC-USDT"));
  EXPECT_FALSE(venue_.user().is_closed());
}

TEST_F(SessionsTest, BothStreamsAreRenewedBeforeTheVenueClosesThemS52) {
  FakeWebSocketPeer& market = venue_.market();
  FakeWebSocketPeer& user = venue_.user();
  bool is_stale = false;
  const Subscription changes = venue_.exchange->events().Subscribe<BookChanged>(
      [&](const BookChanged& changed) { is_stale |= changed.is_stale; });

  RunBusy(absl::Hours(23));

  EXPECT_TRUE(market.is_closed());
  EXPECT_TRUE(user.is_closed());
  EXPECT_FALSE(is_stale);
  EXPECT_THAT(unhealthy_, ::testing::Not(::testing::Contains("user_stream")));
  EXPECT_THAT(unhealthy_, ::testing::Not(::testing::Contains(HasSubstr("book"))));
}

TEST_F(SessionsTest, ABanIsToldAndStopsOrdersAtOnceS49) {
  venue_.http.Answer("POST /order", "banned", 418, {{"Retry-After", "120"}});
  venue_.Place(venue_.Buy("100", "1"));

  EXPECT_THAT(unhealthy_, ::testing::Contains("limits"));
  EXPECT_THAT(venue_.exchange->health().Why(FakeVenue::kPair), HasSubstr("banned"));
  EXPECT_THAT(venue_.exchange->Place(venue_.Buy("100", "1")),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  RunBusy(absl::Seconds(140));

  EXPECT_TRUE(venue_.exchange->health().is_healthy("limits"));
}

}  // namespace
}  // namespace colibri
