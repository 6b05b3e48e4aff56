// What the margin exchange says of accounts, as the venue's records of them.
#include <utility>

#include <nlohmann/json.hpp>

#include "tools/venue_sim/hyperliquid/publisher.h"
#include "tools/venue_sim/hyperliquid/render.h"

namespace colibri::venue_sim::hyperliquid {
namespace {

std::string DirectionOf(Side side, Decimal start, Decimal size) {
  if (side == Side::kBuy) {
    return !start.is_negative() ? "Open Long" : size > -start ? "Short > Long" : "Close Short";
  }
  return !start.is_positive() ? "Open Short" : size > start ? "Long > Short" : "Close Long";
}

std::string EndWord(const margin::MarginOrder& order) {
  switch (order.end_reason) {
    case margin::EndReason::kSelfTrade:
      return "selfTradeCanceled";
    case margin::EndReason::kImmediate:
      return order.executed == 0 ? "iocCancelRejected" : "canceled";
    case margin::EndReason::kReduceOnly:
      return "reduceOnlyCanceled";
    case margin::EndReason::kLiquidation:
      return "liquidatedCanceled";
    case margin::EndReason::kNoLiquidity:
      return "marketOrderNoLiquidityRejected";
    case margin::EndReason::kWouldTake:
      return "badAloPxRejected";
    default:
      return "canceled";
  }
}

bool IsImmediate(const OrderRecord& record) {
  return record.tif == "Ioc" || record.tif == "FrontendMarket";
}

}  // namespace

void Publisher::OnExecution(margin::MarginAccount& account,
                            const margin::Instrument& instrument,
                            const margin::ExecutionNote& note) {
  User* user = state_.UserOf(account.id());
  if (user == nullptr) {
    return;
  }
  Asset& asset = state_.AssetOf(instrument);
  user->has_new_state = true;
  if (note.trade != nullptr && asset.is_spot()) {
    AddSpotFill(*user, asset, note);
  } else if (note.trade != nullptr) {
    AddFill(*user, asset, note);
  }
  // The orders that the venue makes to close a position are nobody's.
  if (note.order.origin == margin::Origin::kOwner) {
    UpdateRecord(*user, asset, note);
  }
}

void Publisher::AddFill(User& user, Asset& asset, const margin::ExecutionNote& note) {
  const margin::MarginTrade& trade = *note.trade;
  const margin::Instrument& instrument = asset.instrument;
  const margin::Position& position =
      user.account.position(asset.name(), margin::PositionSide::kNet);
  const int64_t change = trade.side == Side::kBuy ? trade.quantity : -trade.quantity;
  const Decimal start = instrument.QuantityOf(position.quantity - change);
  const bool is_own = note.order.origin == margin::Origin::kOwner;
  Fill fill{.coin = asset.name(),
            .price = instrument.PriceOf(trade.price),
            .size = instrument.QuantityOf(trade.quantity),
            .side = trade.side,
            .time_ms = trade.time_ms,
            .start_position = start,
            .direction = DirectionOf(trade.side, start, instrument.QuantityOf(trade.quantity)),
            .closed_profit = trade.realized,
            .hash = state_.HashOf(static_cast<uint64_t>(trade.trade_id)),
            .oid = trade.order_id,
            .is_taker = !trade.is_maker,
            .fee = trade.fee,
            .fee_token = trade.fee_asset,
            .tid = trade.trade_id,
            .cloid = is_own ? note.order.ticket.client_order_id : ""};
  if (note.order.origin == margin::Origin::kDeleverage) {
    fill.direction = "Auto-Deleveraging";
  } else if (!is_own) {
    fill.liquidated = user.address;
    fill.mark = asset.shown_mark();
  }
  user.volume += trade.quote;
  asset.owners[{trade.trade_id, trade.side}] = user.address;
  FundingSums& sums = user.funding_sums[asset.name()];
  sums.since_change = Decimal();
  const bool has_flipped = start.is_negative() != (position.quantity < 0);
  if (start.is_zero() || position.quantity == 0 || has_flipped) {
    sums.since_open = Decimal();
  }
  KeepFill(user, std::move(fill));
}

void Publisher::AddSpotFill(User& user, Asset& asset, const margin::ExecutionNote& note) {
  const margin::MarginTrade& trade = *note.trade;
  const Decimal size = asset.instrument.QuantityOf(trade.quantity);
  const Decimal now = state_.spot.WalletsOf(user.account).at(asset.spot->base.index).total;
  const bool is_buy = trade.side == Side::kBuy;
  user.volume += trade.quote;
  asset.owners[{trade.trade_id, trade.side}] = user.address;
  KeepFill(user,
           {.coin = asset.name(),
            .price = asset.instrument.PriceOf(trade.price),
            .size = size,
            .side = trade.side,
            .time_ms = trade.time_ms,
            .start_position = is_buy ? now - size + trade.fee : now + size,
            .direction = is_buy ? "Buy" : "Sell",
            .closed_profit = trade.realized,
            .hash = state_.HashOf(static_cast<uint64_t>(trade.trade_id)),
            .oid = trade.order_id,
            .is_taker = !trade.is_maker,
            .fee = trade.fee,
            .fee_token = trade.fee_asset,
            .tid = trade.trade_id,
            .cloid = note.order.ticket.client_order_id});
}

void Publisher::KeepFill(User& user, Fill fill) {
  user.fills.push_back(fill);
  if (user.fills.size() > User::kFillsKept) {
    user.fills.pop_front();
  }
  user.new_fills.push_back(std::move(fill));
}

void Publisher::UpdateRecord(User& user, Asset& asset, const margin::ExecutionNote& note) {
  const margin::MarginOrder& order = note.order;
  OrderRecord* record = user.orders.Find(order.order_id);
  if (note.kind == margin::ExecutionKind::kNew) {
    // The record of a triggered order has been there before.
    if (record == nullptr) {
      record = &user.orders.Add({.asset = asset.id,
                                 .coin = asset.name(),
                                 .oid = order.order_id,
                                 .cloid = order.ticket.client_order_id,
                                 .side = order.ticket.side,
                                 .price = asset.instrument.PriceOf(order.ticket.price),
                                 .size = asset.instrument.QuantityOf(order.ticket.quantity),
                                 .full_size = asset.instrument.QuantityOf(order.ticket.quantity),
                                 .tif = order.ticket.memo,
                                 .is_reduce_only = order.ticket.reduce_only,
                                 .placed_ms = order.time_ms,
                                 .status = "open",
                                 .status_ms = order.time_ms});
      if (!IsImmediate(*record)) {
        NoteOrder(user, *record);
      }
    }
    return;
  }
  record->size = asset.instrument.QuantityOf(order.remaining());
  record->filled_quote = order.executed_quote;
  record->status_ms = state_.BlockMs();
  if (order.is_open()) {
    record->status = "open";
    if (!IsImmediate(*record)) {
      NoteOrder(user, *record);
    }
    return;
  }
  const auto given_word = user.end_words.find(order.order_id);
  const bool is_forced = note.kind == margin::ExecutionKind::kExpired &&
                         order.end_reason != margin::EndReason::kImmediate;
  if (note.kind == margin::ExecutionKind::kTrade) {
    record->status = "filled";
  } else if (given_word != user.end_words.end()) {
    record->status = given_word->second;
    user.end_words.erase(given_word);
  } else {
    record->status = EndWord(order);
  }
  NoteOrder(user, *record);
  if (is_forced) {
    user.taken_away.push_back(*record);
  }
  user.orders.Close(*record);
}

void Publisher::NoteLedger(User& user, std::string delta) {
  constexpr uint64_t kHashesOfLedger = uint64_t{1} << 62;  // apart from those of trades
  user.ledger.push_back({.time_ms = state_.BlockMs(),
                         .hash = state_.HashOf(kHashesOfLedger + ++ledger_rows_),
                         .delta = std::move(delta)});
  if (user.ledger.size() > User::kLedgerKept) {
    user.ledger.pop_front();
  }
  TellUser(user,
           "userNonFundingLedgerUpdates",
           "userNonFundingLedgerUpdates",
           {{"user", user.address},
            {"nonFundingLedgerUpdates", Json::array({LedgerJson(user.ledger.back())})}});
}

void Publisher::OnAccount(margin::MarginAccount& account, const margin::AccountNote& note) {
  User* user = state_.UserOf(account.id());
  if (user == nullptr) {
    return;
  }
  user->has_new_state = true;
  if (note.reason != margin::AccountReason::kFunding) {
    return;
  }
  const margin::Income& income = account.income().back();
  const Asset& asset = *state_.FindAsset(income.symbol);
  const margin::Position& position = account.position(income.symbol, margin::PositionSide::kNet);
  const FundingRow row{.time_ms = asset.instrument.next_funding_ms,
                       .hash = state_.HashOf(static_cast<uint64_t>(income.id) << 8),
                       .coin = income.symbol,
                       .amount = income.amount,
                       .position = asset.instrument.QuantityOf(position.quantity),
                       .rate = asset.instrument.funding_rate};
  FundingSums& sums = user->funding_sums[income.symbol];
  for (Decimal* sum : {&sums.all_time, &sums.since_open, &sums.since_change}) {
    *sum -= income.amount;
  }
  user->fundings.push_back(row);
  if (user->fundings.size() > User::kFundingsKept) {
    user->fundings.pop_front();
  }
  TellUser(*user,
           "userFundings",
           "userFundings",
           {{"user", user->address}, {"fundings", Json::array({FundingEventJson(row)})}});
  TellUser(*user, "userEvents", "user", Json{{"funding", FundingEventJson(row)}});
}

void Publisher::OnLiquidation(const margin::Instrument& instrument,
                              const margin::MarginOrder& order) {
  User* user = state_.UserOf(order.account);
  if (user == nullptr) {
    return;
  }
  const margin::MarginFigures figures = state_.exchange.Figures(user->account, kCollateral);
  TellUser(
      *user,
      "userEvents",
      "user",
      Json{{"liquidation",
            {{"lid", order.order_id},
             {"liquidator", state_.BackgroundAddress(/*is_taker=*/true)},
             {"liquidated_user", user->address},
             {"liquidated_ntl_pos", NumberText(instrument.NotionalAtMark(order.ticket.quantity))},
             {"liquidated_account_value", NumberText(figures.wallet + figures.profit)}}}});
}

void Publisher::OnFunding(const margin::Instrument& instrument,
                          const margin::FundingSettlement& paid) {
  Asset& asset = state_.AssetOf(instrument);
  asset.fundings.push_back(
      {.time_ms = paid.time_ms, .rate = paid.rate, .premium = asset.premium()});
  if (asset.fundings.size() > Asset::kFundingsKept) {
    asset.fundings.pop_front();
  }
}

}  // namespace colibri::venue_sim::hyperliquid
