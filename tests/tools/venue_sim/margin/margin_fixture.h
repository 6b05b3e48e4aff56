// A margin exchange with one contract, two traders and a recording observer.
//
//   MarginFixture fixture;
//   fixture.Buy(fixture.alice, 2, 100);        // rests
//   fixture.Sell(fixture.bob, 2, 100);         // takes
//   EXPECT_EQ(fixture.alice.wallet("USD"), Dec("9999.96"));
//
// The contract X is quoted with one decimal, in steps of 0.01; prices and quantities of the calls
// are in whole units. Fees: maker 0.0002, taker 0.0004. Tiers: to 10,000 leverage 20 and 1 %, to
// 100,000 leverage 10 and 2 %.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/venue_sim/margin/margin_exchange.h"

namespace colibri::venue_sim::margin {

inline Decimal Dec(std::string_view text) {
  return *Decimal::Parse(text);
}

inline InstrumentSpec TestSpec() {
  return {
      .symbol = "X",
      .collateral = "USD",
      .tick_size = Dec("0.1"),
      .step_size = Dec("0.01"),
      .start_price = Dec("100"),
      .tiers = MakeTiers({{.floor = Dec("0"), .leverage_max = 20, .maintenance_rate = Dec("0.01")},
                          {.floor = Dec("10000"),
                           .cap = Dec("100000"),
                           .leverage_max = 10,
                           .maintenance_rate = Dec("0.02")}}),
      .leverage_default = 10,
      .liquidation_fee_rate = Dec("0.01"),
      .interest_rate = Dec("0.0001"),
      .funding_cap = Dec("0.01"),
      .funding_interval_ms = 3'600'000};
}

class RecordingObserver final : public MarginObserver {
 public:
  struct Report {
    AccountId account;
    ExecutionKind kind;
    MarginOrder order;
    MarginTrade trade;
  };
  void OnExecution(MarginAccount& account,
                   const Instrument& /*instrument*/,
                   const ExecutionNote& note) override {
    reports.push_back(
        {account.id(), note.kind, note.order, note.trade == nullptr ? MarginTrade() : *note.trade});
  }
  void OnAccount(MarginAccount& account, const AccountNote& note) override {
    notes.emplace_back(account.id(), note);
  }
  void OnTrades(const Instrument& /*instrument*/, absl::Span<const TapeTrade> trades) override {
    tape.insert(tape.end(), trades.begin(), trades.end());
  }
  void OnBookChanged(Instrument& /*instrument*/) override {}
  void OnLiquidation(const Instrument& /*instrument*/, const MarginOrder& order) override {
    liquidations.push_back(order);
  }
  void OnMarginCall(MarginAccount& account, const std::set<PositionKey>& /*open*/) override {
    warned.push_back(account.id());
  }

  std::vector<Report> reports;
  std::vector<std::pair<AccountId, AccountNote>> notes;
  std::vector<TapeTrade> tape;
  std::vector<MarginOrder> liquidations;
  std::vector<AccountId> warned;
};

struct MarginFixture {
  static constexpr int64_t kStartMs = 1'700'000'000'000;

  explicit MarginFixture(InstrumentSpec spec = TestSpec())
      : x(exchange.AddInstrument(std::move(spec))),
        alice(exchange.AddAccount("alice", false)),
        bob(exchange.AddAccount("bob", false)),
        carol(exchange.AddAccount("carol", false)) {
    for (MarginAccount* account : {&alice, &bob, &carol}) {
      account->maker_fee = Dec("0.0002");
      account->taker_fee = Dec("0.0004");
      CHECK(exchange.Transfer(*account, "USD", Dec("10000")) == Refusal::kNone);
    }
    observer.notes.clear();
  }

  Ticket Limit(Side side, std::string_view quantity, std::string_view price) const {
    return {.side = side, .price = *Dec(price).ToScaled(1), .quantity = *Dec(quantity).ToScaled(2)};
  }
  PlaceResult Buy(MarginAccount& account, std::string_view quantity, std::string_view price) {
    return exchange.Place(account, x, Limit(Side::kBuy, quantity, price));
  }
  PlaceResult Sell(MarginAccount& account, std::string_view quantity, std::string_view price) {
    return exchange.Place(account, x, Limit(Side::kSell, quantity, price));
  }
  PlaceResult Reduce(MarginAccount& account,
                     Side side,
                     std::string_view quantity,
                     std::string_view price) {
    Ticket ticket = Limit(side, quantity, price);
    ticket.reduce_only = true;
    return exchange.Place(account, x, ticket);
  }
  // `longer` buys from `shorter`, as maker.
  void Trade(MarginAccount& longer,
             MarginAccount& shorter,
             std::string_view quantity,
             std::string_view price) {
    CHECK(Buy(longer, quantity, price).ok());
    CHECK(Sell(shorter, quantity, price).ok());
  }
  void Mark(std::string_view price) { exchange.SetPrices(x, Dec(price), Dec(price)); }

  Decimal Held(const MarginAccount& account, PositionSide side = PositionSide::kNet) const {
    const Position* position = account.FindPosition("X", side);
    return position == nullptr ? Decimal() : x.QuantityOf(position->quantity);
  }
  MarginFigures Figures(const MarginAccount& account) const {
    return exchange.Figures(account, "USD");
  }

  int64_t now_ms = kStartMs;
  RecordingObserver observer;
  MarginExchange exchange{{}, [this] { return now_ms; }, observer};
  Instrument& x;
  MarginAccount& alice;
  MarginAccount& bob;
  MarginAccount& carol;
};

}  // namespace colibri::venue_sim::margin
