#include "tools/venue_sim/binance_sim.h"

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "tools/venue_sim/binance/venue.h"

namespace colibri::venue_sim {

using binance::Account;
using binance::Market;
using binance::VenueOrder;
using binance::VenueTrade;
using binance::Word;

namespace {

SimOrderView ViewOf(const Market& market, const VenueOrder& order) {
  return {.symbol = market.symbol(),
          .order_id = order.order_id,
          .client_order_id = order.ticket.client_order_id,
          .former_client_order_ids = order.former_client_ids,
          .side = std::string(Word(order.ticket.side)),
          .type = std::string(Word(order.ticket.type)),
          .status = std::string(Word(order.status)),
          .price = market.PriceOf(order.ticket.price),
          .quantity = market.QuantityOf(order.ticket.quantity),
          .executed_quantity = market.QuantityOf(order.executed),
          .executed_quote = order.executed_quote,
          .is_open = order.is_open()};
}

SimTradeView ViewOf(const Market& market, const VenueTrade& trade) {
  return {.symbol = market.symbol(),
          .trade_id = trade.trade_id,
          .order_id = trade.order_id,
          .price = market.PriceOf(trade.price),
          .quantity = market.QuantityOf(trade.quantity),
          .fee = trade.fee,
          .fee_asset = trade.fee_asset,
          .is_buyer = trade.is_buyer,
          .is_maker = trade.is_maker};
}

}  // namespace

size_t SimAccountView::open_order_count() const {
  return static_cast<size_t>(std::count_if(
      orders.begin(), orders.end(), [](const SimOrderView& order) { return order.is_open; }));
}

BinanceSim::BinanceSim(Clock& clock, BinanceSimOptions options)
    : venue_(std::make_unique<binance::Venue>(clock, std::move(options))) {}

BinanceSim::~BinanceSim() = default;

void BinanceSim::Start() {
  venue_->Start();
}

void BinanceSim::set_sink(SessionSink* sink) {
  venue_->faults().frames().set_sink(sink);
}

HttpReply BinanceSim::Handle(const HttpCall& call) {
  return venue_->Handle(call);
}

SessionId BinanceSim::Open(std::string_view target, std::string_view remote_ip) {
  return venue_->Open(target, remote_ip);
}

void BinanceSim::OnText(SessionId session, std::string_view text) {
  venue_->OnText(session, text);
}

void BinanceSim::Close(SessionId session) {
  venue_->Close(session);
}

Faults& BinanceSim::faults() {
  return venue_->faults();
}

std::optional<SimAccountView> BinanceSim::account(std::string_view api_key) const {
  const Account* account = venue_->state().ledger.FindByKey(api_key);
  if (account == nullptr) {
    return std::nullopt;
  }
  SimAccountView view;
  view.balances = account->balances();
  for (const auto& [symbol, orders] : account->all_orders()) {
    const Market& market = venue_->state().markets.at(symbol);
    for (const auto& [order_id, order] : orders.orders) {
      view.orders.push_back(ViewOf(market, order));
    }
    for (const auto& [trade_id, trades] : orders.trades) {
      for (const VenueTrade& trade : trades) {
        view.trades.push_back(ViewOf(market, trade));
      }
    }
  }
  return view;
}

std::optional<SimBookView> BinanceSim::book(std::string_view symbol) const {
  const auto& markets = venue_->state().markets;
  const auto found = markets.find(symbol);
  if (found == markets.end()) {
    return std::nullopt;
  }
  const Market& market = found->second;
  SimBookView view{.last_update_id = market.last_update_id()};
  for (const BookLevel& level : market.engine.Levels(Side::kBuy, SIZE_MAX)) {
    view.bids.emplace_back(market.PriceOf(level.price), market.QuantityOf(level.quantity));
  }
  for (const BookLevel& level : market.engine.Levels(Side::kSell, SIZE_MAX)) {
    view.asks.emplace_back(market.PriceOf(level.price), market.QuantityOf(level.quantity));
  }
  return view;
}

SimTrafficView BinanceSim::traffic() const {
  SimTrafficView view = venue_->state().traffic.view();
  view.overuse_refusals = venue_->state().limits.refusal_count();
  view.overuse_bans = venue_->state().limits.ban_refusal_count();
  return view;
}

std::map<std::string, Decimal> BinanceSim::total_supply() const {
  return venue_->state().ledger.TotalSupply();
}

HttpReply BinanceSim::AdminCall(std::string_view api_key,
                                std::string_view method,
                                std::string_view target) {
  Account* account = venue_->state().ledger.FindByKey(api_key);
  CHECK(account != nullptr);
  return venue_->AdminCall(*account, method, target);
}

bool BinanceSim::Deposit(std::string_view api_key, std::string_view asset, Decimal amount) {
  return venue_->Deposit(api_key, std::string(asset), amount);
}

void BinanceSim::SetTradersPaused(bool is_paused) {
  if (venue_->traders() != nullptr) {
    venue_->traders()->set_is_paused(is_paused);
  }
}

size_t BinanceSim::session_count() const {
  return venue_->state().users.size() + venue_->state().streams.size();
}

}  // namespace colibri::venue_sim
