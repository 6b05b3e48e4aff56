#include "tools/venue_sim/hyperliquid_sim.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/check.h"
#include "tools/venue_sim/hyperliquid/venue.h"

namespace colibri::venue_sim {

using hyperliquid::Asset;
using hyperliquid::User;

namespace {

Asset& Known(hyperliquid::VenueState& state, std::string_view coin) {
  Asset* asset = state.FindAsset(coin);
  CHECK(asset != nullptr);
  return *asset;
}

HyperliquidOrderView ViewOf(const hyperliquid::OrderRecord& record) {
  return {.coin = record.coin,
          .oid = record.oid,
          .cloid = record.cloid,
          .is_buy = record.side == Side::kBuy,
          .price = record.price,
          .full_size = record.full_size,
          .size = record.size,
          .status = record.status,
          .status_time_ms = record.status_ms,
          .filled_quote = record.filled_quote,
          .is_open = record.is_open()};
}

HyperliquidFillView ViewOf(const hyperliquid::Fill& fill) {
  return {.coin = fill.coin,
          .tid = fill.tid,
          .oid = fill.oid,
          .cloid = fill.cloid,
          .is_buy = fill.side == Side::kBuy,
          .price = fill.price,
          .size = fill.size,
          .fee = fill.fee,
          .fee_token = fill.fee_token,
          .closed_profit = fill.closed_profit,
          .is_taker = fill.is_taker};
}

}  // namespace

size_t HyperliquidAccountView::open_order_count() const {
  return static_cast<size_t>(std::count_if(
      orders.begin(), orders.end(), [](const HyperliquidOrderView& one) { return one.is_open; }));
}

HyperliquidSpotBalanceView HyperliquidAccountView::SpotBalance(int token) const {
  const auto found = std::find_if(
      spot.begin(), spot.end(), [&](const auto& balance) { return balance.token == token; });
  return found == spot.end() ? HyperliquidSpotBalanceView{.token = token} : *found;
}

HyperliquidSim::HyperliquidSim(Clock& clock, HyperliquidSimOptions options)
    : venue_(std::make_unique<hyperliquid::Venue>(clock, std::move(options))) {}

HyperliquidSim::~HyperliquidSim() = default;

void HyperliquidSim::Start() {
  venue_->Start();
}

void HyperliquidSim::set_sink(SessionSink* sink) {
  venue_->faults().frames().set_sink(sink);
}

HttpReply HyperliquidSim::Handle(const HttpCall& call) {
  return venue_->Handle(call);
}

SessionId HyperliquidSim::Open(std::string_view target, std::string_view remote_ip) {
  return venue_->Open(target, remote_ip);
}

void HyperliquidSim::OnText(SessionId session, std::string_view text) {
  venue_->OnText(session, text);
}

void HyperliquidSim::Close(SessionId session) {
  venue_->Close(session);
}

Faults& HyperliquidSim::faults() {
  return venue_->faults();
}

std::optional<HyperliquidAccountView> HyperliquidSim::account(std::string_view address) const {
  hyperliquid::VenueState& state = venue_->state();
  const User* user = state.FindUser(address);
  if (user == nullptr) {
    return std::nullopt;
  }
  HyperliquidAccountView view{
      .figures = state.exchange.Figures(user->account, hyperliquid::kCollateral),
      .actions_used = user->actions_used};
  for (const Asset& asset : state.assets) {
    const margin::Position* position =
        user->account.FindPosition(asset.name(), margin::PositionSide::kNet);
    if (position == nullptr || !position->is_open()) {
      continue;
    }
    const margin::InstrumentSettings settings = user->account.settings(asset.instrument);
    view.positions.push_back(
        {.coin = asset.name(),
         .size = asset.instrument.QuantityOf(position->quantity),
         .entry_price = margin::EntryPrice(asset.instrument, *position),
         .unrealized_profit = margin::UnrealizedProfit(asset.instrument, *position),
         .leverage = settings.leverage,
         .is_isolated = settings.is_isolated});
  }
  for (const auto& [oid, record] : user->orders.all()) {
    view.orders.push_back(ViewOf(record));
  }
  for (const hyperliquid::Fill& fill : user->fills) {
    view.fills.push_back(ViewOf(fill));
  }
  for (const hyperliquid::FundingRow& row : user->fundings) {
    view.fundings.push_back(
        {.coin = row.coin, .time_ms = row.time_ms, .amount = row.amount, .rate = row.rate});
  }
  for (const auto& [token, wallet] : state.spot.WalletsOf(user->account)) {
    view.spot.push_back({.token = token,
                         .name = state.spot.FindToken(token)->name,
                         .total = wallet.total,
                         .hold = wallet.hold});
  }
  return view;
}

std::optional<HyperliquidBookView> HyperliquidSim::book(std::string_view coin) const {
  const Asset* asset = venue_->state().FindAsset(coin);
  if (asset == nullptr) {
    return std::nullopt;
  }
  const margin::Instrument& instrument = asset->instrument;
  HyperliquidBookView view;
  for (const BookLevel& level : instrument.book.Levels(Side::kBuy, SIZE_MAX)) {
    view.bids.emplace_back(instrument.PriceOf(level.price), instrument.QuantityOf(level.quantity));
  }
  for (const BookLevel& level : instrument.book.Levels(Side::kSell, SIZE_MAX)) {
    view.asks.emplace_back(instrument.PriceOf(level.price), instrument.QuantityOf(level.quantity));
  }
  return view;
}

std::optional<HyperliquidOrderView> HyperliquidSim::FindOrder(std::string_view address,
                                                              std::string_view cloid) const {
  User* user = venue_->state().FindUser(address);
  const hyperliquid::OrderRecord* record =
      user == nullptr ? nullptr : user->orders.FindByCloid(cloid);
  return record == nullptr ? std::nullopt : std::optional(ViewOf(*record));
}

int64_t HyperliquidSim::block_time_ms() const {
  return venue_->state().BlockMs();
}

SimTrafficView HyperliquidSim::traffic() const {
  SimTrafficView view = venue_->state().traffic.view();
  view.overuse_refusals = venue_->state().limits.refusal_count();
  view.overuse_bans = venue_->state().limits.ban_refusal_count();
  return view;
}

Decimal HyperliquidSim::total_supply() const {
  return venue_->state().exchange.TotalSupply().at(hyperliquid::kCollateral);
}

std::map<int, Decimal> HyperliquidSim::spot_supply() const {
  return venue_->state().spot.TotalSupply();
}

std::string HyperliquidSim::AdminAction(std::string_view address, std::string_view action) {
  User* user = venue_->state().FindUser(address);
  CHECK(user != nullptr);
  return hyperliquid::Text(venue_->AdminAction(*user, hyperliquid::ParseText(action)));
}

bool HyperliquidSim::Deposit(std::string_view address, Decimal amount) {
  User* user = venue_->state().FindUser(address);
  return user != nullptr &&
         venue_->state().exchange.Transfer(user->account, hyperliquid::kCollateral, amount) ==
             margin::Refusal::kNone;
}

bool HyperliquidSim::DepositSpot(std::string_view address, int token, Decimal amount) {
  User* user = venue_->state().FindUser(address);
  return user != nullptr && venue_->state().spot.Transfer(user->account, token, amount);
}

void HyperliquidSim::SetPrices(std::string_view coin, Decimal index, Decimal mark) {
  Asset& asset = Known(venue_->state(), coin);
  asset.has_pinned_prices = true;
  if (asset.is_spot()) {
    asset.instrument.mark = mark;
    return;
  }
  venue_->state().exchange.SetPrices(asset.instrument, index, mark);
}

void HyperliquidSim::SetFundingRate(std::string_view coin, std::optional<Decimal> rate) {
  Asset* asset = venue_->state().FindPerpetual(coin);
  CHECK(asset != nullptr);
  venue_->state().exchange.PinFundingRate(asset->instrument, rate);
}

void HyperliquidSim::DrainInsuranceFund() {
  margin::MarginAccount& fund = venue_->state().exchange.insurance();
  fund.AddWallet(hyperliquid::kCollateral, -fund.wallet(hyperliquid::kCollateral));
}

void HyperliquidSim::SetTradersPaused(bool is_paused) {
  for (binance::Traders* traders : venue_->traders()) {
    traders->set_is_paused(is_paused);
  }
}

size_t HyperliquidSim::session_count() const {
  return venue_->state().hub.size();
}

}  // namespace colibri::venue_sim
