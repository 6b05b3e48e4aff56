// What runs of random orders on a paper exchange have in common: the market and the exchange,
// orders by chance, and that each order has one end. Derived runs configure it and choose the
// steps.
#pragma once

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

#include "core/random.h"
#include "core/simulated_clock.h"
#include "exchanges/paper/paper_exchange.h"
#include "tests/exchanges/paper/fake_feed.h"
#include "tests/support/status_matchers.h"

namespace colibri {

class RandomPaperRun {
 public:
  // Of all events so far.
  uint64_t hash() const { return hash_; }

 protected:
  static constexpr absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);

  explicit RandomPaperRun(uint64_t seed) : random_(seed) { spec_.name = "fake"; }
  virtual ~RandomPaperRun() = default;

  static TradingPair pair() { return {"BTC", "USDT"}; }
  static PaperConfig DelayedConfig(uint64_t seed) {
    return {.market = {.venue = "fake", .pairs = {pair()}},
            .delay_to_venue = {.least = absl::Milliseconds(3), .jitter = absl::Milliseconds(9)},
            .delay_from_venue = {.least = absl::Milliseconds(2), .jitter = absl::Milliseconds(5)},
            .seed = seed,
            .open_orders_max = 12};
  }

  void Make(PaperConfig config) {
    auto feed = std::make_unique<FakeFeed>();
    feed_ = feed.get();
    exchange_ = std::make_unique<PaperExchange>(std::move(config), spec_, std::move(feed), clock_);
    log_ = exchange_->events().SubscribeAll([this](const Event& event) { Note(event); });
  }

  virtual void NoteFill(const OrderFilled& event) = 0;

  Side RandomSide() { return random_.Uniform(2) == 0 ? Side::kBuy : Side::kSell; }
  // The center and some ticks.
  std::string RandomPrice(int lowest, int highest) {
    const auto ticks = static_cast<int64_t>(random_.Uniform(highest - lowest + 1)) + lowest;
    return Decimal::FromScaled(center_ + ticks, 2).ToString();
  }
  std::string RandomQuantity() {
    return Decimal::FromScaled(static_cast<int64_t>(random_.Uniform(quantity_max_)) + 1, 3)
        .ToString();
  }
  std::string RandomLevel() { return random_.Uniform(3) == 0 ? "0" : RandomQuantity(); }
  OrderRequest RandomRequest() {
    OrderRequest request;
    request.pair = pair();
    request.side = RandomSide();
    request.type = static_cast<OrderType>(random_.Uniform(3));
    request.quantity = Q(RandomQuantity());
    if (request.type != OrderType::kMarket) {
      request.price = P(RandomPrice(-9, 10));
    }
    if (request.type == OrderType::kLimit) {
      request.time_in_force = static_cast<TimeInForce>(random_.Uniform(3));
    }
    return request;
  }

  void Place(const OrderRequest& request) { placed_ += exchange_->Place(request).ok() ? 1 : 0; }
  void CancelOrAmend() {
    const std::vector<const Order*> open = exchange_->open_orders();
    if (open.empty()) {
      return;
    }
    const ClientOrderId id = open[random_.Uniform(open.size())]->client_order_id;
    if (random_.Uniform(2) == 0) {
      exchange_->Cancel(id).IgnoreError();
      return;
    }
    OrderAmendment amendment;
    amendment.price = P(RandomPrice(-9, 10));
    placed_ += exchange_->Amend(id, amendment).ok() ? 1 : 0;
  }
  // Once nothing is open.
  void CheckEachHasEnded() const { EXPECT_EQ(ended_.size(), placed_); }

  Random random_;
  VenueSpec spec_;
  SimulatedClock clock_{kStart};
  FakeFeed* feed_ = nullptr;
  std::unique_ptr<PaperExchange> exchange_;
  int64_t center_ = 10'000;        // ticks
  uint64_t quantity_max_ = 9'000;  // thousandths

 private:
  void Note(const Event& event) {
    for (const char c : Describe(event)) {
      hash_ = (hash_ ^ static_cast<uint8_t>(c)) * 1099511628211u;
    }
    EXPECT_FALSE(std::holds_alternative<PositionMismatch>(event));
    const Order* end = nullptr;
    if (const auto* completed = std::get_if<OrderCompleted>(&event)) {
      EXPECT_FALSE(completed->is_incomplete);
      EXPECT_TRUE(completed->order.quantity.is_zero() ||
                  completed->order.filled == completed->order.quantity);
      end = &completed->order;
    } else if (const auto* canceled = std::get_if<OrderCanceled>(&event)) {
      end = &canceled->order;
    } else if (const auto* rejected = std::get_if<OrderRejected>(&event)) {
      end = &rejected->order;
    } else if (const auto* expired = std::get_if<OrderExpired>(&event)) {
      end = &expired->order;
    } else if (const auto* filled = std::get_if<OrderFilled>(&event)) {
      EXPECT_FALSE(filled->is_after_terminal);
      EXPECT_TRUE(filled->fill.quantity.value().IsMultipleOf(D("0.001")));
      NoteFill(*filled);
    }
    if (end != nullptr) {
      EXPECT_TRUE(ended_.insert(end->client_order_id.ToString()).second) << "two ends";
    }
  }

  Subscription log_;
  uint64_t hash_ = 14695981039346656037u;
  size_t placed_ = 0;
  std::set<std::string> ended_;
};

}  // namespace colibri
