#include "tools/venue_sim/hyperliquid/venue_state.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"

#include "core/strings.h"
#include "tools/venue_sim/hyperliquid/msgpack.h"
#include "tools/venue_sim/hyperliquid/signature.h"

namespace colibri::venue_sim::hyperliquid {
namespace {

// Beyond 32 bits, as on the venue, and apart from each other: ids are of the whole venue.
constexpr int64_t kFirstOid = 400'000'000'000;
constexpr int64_t kFirstTid = 200'000'000'000'000;
constexpr int64_t kIdsOfAsset = 1'000'000'000;
constexpr int kNoBanAfter = 1'000'000'000;

SimLimitOptions WeightLimits(const HyperliquidLimits& limits) {
  SimLimitOptions weights;
  weights.request_weight_per_minute = limits.weight_per_minute;
  weights.raw_requests_per_5_minutes = kNoBanAfter;
  weights.refusals_before_ban = kNoBanAfter;
  return weights;
}

}  // namespace

VenueState::VenueState(Clock& clock_in,
                       HyperliquidSimOptions options_in,
                       Faults& faults_in,
                       margin::MarginObserver& observer)
    : clock(clock_in),
      options(std::move(options_in)),
      faults(faults_in),
      random(options.seed),
      exchange(
          {}, [this] { return BlockMs(); }, observer),
      spot(
          options.tokens,
          {.maker = options.spot_maker_fee, .taker = options.spot_taker_fee},
          exchange,
          [this] { return BlockMs(); },
          observer),
      limits(WeightLimits(options.limits)),
      hub(faults_in.frames(), options.limits),
      hold(clock_in) {
  hub.set_now([this] { return NowMs(); });
  for (const HyperliquidCoin& coin : options.coins) {
    margin::Instrument& instrument =
        exchange.AddInstrument(InstrumentSpecOf(coin, options.funding_interval));
    const auto id = static_cast<int>(assets.size());
    instrument.next_order_id = kFirstOid + id * kIdsOfAsset;
    instrument.next_trade_id = kFirstTid + id * kIdsOfAsset;
    instrument.is_trading = !coin.is_delisted;
    assets.emplace_back(id, coin, instrument, NowMs());
    assets.back().has_pinned_prices = !options.background_traders;
  }
  for (const HyperliquidSpotPair& pair : options.pairs) {
    SpotMarket& market = spot.AddPair(pair);
    const auto place = static_cast<int64_t>(assets.size() + spot_assets.size());
    market.instrument.next_order_id = kFirstOid + place * kIdsOfAsset;
    market.instrument.next_trade_id = kFirstTid + place * kIdsOfAsset;
    spot_assets.emplace_back(market, NowMs());
    spot_assets.back().has_pinned_prices = !options.background_traders;
  }
  exchange.insurance().AddWallet(kCollateral, options.insurance_fund);
}

int64_t VenueState::NowMs() const {
  return absl::ToUnixMillis(clock.now() + faults.clock_offset());
}

int64_t VenueState::BlockMs() const {
  const int64_t now_ms = NowMs();
  last_block_ms =
      std::max(last_block_ms, now_ms - now_ms % absl::ToInt64Milliseconds(options.block_time));
  return last_block_ms;
}

User& VenueState::AddUser(const HyperliquidAccount& given) {
  margin::MarginAccount& account = exchange.AddAccount(given.address, /*is_background=*/false);
  account.maker_fee = options.maker_fee;
  account.taker_fee = options.taker_fee;
  account.AddWallet(kCollateral, given.balance);
  for (const Asset& asset : assets) {
    account.settings(asset.instrument).is_isolated = asset.coin.is_only_isolated;
  }
  for (const auto& [token, amount] : given.spot_balances) {
    CHECK(spot.Transfer(account, token, amount));
  }
  users.push_back(std::make_unique<User>(
      User{.account = account,
           .address = given.address,
           .master = given.master,
           .agents = std::set<Address>(given.agents.begin(), given.agents.end()),
           .volume = given.volume_before}));
  return *users.back();
}

User* VenueState::FindUser(std::string_view address) const {
  const std::string wanted = absl::AsciiStrToLower(Abs(address));
  for (const auto& user : users) {
    if (user->address == wanted) {
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

User* VenueState::UserOfSigner(std::string_view signer) const {
  for (const auto& user : users) {
    if ((user->master.empty() && user->address == signer) ||
        user->agents.contains(Address(signer))) {
      return user.get();
    }
  }
  return nullptr;
}

Asset* VenueState::FindPerpetual(std::string_view coin) {
  for (Asset& asset : assets) {
    if (asset.name() == coin) {
      return &asset;
    }
  }
  return nullptr;
}

Asset* VenueState::FindAsset(std::string_view coin) {
  for (Asset& asset : spot_assets) {
    if (asset.name() == coin) {
      return &asset;
    }
  }
  return FindPerpetual(coin);
}

Asset* VenueState::AssetAt(uint64_t id) {
  for (Asset& asset : spot_assets) {
    if (static_cast<uint64_t>(asset.id) == id) {
      return &asset;
    }
  }
  return PerpetualAt(id);
}

margin::PlaceResult VenueState::Place(margin::MarginAccount& account,
                                      Asset& asset,
                                      margin::Ticket ticket) {
  return asset.is_spot() ? spot.Place(account, *asset.spot, std::move(ticket))
                         : exchange.Place(account, asset.instrument, std::move(ticket));
}

void VenueState::Cancel(margin::MarginAccount& account, Asset& asset, margin::MarginOrder& order) {
  if (asset.is_spot()) {
    spot.Cancel(account, *asset.spot, order);
  } else {
    exchange.Cancel(account, asset.instrument, order);
  }
}

Address VenueState::BackgroundAddress(bool is_taker) const {
  return is_taker ? "0x00000000000000000000000000000000007a6b72"
                  : "0x00000000000000000000000000000000006d6b72";
}

std::string VenueState::HashOf(uint64_t number) const {
  std::string bytes = NumberWord(options.seed);
  AppendBigEndian(bytes, number, 8);
  return ToHex(Keccak256(bytes));
}

}  // namespace colibri::venue_sim::hyperliquid
