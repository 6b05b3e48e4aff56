#include "connector/position_closer.h"

#include <map>
#include <string>
#include <utility>

#include "connector/perpetual_exchange.h"
#include "core/strings.h"

namespace colibri {
namespace {

constexpr absl::Duration kLook = absl::Milliseconds(50);
// Of one position: what was refused is not asked for at once.
constexpr absl::Duration kTryPeriod = absl::Seconds(1);

struct Closing {
  ClientOrderId order;
  absl::Duration next_try = -absl::InfiniteDuration();  // monotonic
};

}  // namespace

OrderRequest ClosingOrder(const Position& position) {
  const bool is_long = position.quantity.is_positive();
  OrderRequest request;
  request.pair = position.pair;
  request.side = is_long ? Side::kSell : Side::kBuy;
  request.type = OrderType::kMarket;
  request.quantity = is_long ? position.quantity : -position.quantity;
  request.position_action = PositionAction::kClose;
  return request;
}

Task<absl::Status> ClosePositions(Environment& environment,
                                  Exchange& exchange,
                                  absl::Duration timeout) {
  PerpetualExchange* const perpetual = exchange.perpetual();
  if (perpetual == nullptr) {
    co_return absl::OkStatus();
  }
  const absl::Duration deadline = environment.clock().monotonic() + timeout;
  std::map<std::pair<TradingPair, PositionSide>, Closing> tries;
  absl::Status refused;
  while (true) {
    const std::vector<Position> left = perpetual->positions();
    if (left.empty()) {
      co_return absl::OkStatus();
    }
    if (environment.clock().monotonic() >= deadline) {
      std::string what;
      for (const Position& position : left) {
        what += StrCat(what.empty() ? "" : ", ", position.quantity, " ", position.pair);
      }
      co_return absl::DeadlineExceededError(
          StrCat("not closed: ", what, refused.ok() ? "" : "; ", Std(refused.message())));
    }
    for (const Position& position : left) {
      Closing& closing = tries[{position.pair, position.side}];
      const Order* const order = exchange.FindOrder(closing.order);
      const absl::Duration now = environment.clock().monotonic();
      if ((order != nullptr && order->is_open()) || now < closing.next_try) {
        continue;
      }
      const absl::StatusOr<ClientOrderId> placed = exchange.Place(ClosingOrder(position));
      refused = placed.status();
      closing = {.order = placed.value_or(ClientOrderId()), .next_try = now + kTryPeriod};
    }
    co_await environment.Sleep(kLook);
  }
}

}  // namespace colibri
