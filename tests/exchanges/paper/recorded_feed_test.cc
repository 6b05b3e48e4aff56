#include "exchanges/paper/recorded_feed.h"

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"
#include "exchanges/paper/paper_exchange.h"
#include "exchanges/registry.h"
#include "tests/exchanges/paper/fake_feed.h"
#include "tests/exchanges/paper/paper_ledger.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using testing::HasSubstr;

const TradingPair kPair = {"BTC", "USDT"};

constexpr std::string_view kSnapshot =
    R"(1700000000100000000 {"lastUpdateId":10,"bids":[["100.00","5.00000"]],"asks":[["101.00","4.00000"]]})";
constexpr std::string_view kTrade =
    R"(1700000002000000000 {"stream":"btcusdt@trade","data":{"e":"trade","E":1700000001999,"s":"BTCUSDT","t":1,"p":"100.00","q":"6.00000","b":1,"a":2,"T":1700000001999,"m":true,"M":true}})";

PaperConfig ConfigFor(std::vector<std::string> files) {
  TradingRule rule;
  rule.pair = kPair;
  rule.price_increment = P("0.01");
  rule.quantity_increment = Q("0.00001");
  rule.notional_min = Notional(D("5"));
  rule.book_scale_min = {.price_decimals = 2, .quantity_decimals = 8};  // older orders are finer
  return {.market = {.venue = "binance", .pairs = {kPair}},
          .recording = std::move(files),
          .rules = {rule},
          .balances = {{"USDT", D("100000")}, {"BTC", D("1")}}};
}

class RecordedFeedTest : public testing::Test {
 protected:
  const VenueEntry& Binance() const { return **registry_.Find("binance"); }
  static std::string Write(const std::string& text) {
    const std::string path = StrCat(testing::TempDir(),
                                    "recorded_feed_",
                                    testing::UnitTest::GetInstance()->current_test_info()->name());
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  Registry registry_ = MakeRegistry();
  SimulatedClock clock_{absl::FromUnixSeconds(1'700'000'000)};
};

TEST_F(RecordedFeedTest, NeedsRulesForItsPair) {
  PaperConfig config = ConfigFor({"recording.gz"});
  config.rules.clear();
  const absl::Status status = RecordedFeed::Make(Binance(), config, clock_).status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(std::string(status.message()), HasSubstr("rules: none for BTC-USDT"));
}

TEST_F(RecordedFeedTest, NamesAFileThatIsNotThere) {
  EXPECT_THAT(RecordedFeed::StartTime({"/nonexistent/recording"}),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(RecordedFeed::StartTime({}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(RecordedFeed::StartTime({Write("")}), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(RecordedFeedTest, SaysWhereALineIsGarbage) {
  const std::string path = Write(StrCat(kSnapshot, "\n1700000001000000000 garbage\n"));
  auto feed = RecordedFeed::Make(Binance(), ConfigFor({path}), clock_);
  ASSERT_THAT(feed, IsOk());
  EXPECT_THAT((*feed)->Step(), IsOkAndHolds(true));
  const absl::Status status = (*feed)->Step().status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(std::string(status.message()), HasSubstr(path + ":2"));
  EXPECT_EQ((*feed)->counters().parse_errors, 1);
}

TEST_F(RecordedFeedTest, FillsAnOrderOnVirtualTime) {
  const PaperConfig config = ConfigFor({Write(StrCat(kSnapshot, "\n", kTrade, "\n"))});
  auto made = RecordedFeed::Make(Binance(), config, clock_);
  ASSERT_THAT(made, IsOk());
  RecordedFeed& feed = **made;
  PaperExchange exchange(config, Binance().spec, *std::move(made), clock_);
  PaperLedger ledger(config.balances, exchange.events());
  ASSERT_THAT(exchange.Open(), IsOk());
  ASSERT_THAT(feed.Step(), IsOkAndHolds(true));
  OrderRequest request;
  request.pair = kPair;
  request.quantity = Q("2");
  request.price = P("100");
  const auto id = exchange.Place(request);
  ASSERT_THAT(id, IsOk());

  ASSERT_THAT(feed.Step(), IsOkAndHolds(true));
  ASSERT_THAT(feed.Step(), IsOkAndHolds(false));
  EXPECT_EQ(exchange.Close().open_orders_left, 0);

  const Order* order = exchange.FindOrder(*id);
  EXPECT_EQ(order->state, OrderState::kCanceled);
  EXPECT_EQ(order->filled, Q("1"));  // of the 6 printed, 5 stood ahead
  EXPECT_EQ(exchange.balance("USDT").total, D("99900"));
  EXPECT_EQ(clock_.now(), absl::FromUnixSeconds(1'700'000'002));
}

// Quotes at the top, takes now and then, cancels when the top moved on: all by counting messages.
class ScriptedTrader {
 public:
  explicit ScriptedTrader(Exchange& exchange)
      : exchange_(exchange),
        subscription_(exchange.events().Subscribe<BookChanged>(
            [this](const BookChanged& change) { OnBook(change); })) {}

 private:
  void OnBook(const BookChanged& change) {
    ++changes_;
    if (change.is_stale || changes_ % 20 != 0) {
      return;
    }
    if (changes_ % 40 == 0) {
      EXPECT_THAT(exchange_.CancelAll(std::nullopt), IsOk());
      if (changes_ % 400 == 0) {
        Place(changes_ % 800 == 0 ? Side::kBuy : Side::kSell, std::nullopt, OrderType::kMarket);
      }
      return;
    }
    const auto bid = change.book->best_bid();
    const auto ask = change.book->best_ask();
    ASSERT_TRUE(bid.has_value() && ask.has_value());
    Place(Side::kBuy, bid->price, OrderType::kLimitMaker);
    Place(Side::kSell, ask->price, OrderType::kLimitMaker);
  }
  void Place(Side side, std::optional<Price> price, OrderType type) {
    OrderRequest request;
    request.pair = kPair;
    request.side = side;
    request.type = type;
    request.quantity = Q("0.013");
    request.price = price;
    exchange_.Place(request).IgnoreError();  // an empty pocket is part of the script
  }

  Exchange& exchange_;
  int64_t changes_ = 0;
  Subscription subscription_;
};

struct RunResult {
  uint64_t hash = 14695981039346656037u;
  int fills = 0;
  int maker_fills = 0;
};

void RunOnce(const VenueEntry& venue, const PaperConfig& config, RunResult& result) {
  const auto start = RecordedFeed::StartTime(config.recording);
  ASSERT_THAT(start, IsOk());
  SimulatedClock clock(*start);
  auto made = RecordedFeed::Make(venue, config, clock);
  ASSERT_THAT(made, IsOk());
  RecordedFeed& feed = **made;
  PaperExchange exchange(config, venue.spec, *std::move(made), clock);
  PaperLedger ledger(config.balances, exchange.events());
  const Subscription log = exchange.events().SubscribeAll([&](const Event& event) {
    if (std::holds_alternative<BookChanged>(event) ||
        std::holds_alternative<BestQuoteChanged>(event)) {
      return;
    }
    for (const char c : Describe(event)) {
      result.hash = (result.hash ^ static_cast<uint8_t>(c)) * 1099511628211u;
    }
  });
  ASSERT_THAT(exchange.Open(), IsOk());
  ScriptedTrader trader(exchange);
  for (bool has_more = true; has_more;) {
    const absl::StatusOr<bool> step = feed.Step();
    ASSERT_THAT(step, IsOk());
    has_more = *step;
  }
  EXPECT_EQ(exchange.Close().open_orders_left, 0);
  for (const auto& [asset, total] : ledger.totals()) {
    EXPECT_EQ(exchange.balance(asset).total, total) << asset;
    EXPECT_EQ(exchange.balance(asset).available, total) << asset;
  }
  EXPECT_EQ(exchange.events().handler_exceptions(), 0);
  result.fills = ledger.fills();
  result.maker_fills = ledger.maker_fills();
}

TEST_F(RecordedFeedTest, GivesTheSameRunOnARealDayTwice) {
  const char* const variable = std::getenv("COLIBRI_DATA");
  const std::string folder = StrCat(variable != nullptr ? variable : "../shared/data", "/binance/");
  PaperConfig config =
      ConfigFor({folder + "spot_btcusdt_20240808.gz", folder + "spot_btcusdt_20240809.gz"});
  config.delay_to_venue.jitter = absl::Milliseconds(7);
  if (absl::IsNotFound(RecordedFeed::StartTime(config.recording).status())) {
    GTEST_SKIP() << "no recordings; set COLIBRI_DATA";
  }
  RunResult first;
  RunOnce(Binance(), config, first);
  RunResult second;
  RunOnce(Binance(), config, second);
  config.seed = 2;
  RunResult other;
  RunOnce(Binance(), config, other);

  EXPECT_EQ(first.hash, second.hash);
  EXPECT_NE(first.hash, other.hash);
  EXPECT_GT(first.maker_fills, 100);
  EXPECT_GT(first.fills, first.maker_fills);
  RecordProperty("fills", first.fills);
  RecordProperty("maker_fills", first.maker_fills);
}

}  // namespace
}  // namespace colibri
