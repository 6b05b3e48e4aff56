// The funds of an account of perpetuals: positions and open orders need margin, fills move the
// position, profit, fees and funding go to the collateral's balance.
//
//   funds.SetContract(pair, {.collateral = "USDT", .maintenance_rate = MaintenanceRate(125)});
//   funds.SetMark(pair, mark);
//   while (const std::optional<PositionKey> key = funds.ToLiquidate()) { ... }
//
// Balance: total is the start and all that was realised, paid and charged, to the last digit; what
// is available is the cross part of it, plus the unrealised profit of cross positions, less the
// initial margin of cross positions and of all open orders (connector/margin_model.h). An isolated
// position takes its initial margin, at the price of each fill, out of the cross part, and gives
// its share back as it closes; profits and fees are of the cross part, funding of the isolated one.
// A new order needs its margin, what it would lose at once against the mark price, and its fee.
// Thread: the loop's.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "connector/margin_model.h"
#include "core/fees.h"
#include "core/position.h"
#include "core/traded_position.h"
#include "exchanges/paper/paper_funds.h"

namespace colibri {

// What the venue says of one pair.
struct MarginContract {
  std::string collateral;
  Decimal maintenance_rate = {};
  Price tick = {};  // prices of liquidations are its multiples; zero: as they come
};

struct PositionKey {
  TradingPair pair;
  PositionSide side = PositionSide::kNet;

  auto operator<=>(const PositionKey&) const = default;
};

// How a position and what carries it stand.
struct MarginState {
  Position position;
  Notional maintenance = {};         // of this position
  Notional maintenance_of_all = {};  // of all that share the margin
  Notional margin = {};              // with the unrealised profit
  bool is_isolated = false;
};

class MarginFunds final : public PaperFunds {
 public:
  // liquidation_fee: beside the taker's, as a fraction.
  MarginFunds(const std::map<std::string, Decimal>& balances,
              const std::vector<TradingPair>& pairs,
              FeeRates fees,
              Decimal liquidation_fee);

  // Before the first order on the pair.
  void SetContract(const TradingPair& pair, MarginContract contract);
  void SetMark(const TradingPair& pair, Price mark);

  // FailedPrecondition, with the reason, when the venue would not change it.
  absl::Status SetLeverage(const TradingPair& pair, LeverageSetting wanted, bool has_open_orders);
  absl::Status SetPositionMode(PositionMode mode, bool has_open_orders);
  LeverageSetting leverage(const TradingPair& pair) const;
  PositionMode position_mode() const { return mode_; }

  absl::StatusOr<Quantity> Tradable(const Order& order) const override;
  absl::Status Take(const PaperTicket& ticket, const TakePlan& plan) override;
  absl::StatusOr<PaperSettlement> Settle(const PaperTicket& ticket,
                                         Price price,
                                         Quantity quantity,
                                         bool is_maker) override;
  void Release(const PaperTicket& ticket) override;
  std::vector<std::string> AssetsOf(const TradingPair& pair) const override;
  Balance balance(std::string_view asset) const override;
  std::vector<std::string> assets() const override;

  // A payment for each open position of the pair: quantity * mark * rate, rounded against it.
  std::vector<std::pair<PositionKey, Decimal>> PayFunding(const TradingPair& pair,
                                                          Price mark,
                                                          Decimal rate);

  Position position(const PositionKey& key) const;
  // Those that are not flat.
  std::vector<MarginState> states() const;
  // The position that a venue would close first: isolated ones, then of cross ones the one with the
  // largest maintenance margin.
  std::optional<PositionKey> ToLiquidate() const;
  // The best that closing the position may bring to its account: nothing. nullopt: no bound.
  std::optional<Price> BankruptcyBound(const PositionKey& key) const;
  // Closes `quantity` of it, and takes the fees of `charged`, as far as the margin reaches.
  absl::StatusOr<PaperSettlement> Liquidate(const PositionKey& key,
                                            Price price,
                                            Quantity quantity,
                                            Notional charged);

 private:
  struct Leg {
    TradedPosition position;
    Notional isolated;  // set aside for it

    MarginPosition margin_position() const { return {position.quantity(), position.cost()}; }
    bool is_flat() const { return position.quantity().is_zero(); }
  };
  struct OpenOrder {
    Side side = Side::kBuy;
    PositionSide position_side = PositionSide::kNet;
    Price price;
    Quantity remaining;
  };
  struct Slot {
    TradingPair pair;
    MarginContract contract;
    LeverageSetting setting = {.leverage = 1, .margin_mode = MarginMode::kCross};
    std::optional<Price> mark = std::nullopt;
    std::array<Leg, 3> legs = {};               // by PositionSide
    std::map<uint64_t, OpenOrder> orders = {};  // those that may open, by number

    bool is_cross() const { return setting.margin_mode == MarginMode::kCross; }
    Price MarkOf(const Leg& leg) const;
  };
  // Of one pair.
  struct Needs {
    Notional initial;  // of positions and orders together
    Notional own;      // of the positions alone
    Notional unrealised;
    Notional maintenance;
  };
  // Of one collateral, what is cross of it.
  struct CrossFigures {
    Notional wallet;
    Notional unrealised;
    Notional maintenance;
    Notional initial;  // orders of isolated pairs included
    Notional margin;   // wallet and unrealised profit
    Notional free;     // of the margin; negative when it has fallen below what is needed
  };

  const Slot* Find(const TradingPair& pair) const { return FindIn(slots_, pair); }
  Slot* Find(const TradingPair& pair) { return FindIn(slots_, pair); }
  template <typename Slots>
  static auto FindIn(Slots& slots, const TradingPair& pair) -> decltype(slots.data()) {
    for (auto& slot : slots) {
      if (slot.pair == pair) {
        return &slot;
      }
    }
    return nullptr;
  }
  static Leg& LegOf(Slot& slot, PositionSide side) { return slot.legs[static_cast<size_t>(side)]; }
  static const Leg& LegOf(const Slot& slot, PositionSide side) {
    return slot.legs[static_cast<size_t>(side)];
  }
  static absl::StatusOr<Needs> NeedsOf(const Slot& slot);
  absl::StatusOr<CrossFigures> FiguresOf(std::string_view collateral) const;
  // What the position's losses are taken from, without its own profit.
  absl::StatusOr<Notional> MarginBehind(const Slot& slot, const Leg& leg) const;
  // The same for the cross positions of a pair together, less what the other pairs need.
  absl::StatusOr<Notional> MarginBehindPair(const Slot& slot) const;
  std::optional<Price> LiquidationPriceOf(const Slot& slot, const Leg& leg) const;
  absl::StatusOr<MarginState> StateOf(const Slot& slot, PositionSide side) const;
  Position PositionOf(const Slot& slot, PositionSide side) const;
  // All of it, or nothing. Gives the profit.
  absl::StatusOr<Notional> Trade(
      Slot& slot, Leg& leg, Side side, Price price, Quantity quantity, Decimal fee);
  static absl::StatusOr<Notional> IsolatedAfter(
      const Slot& slot, const Leg& leg, Side side, Price price, Quantity quantity);

  FeeRates fees_;
  Decimal liquidation_fee_;
  PositionMode mode_ = PositionMode::kOneWay;
  std::vector<Slot> slots_;
  std::map<std::string, Decimal, std::less<>> wallets_;  // by asset
};

}  // namespace colibri
