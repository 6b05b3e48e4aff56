#include "core/event.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/order_book.h"

namespace colibri {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

Decimal D(std::string_view text) {
  return Decimal::Parse(text).value();
}

const TradingPair kPair = {"BTC", "USDT"};

EventHeader HeaderOfStream() {
  return {.sequence = 7,
          .venue = "binance",
          .venue_time = absl::FromUnixMillis(1'700'000'000'123),
          .receive_time = absl::FromUnixNanos(1'700'000'000'124'000'456),
          .source = Source::kStream};
}

Order OpenOrder() {
  Order order;
  order.client_order_id = ClientOrderId("colibri-17");
  order.exchange_order_id = ExchangeOrderId("28");
  order.pair = kPair;
  order.side = Side::kSell;
  order.type = OrderType::kLimitMaker;
  order.quantity = Quantity(D("0.5"));
  order.price = Price(D("61837.63"));
  order.state = OrderState::kPartiallyFilled;
  order.filled = Quantity(D("0.2"));
  order.filled_notional = Notional(D("12367.526"));
  order.fees = {{"BNB", D("0.001")}, {"USDT", D("-0.2")}};
  order.created_at = absl::FromUnixSeconds(1'700'000'000);
  order.updated_at = absl::FromUnixSeconds(1'700'000'001);
  return order;
}

Fill FillOfOrder() {
  Fill fill;
  fill.trade_id = TradeId("T-9");
  fill.client_order_id = ClientOrderId("colibri-17");
  fill.exchange_order_id = ExchangeOrderId("28");
  fill.pair = kPair;
  fill.side = Side::kSell;
  fill.price = Price(D("61837.63"));
  fill.quantity = Quantity(D("0.2"));
  fill.fees = {{"BNB", D("0.001")}};
  fill.is_maker = true;
  fill.venue_time = absl::FromUnixSeconds(1'700'000'001);
  return fill;
}

constexpr std::string_view kHeaderText =
    " sequence=7 venue=binance venue_time_ns=1700000000123000000"
    " receive_time_ns=1700000000124000456 source=stream";

constexpr std::string_view kOrderText =
    " client_order_id=colibri-17 exchange_order_id=28 pair=BTC-USDT side=sell type=limit_maker"
    " time_in_force=gtc quantity=0.5 price=61837.63 quote_quantity=- state=partially_filled"
    " is_cancel_requested=false is_in_doubt=false filled=0.2 filled_notional=12367.526"
    " fees=0.001:BNB,-0.2:USDT created_at_ns=1700000000000000000"
    " updated_at_ns=1700000001000000000 reason=\"\"";

constexpr std::string_view kFillText =
    " fill.trade_id=T-9 fill.client_order_id=colibri-17 fill.exchange_order_id=28"
    " fill.pair=BTC-USDT fill.side=sell fill.price=61837.63 fill.quantity=0.2"
    " fill.fees=0.001:BNB fill.is_maker=true fill.venue_time_ns=1700000001000000000";

std::string Join(std::initializer_list<std::string_view> parts) {
  std::string joined;
  for (const std::string_view part : parts) {
    joined += part;
  }
  return joined;
}

TEST(DescribeTest, TextOfAVenueCannotForgeAnotherField) {
  HealthChanged event;
  event.capability = "rules is_healthy=true";
  event.reason = "line\nbreak \"quoted\" \\ \x01";
  const std::string text = Describe(event);
  EXPECT_THAT(text,
              AllOf(HasSubstr("capability=\"rules is_healthy=true\" is_healthy=false"),
                    HasSubstr("reason=\"line\\nbreak \\\"quoted\\\" \\\\ \\x01\""),
                    Not(HasSubstr("\n"))));
}

TEST(DescribeTest, AbsentIsNotTheSameAsATextThatSaysSo) {
  BookChanged without_pair;
  EXPECT_THAT(Describe(without_pair), HasSubstr(" pair=- "));
  BalanceChanged balance;
  balance.asset = "-";
  EXPECT_THAT(Describe(balance), HasSubstr(" asset=\"-\" "));
}

TEST(DescribeTest, TimeThatTheVenueDidNotGiveIsADash) {
  Timer timer;
  timer.header.venue_time = absl::InfinitePast();
  timer.header.venue = "paper";
  timer.header.source = Source::kLocal;
  timer.timer_id = 3;
  EXPECT_EQ(Describe(timer),
            "timer sequence=0 venue=paper venue_time_ns=- receive_time_ns=0 source=local "
            "timer_id=3");
}

TEST(DescribeTest, BookShowsItsIdAndItsBestLevels) {
  OrderBook book(BookScale{.price_decimals = 2, .quantity_decimals = 5});
  const std::vector<BookLevel> bids = {{6183763, 154698}};
  BookSnapshot snapshot;
  snapshot.last_update_id = 42;
  snapshot.bids = bids;
  book.ApplySnapshot(snapshot);
  const BookChanged event = {.header = HeaderOfStream(),
                             .pair = &kPair,
                             .book = &book,
                             .is_best_changed = true,
                             .is_stale = false};
  EXPECT_EQ(Describe(event),
            Join({"book_changed",
                  kHeaderText,
                  " pair=BTC-USDT last_update_id=42 bid_price=61837.63 bid_quantity=1.54698"
                  " ask_price=- ask_quantity=- is_best_changed=true is_stale=false"}));
}

TEST(DescribeTest, MarketDataShowsEveryField) {
  const PublicTrade trade = {.header = HeaderOfStream(),
                             .pair = &kPair,
                             .trade_id = TradeId("T-1"),
                             .taker_side = Side::kSell,
                             .price = Price(D("1.5")),
                             .quantity = Quantity(D("2"))};
  EXPECT_EQ(Describe(trade),
            Join({"public_trade",
                  kHeaderText,
                  " pair=BTC-USDT trade_id=T-1 taker_side=sell price=1.5 quantity=2"}));
  const BestQuoteChanged quote = {.header = HeaderOfStream(),
                                  .pair = &kPair,
                                  .update_id = 9,
                                  .bid_price = Price(D("1")),
                                  .bid_quantity = Quantity(D("2")),
                                  .ask_price = Price(D("3")),
                                  .ask_quantity = Quantity(D("4"))};
  EXPECT_EQ(Describe(quote),
            Join({"best_quote_changed",
                  kHeaderText,
                  " pair=BTC-USDT update_id=9 bid_price=1 bid_quantity=2 ask_price=3"
                  " ask_quantity=4"}));
  const CandleClosed candle = {.header = HeaderOfStream(),
                               .pair = &kPair,
                               .interval = "1m",
                               .open_time = absl::FromUnixSeconds(60),
                               .close_time = absl::FromUnixSeconds(120),
                               .open = Price(D("1")),
                               .high = Price(D("4")),
                               .low = Price(D("0.5")),
                               .close = Price(D("2")),
                               .volume = Quantity(D("10")),
                               .quote_volume = Notional(D("15")),
                               .trade_count = 3};
  EXPECT_EQ(Describe(candle),
            Join({"candle_closed",
                  kHeaderText,
                  " pair=BTC-USDT interval=1m open_time_ns=60000000000 close_time_ns=120000000000"
                  " open=1 high=4 low=0.5 close=2 volume=10 quote_volume=15 trade_count=3"}));
}

TEST(DescribeTest, OrderEventsShowEveryField) {
  const EventHeader header = HeaderOfStream();
  const Order order = OpenOrder();
  EXPECT_EQ(Describe(OrderCreated{header, order}),
            Join({"order_created", kHeaderText, kOrderText}));
  EXPECT_EQ(Describe(OrderFilled{header, order, FillOfOrder(), true}),
            Join({"order_filled", kHeaderText, kOrderText, kFillText, " is_after_terminal=true"}));
  EXPECT_EQ(Describe(OrderCompleted{header, order, true}),
            Join({"order_completed", kHeaderText, kOrderText, " is_incomplete=true"}));
  EXPECT_EQ(Describe(OrderCanceled{header, order}),
            Join({"order_canceled", kHeaderText, kOrderText}));
  EXPECT_EQ(Describe(OrderRejected{header, order}),
            Join({"order_rejected", kHeaderText, kOrderText}));
  EXPECT_EQ(Describe(OrderExpired{header, order, true}),
            Join({"order_expired", kHeaderText, kOrderText, " is_unresolved=true"}));
  EXPECT_EQ(Describe(OrderAmended{header, order, Quantity(Decimal::FromInteger(7))}),
            Join({"order_amended", kHeaderText, kOrderText, " previous_quantity=7"}));
  EXPECT_EQ(Describe(OrderTriggered{header, order}),
            Join({"order_triggered", kHeaderText, kOrderText}));
  EXPECT_EQ(Describe(AmendRejected{header, order, "too small"}),
            Join({"amend_rejected", kHeaderText, kOrderText, " amend_reason=\"too small\""}));
  EXPECT_EQ(Describe(OrderCorrected{header, order, OrderState::kCanceled}),
            Join({"order_corrected", kHeaderText, kOrderText, " previous_state=canceled"}));
  EXPECT_EQ(Describe(CancelRejected{header, order, "-2011 Unknown order sent."}),
            Join({"cancel_rejected",
                  kHeaderText,
                  kOrderText,
                  " cancel_reason=\"-2011 Unknown order sent.\""}));
  EXPECT_EQ(Describe(OrderInDoubt{header, order, "timeout"}),
            Join({"order_in_doubt", kHeaderText, kOrderText, " doubt_reason=timeout"}));
}

TEST(DescribeTest, AConditionalOrderShowsWhatItWaitsFor) {
  Order order = OpenOrder();
  order.trigger = OrderTrigger{
      .price = Price(D("95.5")), .kind = TriggerKind::kTakeProfit, .source = TriggerSource::kMark};
  EXPECT_THAT(Describe(OrderCreated{HeaderOfStream(), order}),
              HasSubstr(" trigger=take_profit trigger_price=95.5 trigger_source=mark "
                        "is_triggered=false state="));
}

TEST(DescribeTest, AccountEventsShowEveryField) {
  const EventHeader header = HeaderOfStream();
  EXPECT_EQ(Describe(BalanceChanged{header, "USDT", D("100.5"), D("90")}),
            Join({"balance_changed", kHeaderText, " asset=USDT total=100.5 available=90"}));
  EXPECT_EQ(Describe(HealthChanged{header, "rules", true, ""}),
            Join({"health_changed", kHeaderText, " capability=rules is_healthy=true reason=\"\""}));
  EXPECT_EQ(Describe(ForeignFill{header, FillOfOrder()}),
            Join({"foreign_fill", kHeaderText, kFillText}));
}

TEST(EventTest, EqualEventsGiveEqualTextAndOthersDoNot) {
  Event a = OrderCreated{HeaderOfStream(), OpenOrder()};
  const Event b = a;
  EXPECT_EQ(Describe(a), Describe(b));
  std::get<OrderCreated>(a).order.is_in_doubt = true;
  EXPECT_NE(Describe(a), Describe(b));
}

TEST(EventTest, HeaderCanBeReadAndWrittenWhateverTheEvent) {
  Event event = ForeignFill{};
  HeaderOf(event).sequence = 12;
  const Event& read = event;
  EXPECT_EQ(HeaderOf(read).sequence, 12);
}

TEST(EventTest, NamesAreSnakeCaseOfTheType) {
  EXPECT_EQ(EventName(BookChanged()), "book_changed");
  EXPECT_EQ(EventName(BestQuoteChanged()), "best_quote_changed");
  EXPECT_EQ(EventName(OrderInDoubt()), "order_in_doubt");
  EXPECT_EQ(EventName(Timer()), "timer");
}

TEST(SourceTest, HasAWordForEach) {
  EXPECT_EQ(ToString(Source::kStream), "stream");
  EXPECT_EQ(ToString(Source::kRest), "rest");
  EXPECT_EQ(ToString(Source::kLocal), "local");
  EXPECT_EQ(ToString(Source::kRecovered), "recovered");
}

}  // namespace
}  // namespace colibri
