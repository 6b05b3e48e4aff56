#include "tests/support/sample_records.h"

#include <utility>

namespace colibri {
namespace {

Decimal DecimalOf(std::string_view text) {
  return Decimal::Parse(text).value();
}

std::string RandomText(Random& random, size_t size_max) {
  std::string text(random.Uniform(size_max + 1), '\0');
  for (char& c : text) {
    c = static_cast<char>(random.Uniform(256));
  }
  return text;
}

template <typename Id>
Id RandomId(Random& random) {
  return Id(RandomText(random, Id::kMaxLength));
}

Decimal RandomDecimal(Random& random) {
  const auto high = static_cast<Uint128>(random.Next());
  const auto units = static_cast<Int128>(high << 64 | random.Next()) >> random.Uniform(128);
  return Decimal::FromUnits(units == kLowestInt128 ? 0 : units);
}

bool RandomBool(Random& random) {
  return random.Uniform(2) == 1;
}

absl::Time RandomTime(Random& random) {
  switch (random.Uniform(8)) {
    case 0:
      return absl::InfinitePast();
    case 1:
      return absl::InfiniteFuture();
    default:
      return absl::FromUnixNanos(static_cast<int64_t>(random.Next()) >> random.Uniform(64));
  }
}

TradingPair RandomPair(Random& random) {
  return {.base = RandomText(random, 12), .quote = RandomText(random, 12)};
}

template <typename T, typename Make>
std::optional<T> Maybe(Random& random, Make make) {
  return RandomBool(random) ? std::optional<T>(make(random)) : std::nullopt;
}

Price RandomPrice(Random& random) {
  return Price(RandomDecimal(random));
}
Quantity RandomQuantity(Random& random) {
  return Quantity(RandomDecimal(random));
}
Notional RandomNotional(Random& random) {
  return Notional(RandomDecimal(random));
}

FeeAmounts RandomFees(Random& random) {
  FeeAmounts fees(random.Uniform(4));
  for (AssetAmount& fee : fees) {
    fee = {.asset = RandomText(random, 8), .amount = RandomDecimal(random)};
  }
  return fees;
}

Order RandomOrder(Random& random) {
  Order order;
  order.client_order_id = RandomId<ClientOrderId>(random);
  order.exchange_order_id = RandomId<ExchangeOrderId>(random);
  order.pair = RandomPair(random);
  order.side = static_cast<Side>(random.Uniform(2));
  order.type = static_cast<OrderType>(random.Uniform(3));
  order.time_in_force = static_cast<TimeInForce>(random.Uniform(3));
  order.quantity = RandomQuantity(random);
  order.price = Maybe<Price>(random, RandomPrice);
  order.quote_quantity = Maybe<Notional>(random, RandomNotional);
  order.state = static_cast<OrderState>(random.Uniform(7));
  order.is_cancel_requested = RandomBool(random);
  order.is_in_doubt = RandomBool(random);
  order.filled = RandomQuantity(random);
  order.filled_notional = RandomNotional(random);
  order.fees = RandomFees(random);
  order.created_at = RandomTime(random);
  order.updated_at = RandomTime(random);
  order.reason = RandomText(random, 60);
  if (RandomBool(random)) {
    order.trigger = OrderTrigger{.price = RandomPrice(random),
                                 .kind = static_cast<TriggerKind>(random.Uniform(2)),
                                 .source = static_cast<TriggerSource>(random.Uniform(2))};
    order.is_triggered = RandomBool(random);
  }
  return order;
}

Fill RandomFill(Random& random) {
  Fill fill;
  fill.trade_id = RandomId<TradeId>(random);
  fill.client_order_id = RandomId<ClientOrderId>(random);
  fill.exchange_order_id = RandomId<ExchangeOrderId>(random);
  fill.pair = RandomPair(random);
  fill.side = static_cast<Side>(random.Uniform(2));
  fill.price = RandomPrice(random);
  fill.quantity = RandomQuantity(random);
  fill.fees = RandomFees(random);
  fill.is_maker = RandomBool(random);
  fill.venue_time = RandomTime(random);
  return fill;
}

RememberedOrder RandomRemembered(Random& random) {
  RememberedOrder remembered;
  remembered.order = RandomOrder(random);
  remembered.was_created = RandomBool(random);
  remembered.is_incomplete = RandomBool(random);
  remembered.ended_at = RandomTime(random);
  remembered.trade_ids.resize(random.Uniform(5));
  for (TradeId& id : remembered.trade_ids) {
    id = RandomId<TradeId>(random);
  }
  return remembered;
}

}  // namespace

absl::Time SampleTime(int seconds) {
  return absl::FromUnixSeconds(1'700'000'000) + absl::Seconds(seconds);
}

Order SampleOrder(std::string_view client_order_id) {
  Order order;
  order.client_order_id = ClientOrderId(client_order_id);
  order.pair = {.base = "BTC", .quote = "USDT"};
  order.quantity = Quantity(DecimalOf("0.5"));
  order.price = Price(DecimalOf("100"));
  order.created_at = SampleTime(1);
  order.updated_at = absl::InfinitePast();
  return order;
}

JournalFill SampleFill(std::string_view client_order_id,
                       std::string_view trade_id,
                       std::string_view quantity) {
  Fill fill;
  fill.trade_id = TradeId(trade_id);
  fill.client_order_id = ClientOrderId(client_order_id);
  fill.exchange_order_id = ExchangeOrderId("X1");
  fill.pair = {.base = "BTC", .quote = "USDT"};
  fill.price = Price(DecimalOf("100"));
  fill.quantity = Quantity(DecimalOf(quantity));
  fill.fees = {{.asset = "BNB", .amount = DecimalOf("0.001")}};
  fill.is_maker = true;
  fill.venue_time = SampleTime(4);
  return {.fill = std::move(fill), .at = SampleTime(5)};
}

std::vector<JournalRecord> SampleRecords() {
  const ClientOrderId id("colibri-1");
  const TradingPair pair{.base = "BTC", .quote = "USDT"};
  RememberedOrder remembered;
  remembered.order = SampleOrder("colibri-0");
  remembered.order.exchange_order_id = ExchangeOrderId("X0");
  remembered.order.side = Side::kSell;
  remembered.order.type = OrderType::kMarket;
  remembered.order.time_in_force = TimeInForce::kIoc;
  remembered.order.price = std::nullopt;
  remembered.order.quote_quantity = Notional(DecimalOf("50"));
  remembered.order.state = OrderState::kExpired;
  remembered.order.filled = Quantity(DecimalOf("0.2"));
  remembered.order.filled_notional = Notional(DecimalOf("20"));
  remembered.order.fees = {{.asset = "USDT", .amount = DecimalOf("0.02")}};
  remembered.order.reason = "no liquidity";
  remembered.was_created = true;
  remembered.is_incomplete = true;
  remembered.ended_at = SampleTime(-60);
  remembered.trade_ids = {TradeId("T7"), TradeId("T8")};
  return {
      JournalSession{.venue = "binance", .domain = "testnet", .at = SampleTime(0)},
      JournalOrder{.remembered = remembered},
      JournalIntent{.order = SampleOrder("colibri-1")},
      JournalInDoubt{.client_order_id = id, .reason = "timed out", .at = SampleTime(2)},
      JournalCreated{
          .client_order_id = id, .exchange_order_id = ExchangeOrderId("X1"), .at = SampleTime(3)},
      JournalAmendIntent{.client_order_id = id,
                         .price = Price(DecimalOf("99.5")),
                         .quantity = Quantity(DecimalOf("0.4")),
                         .at = SampleTime(3)},
      JournalAmended{
          .client_order_id = id, .quantity = Quantity(DecimalOf("0.4")), .at = SampleTime(4)},
      SampleFill("colibri-1", "T9", "0.1"),
      JournalForeignFill{.key = {pair, TradeId("T10"), Side::kSell}, .at = SampleTime(6)},
      JournalCursor{.pair = pair, .after = TradeId("T10"), .since = SampleTime(6)},
      JournalCancelIntent{.client_order_id = id, .at = SampleTime(7)},
      JournalEnded{.client_order_id = id,
                   .exchange_order_id = ExchangeOrderId("X1"),
                   .state = OrderState::kCanceled,
                   .is_incomplete = false,
                   .reason = "by us",
                   .at = SampleTime(8)}};
}

JournalRecord RandomRecord(Random& random) {
  const auto id = [&random] { return RandomId<ClientOrderId>(random); };
  const absl::Time at = RandomTime(random);
  switch (random.Uniform(14)) {
    case 0:
      return JournalSession{RandomText(random, 20), RandomText(random, 20), at};
    case 1:
      return JournalIntent{RandomOrder(random)};
    case 2:
      return JournalCancelIntent{id(), at};
    case 3:
      return JournalAmendIntent{
          id(), Maybe<Price>(random, RandomPrice), Maybe<Quantity>(random, RandomQuantity), at};
    case 4:
      return JournalInDoubt{id(), RandomText(random, 100), at};
    case 5:
      return JournalCreated{id(), RandomId<ExchangeOrderId>(random), at};
    case 6:
      return JournalAmended{id(), RandomQuantity(random), at};
    case 7:
      return JournalTriggered{id(), RandomId<ExchangeOrderId>(random), at};
    case 8:
      return JournalFill{RandomFill(random), at};
    case 9:
      return JournalEnded{id(),
                          RandomId<ExchangeOrderId>(random),
                          static_cast<OrderState>(random.Uniform(7)),
                          RandomBool(random),
                          RandomText(random, 100),
                          at};
    case 10:
      return JournalForeignFill{{RandomPair(random),
                                 RandomId<TradeId>(random),
                                 random.Uniform(2) == 0 ? Side::kBuy : Side::kSell},
                                at};
    case 11:
      return JournalCursor{RandomPair(random),
                           Maybe<TradeId>(random, RandomId<TradeId>),
                           Maybe<absl::Time>(random, RandomTime)};
    case 12:
      return JournalNonceMark{RandomTime(random)};
    default:
      return JournalOrder{RandomRemembered(random)};
  }
}

std::string JournalOf(const std::vector<JournalRecord>& records) {
  std::string bytes = JournalHeader();
  for (const JournalRecord& record : records) {
    AppendRecord(record, bytes);
  }
  return bytes;
}

}  // namespace colibri
