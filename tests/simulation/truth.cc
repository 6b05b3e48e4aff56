#include "tests/simulation/truth.h"

#include <map>
#include <set>

#include "connector/perpetual_exchange.h"
#include "core/strings.h"

namespace colibri::simulation {
namespace {

void CompareOrders(const Connector& connector,
                   const VenueTruth& account,
                   std::vector<std::string>& differences) {
  const auto differ = [&](const OrderTruth& theirs, std::string_view what) {
    differences.push_back(StrCat("order ", theirs.client_order_id, ": ", what));
  };
  for (const OrderTruth& theirs : account.orders) {
    if (!theirs.is_ours()) {
      continue;
    }
    const Order* ours = connector.FindOrder(ClientOrderId(theirs.client_order_id));
    if (ours == nullptr) {
      differ(theirs, StrCat("is ", theirs.status, " at the venue, and unknown to us"));
      continue;
    }
    if (ours->is_open() != theirs.is_open) {
      differ(theirs, StrCat("is ", ToString(ours->state), ", at the venue ", theirs.status));
    }
    if (ours->is_in_doubt) {
      differ(theirs, "is still in doubt");
    }
    if (ours->filled.value() != theirs.executed_quantity ||
        ours->filled_notional.value() != theirs.executed_quote) {
      differ(theirs,
             StrCat("has ",
                    ours->filled,
                    " for ",
                    ours->filled_notional,
                    " filled, at the venue ",
                    theirs.executed_quantity,
                    " for ",
                    theirs.executed_quote));
    }
    // One that is made smaller than what is filled of it expires, and has all it was left to have.
    const bool is_cut_full =
        theirs.status == "EXPIRED" && theirs.executed_quantity >= theirs.quantity;
    const bool is_filled = theirs.is_filled || (is_cut_full && ours->state == OrderState::kFilled);
    if (is_filled != (ours->state == OrderState::kFilled)) {
      differ(theirs, StrCat("ended as ", ToString(ours->state), ", at the venue ", theirs.status));
    }
  }
  for (const Order* order : connector.open_orders()) {
    differences.push_back(
        StrCat("order ", order->client_order_id, " is ", ToString(order->state), " at the end"));
  }
}

void CompareFees(const Connector& connector,
                 const VenueTruth& account,
                 std::vector<std::string>& differences) {
  std::map<int64_t, std::map<std::string, Decimal>> theirs;  // by order, by asset
  for (const TradeTruth& trade : account.trades) {
    theirs[trade.order_id][trade.fee_asset] += trade.fee;
  }
  for (const OrderTruth& order : account.orders) {
    const Order* ours =
        order.is_ours() ? connector.FindOrder(ClientOrderId(order.client_order_id)) : nullptr;
    if (ours == nullptr) {
      continue;
    }
    std::map<std::string, Decimal> paid;
    for (const AssetAmount& fee : ours->fees) {
      paid[fee.asset] += fee.amount;
    }
    if (paid != theirs[order.order_id]) {
      differences.push_back(StrCat("order ", order.client_order_id, ": fees differ"));
    }
  }
}

void CompareBalances(const Connector& connector,
                     const VenueTruth& account,
                     std::vector<std::string>& differences) {
  for (const auto& [asset, theirs] : account.balances) {
    const Balance ours = connector.balance(asset);
    const bool is_available_told = account.has_positions || ours.available == theirs.available;
    if (ours.total != theirs.total || !is_available_told) {
      differences.push_back(StrCat("balance of ",
                                   asset,
                                   ": ",
                                   ours.total,
                                   " with ",
                                   ours.available,
                                   " available, at the venue ",
                                   theirs.total,
                                   " with ",
                                   theirs.available));
    }
  }
}

void CompareBook(const Connector& connector,
                 const BookTruth& theirs,
                 const TradingPair& pair,
                 std::vector<std::string>& differences) {
  const absl::StatusOr<const OrderBook*> book = connector.book(pair);
  if (!book.ok()) {
    differences.push_back(StrCat("book: ", book.status().ToString()));
    return;
  }
  const auto compare = [&](Side side, const std::vector<std::pair<Decimal, Decimal>>& levels) {
    const std::vector<PriceLevel> ours = (*book)->levels(side, 5000);
    bool is_same = ours.size() == levels.size();
    for (size_t i = 0; is_same && i < ours.size(); ++i) {
      is_same =
          ours[i].price.value() == levels[i].first && ours[i].quantity.value() == levels[i].second;
    }
    if (!is_same) {
      differences.push_back(StrCat("book: the ",
                                   ToString(side),
                                   " side differs, at update ",
                                   (*book)->last_update_id(),
                                   ", at the venue ",
                                   theirs.last_update_id));
    }
  };
  compare(Side::kBuy, theirs.bids);
  compare(Side::kSell, theirs.asks);
}

void ComparePositions(const Connector& connector,
                      const VenueTruth& account,
                      const TradingPair& pair,
                      std::vector<std::string>& differences) {
  const PerpetualExchange* perpetual = connector.perpetual();
  if (perpetual == nullptr) {
    return;
  }
  for (const PositionSide side : {PositionSide::kNet, PositionSide::kLong, PositionSide::kShort}) {
    const Position ours = perpetual->position(pair, side);
    const auto found = account.positions.find(side);
    const PositionTruth theirs = found == account.positions.end() ? PositionTruth{} : found->second;
    if (ours.quantity != theirs.quantity || ours.entry_price != theirs.entry_price) {
      differences.push_back(StrCat("position ",
                                   ToString(side),
                                   ": ",
                                   ours.quantity,
                                   " @ ",
                                   ours.entry_price,
                                   ", at the venue ",
                                   theirs.quantity,
                                   " @ ",
                                   theirs.entry_price));
    }
  }
}

}  // namespace

std::vector<std::string> DifferencesOf(const Connector& connector,
                                       const SimulatedVenue& venue,
                                       const TradingPair& pair) {
  std::vector<std::string> differences;
  const VenueTruth truth = venue.truth();
  CompareOrders(connector, truth, differences);
  CompareFees(connector, truth, differences);
  CompareBalances(connector, truth, differences);
  ComparePositions(connector, truth, pair, differences);
  CompareBook(connector, venue.book(), pair, differences);
  return differences;
}

std::vector<FillKey> ForeignFillsOf(const SimulatedVenue& venue, const TradingPair& pair) {
  const VenueTruth truth = venue.truth();
  std::set<int64_t> ours;
  for (const OrderTruth& order : truth.orders) {
    if (order.is_ours()) {
      ours.insert(order.order_id);
    }
  }
  std::vector<FillKey> foreign;
  for (const TradeTruth& trade : truth.trades) {
    if (!ours.contains(trade.order_id)) {
      foreign.push_back({.pair = pair,
                         .trade_id = TradeId::FromNumber(static_cast<uint64_t>(trade.trade_id)),
                         .side = trade.side});
    }
  }
  return foreign;
}

}  // namespace colibri::simulation
