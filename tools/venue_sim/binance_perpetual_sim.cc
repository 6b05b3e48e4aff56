#include "tools/venue_sim/binance_perpetual_sim.h"

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "tools/venue_sim/binance_perpetual/order_words.h"
#include "tools/venue_sim/binance_perpetual/venue.h"

namespace colibri::venue_sim {

using binance_perpetual::Contract;
using binance_perpetual::TypeWord;
using binance_perpetual::User;
using binance_perpetual::Word;

namespace {

PerpetualOrderView ViewOf(const Contract& contract, const margin::MarginOrder& order) {
  return {.symbol = contract.symbol(),
          .order_id = order.order_id,
          .client_order_id = order.ticket.client_order_id,
          .side = std::string(Word(order.ticket.side)),
          .position_side = std::string(Word(order.ticket.position_side)),
          .type = std::string(TypeWord(order.ticket)),
          .status = std::string(Word(order.status)),
          .price = contract.instrument.PriceOf(order.ticket.price),
          .quantity = contract.instrument.QuantityOf(order.ticket.quantity),
          .executed_quantity = contract.instrument.QuantityOf(order.executed),
          .executed_quote = order.executed_quote,
          .reduce_only = order.ticket.reduce_only,
          .is_open = order.is_open()};
}

Contract& Known(binance_perpetual::VenueState& state, std::string_view symbol) {
  const auto found = state.contracts.find(symbol);
  CHECK(found != state.contracts.end());
  return found->second;
}

}  // namespace

size_t PerpetualAccountView::open_order_count() const {
  return static_cast<size_t>(std::count_if(
      orders.begin(), orders.end(), [](const PerpetualOrderView& order) { return order.is_open; }));
}

BinancePerpetualSim::BinancePerpetualSim(Clock& clock, BinancePerpetualSimOptions options)
    : venue_(std::make_unique<binance_perpetual::Venue>(clock, std::move(options))) {}

BinancePerpetualSim::~BinancePerpetualSim() = default;

void BinancePerpetualSim::Start() {
  venue_->Start();
}

void BinancePerpetualSim::set_sink(SessionSink* sink) {
  venue_->faults().frames().set_sink(sink);
}

HttpReply BinancePerpetualSim::Handle(const HttpCall& call) {
  return venue_->Handle(call);
}

SessionId BinancePerpetualSim::Open(std::string_view target, std::string_view remote_ip) {
  return venue_->Open(target, remote_ip);
}

void BinancePerpetualSim::OnText(SessionId session, std::string_view text) {
  venue_->OnText(session, text);
}

void BinancePerpetualSim::Close(SessionId session) {
  venue_->Close(session);
}

Faults& BinancePerpetualSim::faults() {
  return venue_->faults();
}

std::optional<PerpetualAccountView> BinancePerpetualSim::account(std::string_view api_key) const {
  binance_perpetual::VenueState& state = venue_->state();
  const User* user = state.FindUser(api_key);
  if (user == nullptr) {
    return std::nullopt;
  }
  PerpetualAccountView view{.income = user->account.income(),
                            .is_two_sided = user->account.is_two_sided};
  for (const auto& [symbol, contract] : state.contracts) {
    const std::string& asset = contract.spec.margin_asset;
    view.collateral[asset] = state.exchange.Figures(user->account, asset);
  }
  for (const auto& [asset, amount] : user->account.wallets()) {
    view.collateral[asset] = state.exchange.Figures(user->account, asset);
  }
  for (const auto& [key, position] : user->account.positions()) {
    const margin::Instrument& instrument = state.ContractOf(key.first).instrument;
    if (position.is_open()) {
      view.positions.push_back({.symbol = key.first,
                                .position_side = std::string(Word(key.second)),
                                .quantity = instrument.QuantityOf(position.quantity),
                                .entry_price = margin::EntryPrice(instrument, position),
                                .unrealized_profit = margin::UnrealizedProfit(instrument, position),
                                .isolated_wallet = position.isolated_wallet});
    }
  }
  for (const auto& [symbol, orders] : user->account.all_orders()) {
    const Contract& contract = state.ContractOf(symbol);
    for (const auto& [order_id, order] : orders.orders) {
      view.orders.push_back(ViewOf(contract, order));
    }
    for (const auto& [trade_id, trades] : orders.trades) {
      view.trades.insert(view.trades.end(), trades.begin(), trades.end());
    }
  }
  for (const binance_perpetual::AlgoOrder* algo :
       state.algos.Select(user->account.id(), "", /*only_waiting=*/false)) {
    const margin::Instrument& instrument = state.ContractOf(algo->symbol).instrument;
    view.algos.push_back({.client_algo_id = algo->client_algo_id,
                          .status = algo->status,
                          .order_id = algo->order_id,
                          .quantity = instrument.QuantityOf(algo->ticket.quantity)});
  }
  return view;
}

std::optional<PerpetualBookView> BinancePerpetualSim::book(std::string_view symbol) const {
  const auto& contracts = venue_->state().contracts;
  const auto found = contracts.find(symbol);
  if (found == contracts.end()) {
    return std::nullopt;
  }
  const margin::Instrument& instrument = found->second.instrument;
  PerpetualBookView view{.last_update_id = found->second.market.last_update_id()};
  for (const BookLevel& level : instrument.book.Levels(Side::kBuy, SIZE_MAX)) {
    view.bids.emplace_back(instrument.PriceOf(level.price), instrument.QuantityOf(level.quantity));
  }
  for (const BookLevel& level : instrument.book.Levels(Side::kSell, SIZE_MAX)) {
    view.asks.emplace_back(instrument.PriceOf(level.price), instrument.QuantityOf(level.quantity));
  }
  return view;
}

SimTrafficView BinancePerpetualSim::traffic() const {
  SimTrafficView view = venue_->state().traffic.view();
  view.overuse_refusals = venue_->state().limits.refusal_count();
  view.overuse_bans = venue_->state().limits.ban_refusal_count();
  return view;
}

std::map<std::string, Decimal> BinancePerpetualSim::total_supply() const {
  return venue_->state().exchange.TotalSupply();
}

HttpReply BinancePerpetualSim::AdminCall(std::string_view api_key,
                                         std::string_view method,
                                         std::string_view target) {
  User* user = venue_->state().FindUser(api_key);
  CHECK(user != nullptr);
  return venue_->AdminCall(*user, method, target);
}

bool BinancePerpetualSim::Deposit(std::string_view api_key,
                                  std::string_view asset,
                                  Decimal amount) {
  User* user = venue_->state().FindUser(api_key);
  return user != nullptr &&
         venue_->state().exchange.Transfer(user->account, std::string(asset), amount) ==
             margin::Refusal::kNone;
}

void BinancePerpetualSim::SetPrices(std::string_view symbol, Decimal index, Decimal mark) {
  Contract& contract = Known(venue_->state(), symbol);
  contract.has_pinned_prices = true;
  venue_->state().exchange.SetPrices(contract.instrument, index, mark);
  venue_->state().algos.CheckAll();
}

void BinancePerpetualSim::SetFundingRate(std::string_view symbol, std::optional<Decimal> rate) {
  venue_->state().exchange.PinFundingRate(Known(venue_->state(), symbol).instrument, rate);
}

void BinancePerpetualSim::SetSymbolStatus(std::string_view symbol, std::string_view status) {
  Contract& contract = Known(venue_->state(), symbol);
  contract.status = std::string(status);
  contract.instrument.is_trading = status == "TRADING";
  venue_->publisher().PublishContractInfo(contract);
}

void BinancePerpetualSim::DrainInsuranceFund() {
  margin::MarginAccount& fund = venue_->state().exchange.insurance();
  const std::map<std::string, Decimal, std::less<>> wallets = fund.wallets();
  for (const auto& [asset, amount] : wallets) {
    fund.AddWallet(asset, -amount);
  }
}

void BinancePerpetualSim::SetTradersPaused(bool is_paused) {
  if (venue_->traders() != nullptr) {
    venue_->traders()->set_is_paused(is_paused);
  }
}

size_t BinancePerpetualSim::session_count() const {
  return venue_->session_count();
}

}  // namespace colibri::venue_sim
