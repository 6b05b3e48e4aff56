// A process dies and another one starts on its journal: rows S12, S13, S32 and S33, on the fake
// venue.
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "connector/journal_scan.h"
#include "connector/memory_files.h"
#include "core/strings.h"
#include "tests/support/fake_venue.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::NotNull;

class RestartTest : public ::testing::Test {
 protected:
  static constexpr char kPath[] = "state/fake-live.journal";

  RestartTest() {
    venue_.environment.UseFiles(disk_);
    venue_.config.state_directory = "state";
  }

  void Start() { ASSERT_THAT(venue_.Start(), IsOk()); }

  // What is on the disk now is all that is left of it.
  void Kill() {
    disk_.Crash();
    venue_.http.set_down(absl::UnavailableError("the process is dead"));
    venue_.Stop(absl::Milliseconds(1));
    venue_.Destroy();
    venue_.http.set_down(std::nullopt);
    disk_.Restart();
    venue_.http.ClearRequests();
    venue_.seen.clear();
  }

  const Order* Find(const ClientOrderId& id) const { return venue_.exchange->FindOrder(id); }
  absl::StatusOr<ClientOrderId> PlaceAgain() {
    return venue_.exchange->Place(venue_.Buy("90", "1"));
  }

  MemoryFiles disk_;
  FakeVenue venue_;
};

// Of "orders" the venue does not tell what is used: 100 in 10 s.
TEST_F(RestartTest, HalfOfALimitCountsAsUsedByTheProcessBefore) {
  Start();
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  Kill();
  venue_.http.AnswerAlways("GET /order", venue_.OrderLine(id, "X1", "canceled", "0"));
  Start();
  venue_.http.AnswerAlways("POST /order", "rejected", 400);

  for (int i = 0; i < 60; ++i) {
    ASSERT_THAT(PlaceAgain().status(), IsOk());
  }
  venue_.environment.RunUntilIdle();

  EXPECT_LE(venue_.http.count("POST /order"), 50);
  EXPECT_GE(venue_.http.count("POST /order"), 30);
}

TEST_F(RestartTest, FindsAnOpenOrderAgainAndDoesNotSayItTwiceS32) {
  Start();
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  Kill();
  venue_.http.AnswerAlways("GET /order", venue_.OrderLine(id, "X1", "open", "0"));
  venue_.http.AnswerAlways("GET /open", venue_.OrderLine(id, "X1", "open", "0"));
  Start();

  ASSERT_THAT(Find(id), NotNull());
  EXPECT_TRUE(Find(id)->is_open());
  EXPECT_TRUE(Find(id)->is_restored);
  EXPECT_EQ(Find(id)->price, *Price::Parse("100"));
  EXPECT_EQ(Find(id)->exchange_order_id, ExchangeOrderId("X1"));
  EXPECT_THAT(venue_.seen, IsEmpty());
}

TEST_F(RestartTest, CancelsWhatWasOpenBeforeAnythingIsPlacedWhenConfiguredS32) {
  venue_.config.restart = RestartPolicy::kCancel;
  Start();
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  Kill();
  venue_.http.AnswerAlways("GET /order", venue_.OrderLine(id, "X1", "open", "0"));
  venue_.http.AnswerAlways("GET /open", venue_.OrderLine(id, "X1", "open", "0"));
  venue_.http.Answer("DELETE /order", venue_.OrderLine(id, "X1", "canceled", "0"));
  Start();

  EXPECT_EQ(Find(id)->state, OrderState::kCanceled);
  EXPECT_THAT(venue_.seen, ElementsAre("order_canceled"));
  EXPECT_EQ(venue_.http.count("DELETE /order"), 1u);
}

TEST_F(RestartTest, CancelsWhatADeadProcessWasCanceling) {
  venue_.config.restart = RestartPolicy::kCancel;
  Start();
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.http.Hold("DELETE /order");
  ASSERT_THAT(venue_.exchange->Cancel(id), IsOk());
  venue_.environment.RunUntilIdle();
  venue_.http.Release();
  Kill();
  venue_.http.AnswerAlways("GET /order", venue_.OrderLine(id, "X1", "open", "0"));
  venue_.http.AnswerAlways("GET /open", venue_.OrderLine(id, "X1", "open", "0"));
  venue_.http.AnswerAlways("DELETE /order", venue_.OrderLine(id, "X1", "canceled", "0"));
  Start();

  EXPECT_EQ(Find(id)->state, OrderState::kCanceled);
}

TEST_F(RestartTest, FillsOfTheTimeBetweenAreFoundFromTheCursorS33) {
  Start();
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  Kill();
  venue_.environment.RunFor(absl::Minutes(10));
  venue_.http.AnswerAlways("GET /order", venue_.OrderLine(id, "X1", "filled", "1"));
  const std::string trade = venue_.TradeLine("T1", ClientOrderId(), "X1", "100", "1");
  venue_.http.AnswerAlways("GET /trades", trade);
  venue_.http.AnswerAlways("GET /order_trades", trade);
  Start();
  venue_.Run(absl::Seconds(1));

  EXPECT_THAT(venue_.seen, ElementsAre("order_filled", "order_completed"));
  EXPECT_EQ(Find(id)->filled, *Quantity::Parse("1"));
}

// It waits half a minute for an order of ours that it may belong to.
TEST_F(RestartTest, AForeignFillThatWasReadAndNotToldIsFoundAgainS33) {
  Start();
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.http.AnswerAlways("GET /open", venue_.OrderLine(id, "X1", "open", "0"));
  venue_.http.AnswerAlways("GET /order", venue_.OrderLine(id, "X1", "open", "0"));
  venue_.Run(absl::Minutes(1));
  const std::string trade = venue_.TradeLine("T7", ClientOrderId(), "X9", "100", "1");
  venue_.http.Answer("GET /trades", trade);
  venue_.http.ClearRequests();
  while (venue_.http.count("GET /trades") == 0) {
    venue_.Run(absl::Seconds(1));
  }
  venue_.Run(absl::Seconds(5));
  ASSERT_THAT(venue_.seen, ElementsAre("order_created"));
  Kill();
  Start();
  venue_.Run(absl::Minutes(1));

  EXPECT_THAT(venue_.http.requests_to("GET /trades").front().url.path, Not(HasSubstr("after=T7")));
}

TEST_F(RestartTest, AFillThatWasCountedIsNotCountedAgainS13) {
  Start();
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.user().Push(venue_.TradeLine("T1", id, "X1", "100", "0.4"));
  venue_.environment.RunUntilIdle();
  Kill();
  venue_.http.AnswerAlways("GET /order", venue_.OrderLine(id, "X1", "partially_filled", "0.4"));
  venue_.http.AnswerAlways("GET /open", venue_.OrderLine(id, "X1", "partially_filled", "0.4"));
  venue_.http.AnswerAlways("GET /trades",
                           venue_.TradeLine("T1", ClientOrderId(), "X1", "100", "0.4"));
  Start();
  venue_.Run(absl::Seconds(60));

  EXPECT_EQ(Find(id)->filled, *Quantity::Parse("0.4"));
  EXPECT_EQ(Find(id)->filled_notional, *Notional::Parse("40"));
  EXPECT_THAT(venue_.seen, IsEmpty());
}

TEST_F(RestartTest, ALateFillOfAnOrderThatEndedBeforeStillCountsS12) {
  Start();
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.user().Push(venue_.OrderLine(id, "X1", "canceled", "0"));
  venue_.environment.RunUntilIdle();
  Kill();
  venue_.environment.RunFor(absl::Hours(1));
  Start();
  venue_.user().Push(venue_.TradeLine("T1", id, "X1", "100", "0.4"));
  venue_.environment.RunUntilIdle();

  EXPECT_THAT(venue_.seen, ElementsAre("order_filled"));
  EXPECT_EQ(Find(id)->filled, *Quantity::Parse("0.4"));
}

TEST_F(RestartTest, AnOrderIsForgottenADayAfterItsEndS12) {
  Start();
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.user().Push(venue_.OrderLine(id, "X1", "canceled", "0"));
  venue_.environment.RunUntilIdle();
  Kill();
  venue_.environment.RunFor(absl::Hours(25));
  Start();

  EXPECT_EQ(Find(id), nullptr);
}

TEST_F(RestartTest, AnOrderThatWasBeingSentIsInDoubtUntilTheVenueHasDeniedItTwice) {
  Start();
  venue_.http.Hold("POST /order");
  const ClientOrderId id = venue_.Place(venue_.Buy("100", "1"));
  venue_.http.Release();
  Kill();
  venue_.http.AnswerAlways("GET /order", "not_found", 400);
  venue_.Build();
  ASSERT_THAT(venue_.Start(absl::Minutes(1)), IsOk());

  EXPECT_EQ(Find(id)->state, OrderState::kRejected);
  EXPECT_THAT(venue_.seen, ElementsAre("order_rejected"));
  EXPECT_GE(venue_.http.count("GET /order"), 2u);
  EXPECT_EQ(venue_.http.count("POST /order"), 0u);
}

TEST_F(RestartTest, NothingIsPlacedUntilTheVenueHasTold) {
  Start();
  venue_.PlaceOpen(venue_.Buy("100", "1"));
  Kill();
  venue_.http.AnswerAlways("GET /order", "oops", 503);

  EXPECT_THAT(venue_.Start(absl::Seconds(20)),
              StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("restart: 1 orders")));
  EXPECT_THAT(PlaceAgain(),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("earlier run")));
}

TEST_F(RestartTest, TheIntentIsOnTheDiskBeforeTheRequestIsSent) {
  Start();
  bool was_written = false;
  venue_.http.set_responder([&](const HttpRequest& request) -> std::optional<HttpResult> {
    if (request.url.path.starts_with("/order") && request.method == HttpMethod::kPost) {
      const absl::StatusOr<JournalScan> scan = ScanJournal(*disk_.Find(kPath));
      was_written = scan.ok() && std::holds_alternative<JournalIntent>(scan->records.back().record);
    }
    return std::nullopt;
  });
  venue_.PlaceOpen(venue_.Buy("100", "1"));

  EXPECT_TRUE(was_written);
}

TEST_F(RestartTest, AFullDiskStopsNewOrdersAndLetsCancelsOut) {
  Start();
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  disk_.set_bytes_free(0);

  EXPECT_THAT(PlaceAgain(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("journal")));
  EXPECT_FALSE(venue_.exchange->health().can_trade(FakeVenue::kPair));
  EXPECT_THAT(venue_.exchange->health().Why(FakeVenue::kPair), HasSubstr("journal"));
  venue_.http.Answer("DELETE /order", venue_.OrderLine(id, "X1", "canceled", "0"));
  EXPECT_THAT(venue_.exchange->Cancel(id), IsOk());
  venue_.environment.RunUntilIdle();
  EXPECT_EQ(Find(id)->state, OrderState::kCanceled);
  EXPECT_EQ(venue_.http.count("POST /order"), 1u);
}

TEST_F(RestartTest, TradesAgainWhenTheDiskHasRoomAndHasLostNothing) {
  Start();
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  disk_.set_bytes_free(0);
  venue_.user().Push(venue_.TradeLine("T1", id, "X1", "100", "1"));
  venue_.user().Push(venue_.OrderLine(id, "X1", "filled", "1"));
  venue_.Run(absl::Seconds(3));
  disk_.set_bytes_free(std::nullopt);
  venue_.Run(absl::Seconds(3));

  EXPECT_TRUE(venue_.exchange->health().can_trade(FakeVenue::kPair));
  Kill();
  Start();
  EXPECT_EQ(Find(id)->state, OrderState::kFilled);
  EXPECT_EQ(Find(id)->filled, *Quantity::Parse("1"));
  EXPECT_THAT(venue_.seen, IsEmpty());
}

// The file begins anew while a fill is told, between it and the end that it brings.
TEST_F(RestartTest, AnOrderWhoseLastFillMakesTheStrategyPlaceIsNotForgottenS12) {
  venue_.config.journal.rotate_bytes = 1;
  Start();
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  const Subscription placing = venue_.exchange->events().Subscribe<OrderFilled>(
      [this](const OrderFilled&) { EXPECT_THAT(PlaceAgain(), IsOk()); });
  venue_.http.Answer("POST /order", "rejected", 400);
  venue_.user().Push(venue_.TradeLine("T1", id, "X1", "100", "1"));
  venue_.user().Push(venue_.OrderLine(id, "X1", "filled", "1"));
  venue_.environment.RunUntilIdle();
  ASSERT_THAT(Find(id)->state, OrderState::kFilled);
  Kill();
  Start();

  ASSERT_THAT(Find(id), NotNull());
  EXPECT_EQ(Find(id)->state, OrderState::kFilled);
  EXPECT_THAT(venue_.seen, IsEmpty());
}

TEST_F(RestartTest, ABrokenMiddleOfTheJournalRefusesToStartAndSaysWhere) {
  Start();
  venue_.PlaceOpen(venue_.Buy("100", "1"));
  Kill();
  (*disk_.Find(kPath))[40] ^= 1;

  EXPECT_THAT(venue_.Start(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr(kPath)));
}

TEST_F(RestartTest, ATornTailIsCut) {
  Start();
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  Kill();
  disk_.Find(kPath)->append("\x20\0\0\0torn", 8);
  venue_.http.AnswerAlways("GET /order", venue_.OrderLine(id, "X1", "open", "0"));
  venue_.http.AnswerAlways("GET /open", venue_.OrderLine(id, "X1", "open", "0"));
  Start();

  EXPECT_TRUE(Find(id)->is_open());
}

TEST_F(RestartTest, WithoutAStateDirectoryNothingIsWritten) {
  venue_.config.state_directory.clear();
  Start();
  venue_.PlaceOpen(venue_.Buy("100", "1"));

  EXPECT_EQ(disk_.Find(kPath), nullptr);
}

}  // namespace
}  // namespace colibri
