#include "tools/venue_sim/binance/venue_order.h"

#include <array>
#include <utility>

#include "core/check.h"

namespace colibri::venue_sim::binance {
namespace {

template <typename Value, size_t kSize>
using Words = std::array<std::pair<Value, std::string_view>, kSize>;

constexpr Words<VenueOrderType, 5> kTypes = {{
    {VenueOrderType::kLimit, "LIMIT"},
    {VenueOrderType::kMarket, "MARKET"},
    {VenueOrderType::kLimitMaker, "LIMIT_MAKER"},
    {VenueOrderType::kStopLossLimit, "STOP_LOSS_LIMIT"},
    {VenueOrderType::kTakeProfitLimit, "TAKE_PROFIT_LIMIT"},
}};
constexpr Words<VenueOrderStatus, 6> kStatuses = {{
    {VenueOrderStatus::kNew, "NEW"},
    {VenueOrderStatus::kPartiallyFilled, "PARTIALLY_FILLED"},
    {VenueOrderStatus::kFilled, "FILLED"},
    {VenueOrderStatus::kCanceled, "CANCELED"},
    {VenueOrderStatus::kExpired, "EXPIRED"},
    {VenueOrderStatus::kExpiredInMatch, "EXPIRED_IN_MATCH"},
}};
constexpr Words<Side, 2> kSides = {{{Side::kBuy, "BUY"}, {Side::kSell, "SELL"}}};
constexpr Words<TimeInForce, 3> kTimesInForce = {{
    {TimeInForce::kGtc, "GTC"},
    {TimeInForce::kIoc, "IOC"},
    {TimeInForce::kFok, "FOK"},
}};
constexpr Words<SelfTradePrevention, 4> kPreventions = {{
    {SelfTradePrevention::kNone, "NONE"},
    {SelfTradePrevention::kExpireTaker, "EXPIRE_TAKER"},
    {SelfTradePrevention::kExpireMaker, "EXPIRE_MAKER"},
    {SelfTradePrevention::kExpireBoth, "EXPIRE_BOTH"},
}};

template <typename Value, size_t kSize>
std::string_view Lookup(const Words<Value, kSize>& words, Value value) {
  for (const auto& [candidate, word] : words) {
    if (candidate == value) {
      return word;
    }
  }
  CHECK(false);
  return "";
}

template <typename Value, size_t kSize>
std::optional<Value> Find(const Words<Value, kSize>& words, std::string_view text) {
  for (const auto& [value, word] : words) {
    if (word == text) {
      return value;
    }
  }
  return std::nullopt;
}

}  // namespace

std::string_view Word(VenueOrderType type) {
  return Lookup(kTypes, type);
}
std::string_view Word(VenueOrderStatus status) {
  return Lookup(kStatuses, status);
}
std::string_view Word(Side side) {
  return Lookup(kSides, side);
}
std::string_view Word(TimeInForce time_in_force) {
  return Lookup(kTimesInForce, time_in_force);
}
std::string_view Word(SelfTradePrevention mode) {
  return Lookup(kPreventions, mode);
}

std::optional<VenueOrderType> ParseVenueOrderType(std::string_view word) {
  return Find(kTypes, word);
}
std::optional<Side> ParseVenueSide(std::string_view word) {
  return Find(kSides, word);
}
std::optional<TimeInForce> ParseVenueTimeInForce(std::string_view word) {
  return Find(kTimesInForce, word);
}
std::optional<SelfTradePrevention> ParseVenuePrevention(std::string_view word) {
  return Find(kPreventions, word);
}

}  // namespace colibri::venue_sim::binance
