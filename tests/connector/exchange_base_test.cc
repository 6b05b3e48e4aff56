// Coming up, staying up and closing.
#include "connector/exchange_base.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "connector/task_group.h"
#include "core/strings.h"
#include "tests/support/fake_venue.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Code = absl::StatusCode;

// What waiting does not mend ends Start.

TEST(ExchangeBaseTest, AnUnknownDomainIsToldWithTheKnownOnes) {
  FakeVenue venue;
  venue.config.domain = "mars";

  EXPECT_THAT(venue.Start(), StatusIs(Code::kInvalidArgument, HasSubstr("it has live, testnet")));
}

TEST(ExchangeBaseTest, AnUnusableUrlIsTold) {
  FakeVenue venue;
  venue.config.hosts.rest_url = "ftp://fake";

  EXPECT_THAT(venue.Start(), StatusIs(Code::kInvalidArgument, HasSubstr("ftp")));
  EXPECT_THAT(venue.exchange->Place(venue.Buy("100", "1")), StatusIs(Code::kInvalidArgument));
}

TEST(ExchangeBaseTest, NoPairsAndTwiceTheSamePairAreTold) {
  FakeVenue none;
  none.config.pairs = {};
  EXPECT_THAT(none.Start(), StatusIs(Code::kInvalidArgument, HasSubstr("pairs is empty")));

  FakeVenue twice;
  twice.config.pairs = {FakeVenue::kPair, FakeVenue::kPair};
  EXPECT_THAT(twice.Start(), StatusIs(Code::kInvalidArgument, HasSubstr("twice")));
}

TEST(ExchangeBaseTest, AKindOfBookOfAPairThatIsNotTradedIsTold) {
  FakeVenue venue;
  venue.config.books = {{{"DOGE", "USDT"}, BookKind::kHot}};
  EXPECT_THAT(venue.Start(),
              StatusIs(Code::kInvalidArgument,
                       HasSubstr("books names DOGE-USDT, which is not one of pairs")));
}

TEST(ExchangeBaseTest, TheBookOfAPairIsOfTheKindThatItIsToBe) {
  FakeVenue plain;
  EXPECT_THAT(plain.Start(), IsOk());
  ASSERT_OK_AND_ASSIGN(const OrderBook* plain_book, plain.exchange->book(FakeVenue::kPair));
  EXPECT_FALSE(plain_book->is_hot());
  FakeVenue hot;
  hot.config.books = {{FakeVenue::kPair, BookKind::kHot}};
  EXPECT_THAT(hot.Start(), IsOk());
  ASSERT_OK_AND_ASSIGN(const OrderBook* hot_book, hot.exchange->book(FakeVenue::kPair));
  EXPECT_TRUE(hot_book->is_hot());
}

TEST(ExchangeBaseTest, AnUnusableIdPrefixIsTold) {
  FakeVenue venue;
  venue.config.client_order_id_prefix = "no blanks";

  EXPECT_THAT(venue.Start(), StatusIs(Code::kInvalidArgument, HasSubstr("no blanks")));
}

TEST(ExchangeBaseTest, AnUnknownPairGetsTheNearestNames) {
  FakeVenue venue;
  venue.config.pairs = {{"BTC", "USD"}};

  EXPECT_THAT(
      venue.Start(),
      StatusIs(Code::kNotFound, "fake has no pair BTC-USD; did you mean BTC-USDT, ETH-USDT?"));
}

TEST(ExchangeBaseTest, BadKeysEndStartAtOnce) {
  FakeVenue venue;
  venue.http.AnswerAlways("GET /balances", "bad_keys", 401);

  EXPECT_THAT(venue.Start(), StatusIs(Code::kUnauthenticated, HasSubstr("bad_keys")));
  EXPECT_LT(venue.environment.clock().monotonic(), absl::Seconds(1));
}

TEST(ExchangeBaseTest, ARefusedLoginEndsStartAtOnce) {
  FakeVenue venue;
  venue.login_answer = "login refused";

  EXPECT_THAT(venue.Start(), StatusIs(Code::kUnauthenticated, HasSubstr("bad keys")));
}

TEST(ExchangeBaseTest, ABlockedRegionNamesTheOtherDomains) {
  FakeVenue venue;
  venue.http.AnswerAlways("GET /rules", "region", 451);

  EXPECT_THAT(venue.Start(),
              StatusIs(Code::kPermissionDenied, HasSubstr("other domains of fake: testnet")));
}

// What can be mended goes on being mended.

TEST(ExchangeBaseTest, NoNetworkSaysWhichHostFailedAndComesUpWhenItIsBack) {
  FakeVenue venue;
  venue.http.set_down(absl::UnavailableError("fake:80: resolve: host not found"));

  EXPECT_THAT(venue.Start(absl::Seconds(30)),
              StatusIs(Code::kDeadlineExceeded, HasSubstr("fake:80: resolve: host not found")));

  venue.http.set_down(std::nullopt);
  venue.Run(absl::Minutes(1));
  EXPECT_TRUE(venue.exchange->health().can_trade(FakeVenue::kPair));
}

// Each request and each connection that Start makes fails once, in turn.
TEST(ExchangeBaseTest, StartsThoughAnyOneStepFails) {
  int steps = 0;
  for (int failing = 0;; ++failing) {
    FakeVenue venue;
    int step = 0;
    bool has_failed = false;
    venue.http.set_responder([&](const HttpRequest& request) -> std::optional<HttpResult> {
      if (step++ == failing) {
        has_failed = true;
        return HttpResult{.status = absl::UnavailableError("reset"),
                          .may_have_been_sent = failing % 2 == 0,
                          .response = {}};
      }
      if (request.url.path.starts_with("/time")) {
        return FakeHttpTransport::Ok(StrCat(venue.now_ms()));
      }
      return std::nullopt;
    });
    ASSERT_THAT(venue.Start(), IsOk()) << "step " << failing;
    ASSERT_TRUE(venue.exchange->health().can_trade(FakeVenue::kPair));
    if (!has_failed) {
      steps = failing;
      break;
    }
    venue.PlaceOpen(venue.Buy("100", "1"));
    ASSERT_THAT(venue.seen, ElementsAre("order_created")) << "step " << failing;
  }
  EXPECT_GE(steps, 9);  // three times the time, rules, balances, fees, open, trades, depth
}

TEST(ExchangeBaseTest, StartsThoughAnyOneAnswerCannotBeRead) {
  for (const std::string_view request :
       {"GET /rules", "GET /balances", "GET /fees", "GET /open", "GET /trades", "GET /depth"}) {
    FakeVenue venue;
    venue.http.Answer(request, "<html>not today</html>");

    EXPECT_THAT(venue.Start(), IsOk()) << request;
  }
}

TEST(ExchangeBaseTest, StartsThoughConnectionsFail) {
  FakeVenue venue;
  for (int i = 0; i < 5; ++i) {
    venue.web_sockets.FailConnect(absl::UnavailableError("refused"));
  }

  EXPECT_THAT(venue.Start(), IsOk());
}

TEST(ExchangeBaseTest, StartsInTheOrderOfTheVenuesRecipe) {
  FakeVenue venue;

  EXPECT_THAT(venue.Start(), IsOk());

  const std::vector<HttpRequest>& requests = venue.http.requests();
  ASSERT_GE(requests.size(), 5);
  // Time and rules side by side, and nothing else before both are there.
  EXPECT_EQ(requests[0].url.path, "/time");
  EXPECT_EQ(requests[1].url.path, "/rules");
  EXPECT_EQ(requests[2].url.path, "/time");
  EXPECT_EQ(requests[3].url.path, "/time");
  EXPECT_EQ(venue.web_sockets.peer(0).request().url.path, "/private");
  EXPECT_EQ(venue.exchange->balance("USDT").available, Decimal::FromInteger(10000));
  EXPECT_THAT(venue.exchange->book(FakeVenue::kPair), IsOk());
  ASSERT_NE(venue.exchange->rules(FakeVenue::kPair), nullptr);
  EXPECT_EQ(venue.exchange->fee_rates(FakeVenue::kPair).taker, *Decimal::Parse("0.0007"));
}

TEST(ExchangeBaseTest, WithoutKeysServesMarketDataOnlyAndSaysSo) {
  FakeVenue venue(/*with_keys=*/false);

  EXPECT_THAT(venue.Start(), IsOk());

  EXPECT_THAT(venue.exchange->book(FakeVenue::kPair), IsOk());
  EXPECT_THAT(venue.exchange->health().Why(FakeVenue::kPair), HasSubstr("COLIBRI_FAKE_API_KEY"));
  EXPECT_EQ(venue.http.count("GET /balances"), 0);
  EXPECT_THAT(venue.environment.Await(venue.exchange->RefreshBalances()),
              StatusIs(Code::kFailedPrecondition));
  const ShutdownReport report = venue.Stop();
  EXPECT_EQ(report.open_orders_left, 0);
  EXPECT_TRUE(report.is_verified);
}

// Rules, fees, balances.

TEST(ExchangeBaseTest, EmptyRulesKeepTheLastGoodOnesS53) {
  FakeVenue venue;
  ASSERT_THAT(venue.Start(), IsOk());
  venue.http.AnswerAlways("GET /rules", "");

  venue.Run(absl::Minutes(31));

  ASSERT_NE(venue.exchange->rules(FakeVenue::kPair), nullptr);
  EXPECT_EQ(venue.exchange->rules(FakeVenue::kPair)->price_increment, *Price::Parse("0.01"));
  EXPECT_GE(venue.http.count("GET /rules"), 2);
}

TEST(ExchangeBaseTest, RulesAreRefreshedInPlace) {
  FakeVenue venue;
  ASSERT_THAT(venue.Start(), IsOk());
  const TradingRule* rule = venue.exchange->rules(FakeVenue::kPair);
  venue.http.AnswerAlways("GET /rules", "rule BTC-USDT BTCUSDT 0.1 0.001");

  venue.Run(absl::Minutes(31));

  EXPECT_EQ(venue.exchange->rules(FakeVenue::kPair), rule);
  EXPECT_EQ(rule->price_increment, *Price::Parse("0.1"));
}

TEST(ExchangeBaseTest, AConfiguredFeeOverridesTheAccounts) {
  FakeVenue venue;
  venue.config.fee_override = FeeRates{.maker = Decimal(), .taker = *Decimal::Parse("0.002")};
  ASSERT_THAT(venue.Start(), IsOk());

  EXPECT_EQ(venue.exchange->fee_rates(FakeVenue::kPair).taker, *Decimal::Parse("0.002"));
}

TEST(ExchangeBaseTest, BalancesComeByStreamAndByRestAndNeverGoBackS54) {
  FakeVenue venue;
  ASSERT_THAT(venue.Start(), IsOk());
  const int64_t now_ms = venue.now_ms();
  venue.Run(absl::Seconds(1));
  venue.user().Push(StrCat("balance USDT 9000 8000 ", now_ms + 500));
  venue.environment.RunUntilIdle();
  EXPECT_EQ(venue.exchange->balance("USDT").available, Decimal::FromInteger(8000));

  venue.http.Answer("GET /balances", StrCat("balance USDT 10000 10000 ", now_ms + 400));
  EXPECT_THAT(venue.environment.Await(venue.exchange->RefreshBalances()), IsOk());
  EXPECT_EQ(venue.exchange->balance("USDT").total, Decimal::FromInteger(9000));

  venue.http.Answer("GET /balances", StrCat("balance USDT 7000 7000 ", now_ms + 600));
  EXPECT_THAT(venue.environment.Await(venue.exchange->RefreshBalances()), IsOk());
  EXPECT_EQ(venue.exchange->balance("USDT").total, Decimal::FromInteger(7000));
}

TEST(ExchangeBaseTest, BalancesThatTellNoTimeAreAsOfWhenTheyCame) {
  FakeVenue venue;
  ASSERT_THAT(venue.Start(), IsOk());
  venue.Run(absl::Seconds(1));
  const int64_t before_ms = venue.now_ms();
  venue.Run(absl::Seconds(1));

  venue.user().Push("balance USDT 9000 8000 -");
  venue.environment.RunUntilIdle();
  EXPECT_EQ(venue.exchange->balance("USDT").total, Decimal::FromInteger(9000));

  venue.user().Push(StrCat("balance USDT 7000 7000 ", before_ms));
  venue.environment.RunUntilIdle();
  EXPECT_EQ(venue.exchange->balance("USDT").total, Decimal::FromInteger(9000));
}

TEST(ExchangeBaseTest, BalancesAreAskedForOnceWhenTheStreamSaysThatTheyMoved) {
  FakeVenue venue;
  ASSERT_THAT(venue.Start(), IsOk());
  venue.http.ClearRequests();

  venue.user().Push("balance_due");
  venue.user().Push("balance_due");
  venue.Run(absl::Seconds(10));

  EXPECT_EQ(venue.http.count("GET /balances"), 1);
}

TEST(ExchangeBaseTest, OrdersOnTheWayReduceWhatIsAvailable) {
  FakeVenue venue;
  ASSERT_THAT(venue.Start(), IsOk());
  venue.http.Hold("POST /order");

  venue.Place(venue.Buy("100", "60"));

  EXPECT_EQ(venue.exchange->balance("USDT").available, Decimal::FromInteger(4000));
  EXPECT_THAT(venue.exchange->Place(venue.Buy("100", "41")), StatusIs(Code::kFailedPrecondition));
  venue.http.Answer("POST /order", "rejected", 400);
  venue.http.Release();
  venue.environment.RunUntilIdle();
  EXPECT_EQ(venue.exchange->balance("USDT").available, Decimal::FromInteger(10000));
}

TEST(ExchangeBaseTest, BalancesAreFetchedEveryTwoMinutes) {
  FakeVenue venue;
  ASSERT_THAT(venue.Start(), IsOk());
  venue.http.ClearRequests();

  venue.Run(absl::Seconds(121));

  EXPECT_GE(venue.http.count("GET /balances"), 1);
}

// Closing.

TEST(ExchangeBaseTest, StopCancelsEverythingAndAsksTheVenue) {
  FakeVenue venue;
  ASSERT_THAT(venue.Start(), IsOk());
  const ClientOrderId id = venue.PlaceOpen(venue.Buy("100", "1"));
  venue.http.Answer("DELETE /order", venue.OrderLine(id, "X1", "canceled", "0"));
  venue.http.ClearRequests();

  const ShutdownReport report = venue.Stop();

  EXPECT_TRUE(report.is_verified);
  EXPECT_EQ(report.open_orders_left, 0);
  EXPECT_THAT(venue.seen, ElementsAre("order_created", "order_canceled"));
  EXPECT_GE(venue.http.count("GET /open"), 1);
  EXPECT_THAT(venue.exchange->book(FakeVenue::kPair),
              StatusIs(Code::kUnavailable, HasSubstr("stopped")));
}

TEST(ExchangeBaseTest, StopReportsWhatTheVenueStillHas) {
  FakeVenue venue;
  ASSERT_THAT(venue.Start(), IsOk());
  const ClientOrderId id = venue.PlaceOpen(venue.Buy("100", "1"));
  venue.http.AnswerAlways("DELETE /order", "rejected", 400);
  venue.http.AnswerAlways("GET /open",
                          StrCat(venue.OrderLine(id, "X1", "open", "0"),
                                 "\n",
                                 "order somebody-else X7 open 0 1700000000000"));

  const ShutdownReport report = venue.Stop();

  EXPECT_TRUE(report.is_verified);
  EXPECT_EQ(report.open_orders_left, 1);
}

TEST(ExchangeBaseTest, StopWithoutTheVenueSaysWhatMayBeOpen) {
  FakeVenue venue;
  ASSERT_THAT(venue.Start(), IsOk());
  const ClientOrderId id = venue.PlaceOpen(venue.Buy("100", "1"));
  venue.http.set_down(absl::UnavailableError("refused"));
  const absl::Duration start = venue.environment.clock().monotonic();

  const ShutdownReport report = venue.Stop(absl::Seconds(20));

  EXPECT_FALSE(report.is_verified);
  EXPECT_THAT(report.may_be_open, ElementsAre(id.ToString()));
  EXPECT_LE(venue.environment.clock().monotonic() - start, absl::Seconds(21));
}

TEST(ExchangeBaseTest, StopSaysWhichOrdersAreInDoubtThoughTheVenueListsNone) {
  FakeVenue venue;
  ASSERT_THAT(venue.Start(), IsOk());
  venue.http.Answer("POST /order", "oops", 503);
  venue.http.AnswerAlways("GET /order", "oops", 503);
  venue.http.AnswerAlways("DELETE /order", "oops", 503);
  const ClientOrderId id = venue.Place(venue.Buy("100", "1"));

  const ShutdownReport report = venue.Stop(absl::Seconds(20));

  EXPECT_FALSE(report.is_verified);
  EXPECT_EQ(report.open_orders_left, 0);
  EXPECT_THAT(report.may_be_open, ElementsAre(id.ToString()));
}

TEST(ExchangeBaseTest, StopWaitsUntilAnOrderThatTheVenueNeverGotIsKnownToBeNone) {
  FakeVenue venue;
  ASSERT_THAT(venue.Start(), IsOk());
  venue.http.Fail("POST /order", absl::DeadlineExceededError("read"), /*may_have_been_sent=*/true);
  venue.http.AnswerAlways("GET /order", "not_found", 400);
  venue.http.AnswerAlways("DELETE /order", "unknown_order", 400);
  venue.Place(venue.Buy("100", "1"));

  const ShutdownReport report = venue.Stop(absl::Seconds(25));

  EXPECT_TRUE(report.is_verified);
  EXPECT_THAT(report.may_be_open, IsEmpty());
  EXPECT_THAT(venue.seen, ElementsAre("order_in_doubt", "order_rejected"));
}

TEST(ExchangeBaseTest, StopWhileOrdersAreOnTheWayWaitsForThem) {
  FakeVenue venue;
  ASSERT_THAT(venue.Start(), IsOk());
  const ClientOrderId id = venue.Place([&] {
    venue.http.Hold("POST /order");
    return venue.Buy("100", "1");
  }());
  venue.http.Answer("DELETE /order", "unknown_order", 400);
  venue.environment.clock().ScheduleAfter(absl::Seconds(2), [&] {
    venue.http.Answer("POST /order", "order - X1 open 0 1700000000000");
    venue.http.Answer("DELETE /order", venue.OrderLine(id, "X1", "canceled", "0"));
    venue.http.Release();
  });

  const ShutdownReport report = venue.Stop();

  EXPECT_TRUE(report.is_verified);
  EXPECT_THAT(venue.seen, ElementsAre("order_created", "order_canceled"));
}

TEST(ExchangeBaseTest, StopFindsFillsThatTheStreamDidNotTell) {
  FakeVenue venue;
  ASSERT_THAT(venue.Start(), IsOk());
  venue.PlaceOpen(venue.Buy("100", "1"));
  venue.http.AnswerAlways("DELETE /order", "unknown_order", 400);
  venue.http.AnswerAlways("GET /order", "order - X1 filled 1 1700000000000");
  venue.http.AnswerAlways("GET /order_trades", "trade T1 - X1 buy 100 1 1700000000000");
  venue.http.AnswerAlways("GET /balances", "balance USDT 9900 9900 -\nbalance BTC 11 11 -");

  const ShutdownReport report = venue.Stop();

  EXPECT_EQ(report.open_orders_left, 0);
  EXPECT_THAT(venue.seen, ElementsAre("order_created", "order_filled", "order_completed"));
  EXPECT_EQ(venue.exchange->balance("BTC").total, Decimal::FromInteger(11));
}

TEST(ExchangeBaseTest, StopBeforeStartIsHarmless) {
  FakeVenue venue;
  venue.Build();

  EXPECT_TRUE(venue.Stop().is_verified);
}

TEST(ExchangeBaseTest, StopEndsAStartThatStillWaits) {
  FakeVenue venue;
  venue.http.set_down(absl::UnavailableError("refused"));
  venue.Build();
  absl::Status started;
  bool has_ended = false;
  TaskGroup tasks(venue.environment.executor());
  auto start = [](Connector& exchange, absl::Status& status, bool& ended) -> Task<void> {
    status = co_await exchange.Start(absl::Hours(1));
    ended = true;
  };
  tasks.Spawn("start", start(*venue.exchange, started, has_ended));
  venue.Run(absl::Seconds(5));
  ASSERT_FALSE(has_ended);

  venue.Stop();

  EXPECT_TRUE(has_ended);
  EXPECT_THAT(started, StatusIs(Code::kCancelled));
  venue.environment.Await(tasks.CancelAndJoin());
}

TEST(ExchangeBaseTest, NothingRunsAfterStop) {
  FakeVenue venue;
  ASSERT_THAT(venue.Start(), IsOk());
  const ClientOrderId id = venue.PlaceOpen(venue.Buy("100", "1"));
  venue.http.AnswerAlways("DELETE /order", "rejected", 400);
  venue.http.AnswerAlways("GET /open", venue.OrderLine(id, "X1", "open", "0"));
  venue.Stop(absl::Seconds(1));
  venue.http.ClearRequests();

  venue.exchange->Cancel(id).IgnoreError();
  venue.Run(absl::Hours(2));

  EXPECT_THAT(venue.http.requests(), IsEmpty());
}

TEST(ExchangeBaseTest, TheSameSeedGivesTheSameRun) {
  const auto run = [] {
    FakeVenue venue;
    venue.web_sockets.FailConnect(absl::UnavailableError("refused"));
    EXPECT_THAT(venue.Start(), IsOk());
    venue.PlaceOpen(venue.Buy("100", "1"));
    venue.http.AnswerAlways("GET /order", "order - X1 canceled 0 1700000000000");
    venue.user().Break("peer closed");
    venue.Run(absl::Minutes(5));
    std::string text;
    for (const Event& event : venue.events) {
      text += Describe(event) + "\n";
    }
    return text;
  };

  EXPECT_EQ(run(), run());
}

}  // namespace
}  // namespace colibri
