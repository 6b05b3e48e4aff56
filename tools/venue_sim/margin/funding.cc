// Prices, the funding rate and its payments, and orders whose time is over.
#include <algorithm>
#include <array>
#include <utility>

#include "core/check.h"
#include "tools/venue_sim/margin/margin_batch.h"
#include "tools/venue_sim/margin/margin_exchange.h"

namespace colibri::venue_sim::margin {
namespace {

// The interest part of the rate moves it no farther than this towards the interest.
constexpr Decimal kDampening = Decimal::FromScaled(5, 4);
constexpr Decimal kTwo = Decimal::FromInteger(2);

Decimal MedianOf(std::array<Decimal, 3> values) {
  std::sort(values.begin(), values.end());
  return values[1];
}

std::optional<Decimal> MiddleOf(const Instrument& instrument) {
  const std::optional<int64_t> bid = instrument.book.best_bid();
  const std::optional<int64_t> ask = instrument.book.best_ask();
  if (!bid.has_value() || !ask.has_value()) {
    return std::nullopt;
  }
  return DivideMoney(
      instrument.PriceOf(*bid) + instrument.PriceOf(*ask), kTwo, Rounding::kHalfEven);
}

}  // namespace

void MarginExchange::SetPrices(Instrument& instrument, Decimal index, Decimal mark) {
  CHECK(index.is_positive() && mark.is_positive());
  instrument.index = index;
  instrument.mark = mark;
  CheckAccounts();
}

void MarginExchange::UpdatePrices(Instrument& instrument, Decimal index) {
  const int64_t left_ms = std::max<int64_t>(instrument.next_funding_ms - now_ms_(), 0);
  const Decimal share = DivideMoney(Decimal::FromInteger(left_ms),
                                    Decimal::FromInteger(instrument.spec().funding_interval_ms),
                                    Rounding::kHalfEven);
  const Decimal to_come = MultiplyMoney(instrument.funding_rate, share, Rounding::kHalfEven);
  const Decimal fair = index + MultiplyMoney(index, to_come, Rounding::kHalfEven);
  const Decimal mark = MedianOf(
      {fair, MiddleOf(instrument).value_or(fair), instrument.PriceOf(instrument.last_price)});
  instrument.index = index;
  SampleFunding(instrument);
  SetPrices(instrument, index, mark);
}

void MarginExchange::SampleFunding(Instrument& instrument) {
  const auto pinned = pinned_rates_.find(instrument.symbol());
  if (pinned != pinned_rates_.end()) {
    return;
  }
  const Decimal middle = MiddleOf(instrument).value_or(instrument.index);
  instrument.premium_sum +=
      DivideMoney(middle - instrument.index, instrument.index, Rounding::kHalfEven);
  ++instrument.premium_count;
  const Decimal premium = DivideMoney(
      instrument.premium_sum, Decimal::FromInteger(instrument.premium_count), Rounding::kHalfEven);
  const Decimal pull =
      std::clamp(instrument.spec().interest_rate - premium, -kDampening, kDampening);
  instrument.funding_rate = premium + pull;
  if (const Decimal cap = instrument.spec().funding_cap; !cap.is_zero()) {
    instrument.funding_rate = std::clamp(instrument.funding_rate, -cap, cap);
  }
}

void MarginExchange::PinFundingRate(Instrument& instrument, std::optional<Decimal> rate) {
  if (rate.has_value()) {
    pinned_rates_[instrument.symbol()] = rate;
    instrument.funding_rate = *rate;
  } else {
    pinned_rates_.erase(instrument.symbol());
  }
}

// Longs pay shorts when the rate is positive. Each amount is rounded down, so that what is paid
// covers what is received; the rest of the rounding is the exchange's.
void MarginExchange::PayFunding(Instrument& instrument) {
  const std::string& asset = instrument.spec().collateral;
  const FundingSettlement paid{.id = next_settlement_id_++,
                               .time_ms = instrument.next_funding_ms,
                               .rate = instrument.funding_rate,
                               .mark_price = instrument.mark};
  for (const auto& account : accounts_) {
    for (const PositionSide side : SidesOf(*account)) {
      const Position* held = account->FindPosition(instrument.symbol(), side);
      if (held == nullptr || !held->is_open()) {
        continue;
      }
      const Decimal amount =
          MultiplyMoney(-instrument.NotionalAtMark(held->quantity), paid.rate, Rounding::kDown);
      const bool is_isolated = account->settings(instrument).is_isolated;
      account->AddWallet(asset, amount);
      fees_[asset] -= amount;
      if (is_isolated) {
        account->position(instrument.symbol(), side).isolated_wallet += amount;
      }
      Record(*account,
             {.type = IncomeType::kFunding,
              .symbol = instrument.symbol(),
              .asset = asset,
              .amount = amount});
      if (!account->is_background() && !amount.is_zero()) {
        account->update_time_ms = now_ms_();
        AccountNote note{
            .reason = AccountReason::kFunding, .changes = {{asset, amount}}, .assets = {asset}};
        if (is_isolated) {
          note.positions.insert({instrument.symbol(), side});
        }
        observer_.OnAccount(*account, note);
      }
    }
  }
  instrument.settlements.push_back(paid);
  if (instrument.settlements.size() > Instrument::kSettlementsKept) {
    instrument.settlements.erase(instrument.settlements.begin());
  }
  instrument.premium_sum = Decimal();
  instrument.premium_count = 0;
  observer_.OnFunding(instrument, paid);
}

void MarginExchange::OnTime() {
  const int64_t now_ms = now_ms_();
  while (!good_till_.empty() && good_till_.begin()->first <= now_ms) {
    const auto [symbol, order_id] = good_till_.begin()->second;
    Instrument& instrument = instruments_.find(symbol)->second;
    MarginAccount& account = at(good_till_owner_.at({symbol, order_id}));
    Batch batch;
    CHECK(!instrument.book.Cancel(static_cast<uint64_t>(order_id)).empty());
    End(instrument,
        *account.orders(symbol).Find(order_id),
        OrderStatus::kExpired,
        EndReason::kGoodTillTime,
        batch);
    Settle(instrument, batch);
  }
  bool has_paid = false;
  for (auto& [symbol, instrument] : instruments_) {
    if (instrument.next_funding_ms > now_ms) {
      continue;
    }
    PayFunding(instrument);
    has_paid = true;
    // A long silence is one payment, not one for every interval that passed.
    const int64_t interval = instrument.spec().funding_interval_ms;
    instrument.next_funding_ms = (now_ms / interval + 1) * interval;
  }
  if (has_paid) {
    CheckAccounts();
  }
}

}  // namespace colibri::venue_sim::margin
