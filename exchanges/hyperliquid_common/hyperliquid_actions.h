// Actions: what is asked of the venue and signed, as JSON text in the order of keys in which the
// venue hashes them.
//
//   const std::string action = OrderAction({{.asset = 1, .is_buy = true, .price = "100", .size =
//   "2",
//                                            .terms = LimitTerms("Gtc")}});
//   // {"type":"order","orders":[{"a":1,"b":true,"p":"100","s":"2","r":false,
//   //  "t":{"limit":{"tif":"Gtc"}}}],"grouping":"na"}
//   ActionMsgpack(action)   // the bytes to hash
//
// An action is written once, as JSON; the bytes that are hashed are made of that very text, keys in
// their order, so that what is signed can't differ from what is sent. Decimals are text in
// canonical form (Decimal::ToString gives it: no exponent, no trailing zeros, no "-0"), because the
// text is hashed. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace colibri::hyperliquid {

// "t" of an order: how it is executed, or what triggers it.
[[nodiscard]] std::string LimitTerms(std::string_view time_in_force);  // Gtc, Ioc, Alo
[[nodiscard]] std::string TriggerTerms(bool is_market,
                                       std::string_view trigger_price,
                                       std::string_view kind);  // tp, sl

struct OrderFields {
  uint64_t asset = 0;
  bool is_buy = false;
  std::string price = {};
  std::string size = {};
  bool is_reduce_only = false;
  std::string terms = {};  // LimitTerms or TriggerTerms
  std::string cloid = {};  // empty: none
};

[[nodiscard]] std::string OrderAction(const std::vector<OrderFields>& orders);

struct CancelFields {
  uint64_t asset = 0;
  uint64_t oid = 0;
};
[[nodiscard]] std::string CancelAction(const std::vector<CancelFields>& cancels);

struct CancelByCloidFields {
  uint64_t asset = 0;
  std::string cloid = {};
};
[[nodiscard]] std::string CancelByCloidAction(const std::vector<CancelByCloidFields>& cancels);

// The order that a modification replaces: by the venue's id, or by ours.
using OrderReference = std::variant<uint64_t, std::string>;
[[nodiscard]] std::string ModifyAction(const OrderReference& order, const OrderFields& replacement);

[[nodiscard]] std::string UpdateLeverageAction(uint64_t asset, bool is_cross, int leverage);
// In millionths of a dollar; negative takes margin out.
[[nodiscard]] std::string UpdateIsolatedMarginAction(uint64_t asset, int64_t micro_usd);
// The dead man's switch: everything is canceled at `time`, unless set anew. Without a time: off.
[[nodiscard]] std::string ScheduleCancelAction(std::optional<absl::Time> time);

// An action's MessagePack: maps as written, the shortest forms, integers as integers.
// InvalidArgument for text that is no JSON object, has no "type", or holds a number with a point or
// beyond 64 bits.
[[nodiscard]] absl::StatusOr<std::string> ActionMsgpack(std::string_view action);

}  // namespace colibri::hyperliquid
