#include "tests/simulation/truth.h"

#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "core/strings.h"

namespace colibri::simulation {
namespace {

using venue_sim::SimAccountView;
using venue_sim::SimBookView;
using venue_sim::SimOrderView;

// Client order ids of ours begin so; those of orders placed by hand are the venue's own.
constexpr char kOurPrefix[] = "simulated";

void CompareOrders(const Connector& connector,
                   const SimAccountView& account,
                   std::vector<std::string>& differences) {
  const auto differ = [&](const SimOrderView& theirs, std::string_view what) {
    differences.push_back(StrCat("order ", theirs.client_order_id, ": ", what));
  };
  for (const SimOrderView& theirs : account.orders) {
    if (!theirs.client_order_id.starts_with(kOurPrefix)) {
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
    const bool is_filled =
        theirs.status == "FILLED" || (is_cut_full && ours->state == OrderState::kFilled);
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
                 const SimAccountView& account,
                 std::vector<std::string>& differences) {
  std::map<int64_t, std::map<std::string, Decimal>> theirs;  // by order, by asset
  for (const venue_sim::SimTradeView& trade : account.trades) {
    theirs[trade.order_id][trade.fee_asset] += trade.fee;
  }
  for (const SimOrderView& order : account.orders) {
    const Order* ours = order.client_order_id.starts_with(kOurPrefix)
                            ? connector.FindOrder(ClientOrderId(order.client_order_id))
                            : nullptr;
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
                     const SimAccountView& account,
                     std::vector<std::string>& differences) {
  for (const auto& [asset, theirs] : account.balances) {
    const Balance ours = connector.balance(asset);
    if (ours.total != theirs.total() || ours.available != theirs.free) {
      differences.push_back(StrCat("balance of ",
                                   asset,
                                   ": ",
                                   ours.total,
                                   " with ",
                                   ours.available,
                                   " available, at the venue ",
                                   theirs.total(),
                                   " with ",
                                   theirs.free));
    }
  }
}

void CompareBook(const Connector& connector,
                 const SimBookView& theirs,
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

}  // namespace

std::vector<std::string> DifferencesOf(const Connector& connector,
                                       const venue_sim::BinanceSim& venue,
                                       const TradingPair& pair) {
  std::vector<std::string> differences;
  const SimAccountView account = *venue.account(venue_sim::kTestApiKey);
  CompareOrders(connector, account, differences);
  CompareFees(connector, account, differences);
  CompareBalances(connector, account, differences);
  CompareBook(connector, *venue.book(pair.base + pair.quote), pair, differences);
  return differences;
}

std::vector<FillKey> ForeignFillsOf(const venue_sim::BinanceSim& venue, const TradingPair& pair) {
  const SimAccountView account = *venue.account(venue_sim::kTestApiKey);
  std::set<int64_t> ours;
  for (const SimOrderView& order : account.orders) {
    if (order.client_order_id.starts_with(kOurPrefix)) {
      ours.insert(order.order_id);
    }
  }
  std::vector<FillKey> foreign;
  for (const venue_sim::SimTradeView& trade : account.trades) {
    if (!ours.contains(trade.order_id)) {
      foreign.push_back({.pair = pair,
                         .trade_id = TradeId::FromNumber(static_cast<uint64_t>(trade.trade_id)),
                         .side = trade.is_buyer ? Side::kBuy : Side::kSell});
    }
  }
  return foreign;
}

// {"status":"FILLED","executedQty":"0.00100000","updateTime":1700000000000,...}
std::optional<OrderChecker::AtVenue> FindAtVenue(const ClientOrderId& id,
                                                 venue_sim::BinanceSim& venue,
                                                 const TradingPair& pair,
                                                 absl::Time now) {
  const venue_sim::HttpReply reply = venue.AdminCall(
      venue_sim::kTestApiKey,
      "GET",
      StrCat("/api/v3/order?symbol=", pair.base, pair.quote, "&origClientOrderId=", id.view()));
  if (reply.status != 200) {
    return std::nullopt;
  }
  const nlohmann::json order = nlohmann::json::parse(reply.body);
  const std::string status = order.at("status");
  const int64_t updated_ms = order.at("updateTime");
  return OrderChecker::AtVenue{
      .filled = Quantity(*Decimal::Parse(order.at("executedQty").get<std::string>())),
      .is_open = status == "NEW" || status == "PARTIALLY_FILLED" || status == "PENDING_NEW",
      .age = now - absl::FromUnixMillis(updated_ms)};
}

}  // namespace colibri::simulation
