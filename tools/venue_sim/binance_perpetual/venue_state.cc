#include "tools/venue_sim/binance_perpetual/venue_state.h"

#include <set>

#include "core/status_macros.h"

namespace colibri::venue_sim::binance_perpetual {
namespace {

constexpr int kFundingCallsPerFiveMinutes = 500;
constexpr int kDataCallsPerFiveMinutes = 1000;
constexpr int64_t kFirstIncomeId = 9'689'322'392;
// The countdown is looked at about this often.
constexpr int64_t kCountdownGridMs = 10;

SimLimitOptions CallsPerFiveMinutes(int count) {
  SimLimitOptions limits;
  limits.raw_requests_per_5_minutes = count;
  return limits;
}

// Which streams come on which connection: of a routed one those of its class, of an unrouted one
// those that /public has.
bool IsRouted(std::string_view path, std::string_view stream) {
  const size_t at = stream.find('@');
  const std::string_view rest =
      at == std::string_view::npos ? std::string_view() : stream.substr(at + 1);
  const bool is_public = stream == "!bookTicker" || rest.starts_with("bookTicker") ||
                         rest.starts_with("depth") || rest.starts_with("rpiDepth");
  // Undocumented; general clients ask for it on either.
  if (rest == "trade") {
    return true;
  }
  const bool is_market_path = path.find("/market/") != std::string_view::npos;
  return is_public != is_market_path;
}

}  // namespace

VenueState::VenueState(Clock& clock_in,
                       BinancePerpetualSimOptions options_in,
                       Faults& faults_in,
                       margin::MarginObserver& observer)
    : clock(clock_in),
      options(std::move(options_in)),
      faults(faults_in),
      random(options.seed),
      exchange(
          {.liquidation_id_prefix = "autoclose-",
           .deleverage_id_prefix = "adl_autoclose-",
           .first_income_id = kFirstIncomeId},
          [this] { return NowMs(); },
          observer),
      limits(options.limits),
      funding_limits(CallsPerFiveMinutes(kFundingCallsPerFiveMinutes)),
      data_limits(CallsPerFiveMinutes(kDataCallsPerFiveMinutes)),
      streams(faults_in.frames(), options.limits.stream_messages_per_second, IsRouted),
      privates(faults_in.frames(),
               clock_in,
               options.seed ^ 0x6b6579,
               options.listen_key_lifetime,
               options.limits.stream_messages_per_second),
      algos(*this) {
  constexpr int64_t kFirstUpdateId = 1'000'000;
  int64_t update_id = kFirstUpdateId;
  std::set<std::string> collaterals;
  for (const PerpetualSymbol& symbol : options.symbols) {
    margin::Instrument& instrument = exchange.AddInstrument(InstrumentSpecOf(symbol, options));
    Contract& contract = contracts
                             .emplace(std::piecewise_construct,
                                      std::forward_as_tuple(symbol.market.symbol),
                                      std::forward_as_tuple(symbol, instrument, update_id, NowMs()))
                             .first->second;
    contract.has_pinned_prices = !options.background_traders;
    update_id += kFirstUpdateId;
    collaterals.insert(symbol.margin_asset);
  }
  for (const std::string& asset : collaterals) {
    exchange.insurance().AddWallet(asset, options.insurance_fund);
  }
}

VenueState::~VenueState() {
  for (const auto& [key, timer] : countdowns_) {
    clock.CancelTimer(timer);
  }
}

int64_t VenueState::NowMs() const {
  return absl::ToUnixMillis(clock.now() + faults.clock_offset());
}

User& VenueState::AddUser(const SimAccountOptions& given) {
  margin::MarginAccount& account = exchange.AddAccount(given.api_key, /*is_background=*/false);
  account.maker_fee = options.maker_fee;
  account.taker_fee = options.taker_fee;
  account.update_time_ms = NowMs();
  for (const auto& [asset, amount] : given.balances) {
    account.AddWallet(asset, amount);
  }
  users.push_back(std::make_unique<User>(User{
      .account = account,
      .api_key = given.api_key,
      .keys = {.hmac_secret = given.api_secret, .ed25519_public_key = given.ed25519_public_key}}));
  return *users.back();
}

User* VenueState::FindUser(std::string_view api_key) const {
  for (const auto& user : users) {
    if (user->api_key == api_key) {
      return user.get();
    }
  }
  return nullptr;
}

User* VenueState::UserOf(margin::AccountId account) const {
  for (const auto& user : users) {
    if (user->account.id() == account) {
      return user.get();
    }
  }
  return nullptr;
}

binance::KeyRing VenueState::keys() const {
  return [this](std::string_view api_key) -> const binance::AccountKeys* {
    const User* user = FindUser(api_key);
    return user == nullptr ? nullptr : &user->keys;
  };
}

OrError<Contract*> VenueState::RequiredContract(const Params& params) {
  ASSIGN_OR_RETURN(const std::string symbol, params.Required("symbol"));
  const auto found = contracts.find(symbol);
  if (found == contracts.end()) {
    return VenueError{-1121, "Invalid symbol."};
  }
  return &found->second;
}

OrError<std::vector<Contract*>> VenueState::SelectContracts(const Params& params) {
  std::vector<Contract*> selected;
  if (params.Has("symbol")) {
    ASSIGN_OR_RETURN(Contract * contract, RequiredContract(params));
    selected.push_back(contract);
    return selected;
  }
  for (auto& [symbol, contract] : contracts) {
    selected.push_back(&contract);
  }
  return selected;
}

void VenueState::SetCountdown(User& user, Contract& contract, int64_t countdown_ms) {
  TimerId& timer = countdowns_[{user.account.id(), contract.symbol()}];
  clock.CancelTimer(std::exchange(timer, 0));
  if (countdown_ms == 0) {
    return;
  }
  const int64_t rounded = (countdown_ms + kCountdownGridMs - 1) / kCountdownGridMs;
  timer = clock.ScheduleAfter(absl::Milliseconds(rounded * kCountdownGridMs),
                              [this, &user, &contract] { CancelAll(user, contract); });
}

void VenueState::CancelAll(User& user, Contract& contract) {
  margin::InstrumentOrders& orders = user.account.orders(contract.symbol());
  const std::set<int64_t> open = orders.open;
  for (const int64_t order_id : open) {
    margin::MarginOrder* order = orders.Find(order_id);
    if (order != nullptr && order->is_open()) {
      exchange.Cancel(user.account, contract.instrument, *order);
    }
  }
}

}  // namespace colibri::venue_sim::binance_perpetual
