#include "exchanges/hyperliquid_common/hyperliquid_actions.h"

#include <simdjson.h>

#include "absl/status/status.h"

#include "auth/msgpack_writer.h"
#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri::hyperliquid {
namespace {

std::string_view Boolean(bool value) {
  return value ? "true" : "false";
}

// Every text here is made of digits, letters and points by us: nothing to escape.
std::string Quoted(std::string_view text) {
  return StrCat("\"", text, "\"");
}

template <typename Fields, typename Write>
std::string Array(const std::vector<Fields>& items, Write write) {
  std::string array = "[";
  for (const Fields& item : items) {
    array.append(array.size() == 1 ? "" : ",").append(write(item));
  }
  return array + "]";
}

std::string OrderText(const OrderFields& order) {
  return StrCat("{\"a\":",
                order.asset,
                ",\"b\":",
                Boolean(order.is_buy),
                ",\"p\":",
                Quoted(order.price),
                ",\"s\":",
                Quoted(order.size),
                ",\"r\":",
                Boolean(order.is_reduce_only),
                ",\"t\":",
                order.terms,
                order.cloid.empty() ? "" : StrCat(",\"c\":", Quoted(order.cloid)),
                "}");
}

absl::Status Pack(simdjson::dom::element element, MsgpackWriter& out);

absl::Status PackObject(simdjson::dom::object object, MsgpackWriter& out) {
  out.Map(object.size());
  for (const simdjson::dom::key_value_pair field : object) {
    out.String(field.key);
    RETURN_IF_ERROR(Pack(field.value, out));
  }
  return absl::OkStatus();
}

absl::Status PackArray(simdjson::dom::array array, MsgpackWriter& out) {
  out.Array(array.size());
  for (const simdjson::dom::element element : array) {
    RETURN_IF_ERROR(Pack(element, out));
  }
  return absl::OkStatus();
}

absl::Status Pack(simdjson::dom::element element, MsgpackWriter& out) {
  switch (element.type()) {
    case simdjson::dom::element_type::OBJECT:
      return PackObject(element.get_object().value_unsafe(), out);
    case simdjson::dom::element_type::ARRAY:
      return PackArray(element.get_array().value_unsafe(), out);
    case simdjson::dom::element_type::STRING:
      out.String(element.get_string().value_unsafe());
      return absl::OkStatus();
    case simdjson::dom::element_type::INT64:
      out.Signed(element.get_int64().value_unsafe());
      return absl::OkStatus();
    case simdjson::dom::element_type::UINT64:
      out.Unsigned(element.get_uint64().value_unsafe());
      return absl::OkStatus();
    case simdjson::dom::element_type::BOOL:
      out.Bool(element.get_bool().value_unsafe());
      return absl::OkStatus();
    case simdjson::dom::element_type::NULL_VALUE:
      out.Nil();
      return absl::OkStatus();
    case simdjson::dom::element_type::DOUBLE:
      break;
  }
  return absl::InvalidArgumentError(
      "an action holds a number with a point or an exponent; decimals are text, because their "
      "digits are hashed");
}

}  // namespace

std::string LimitTerms(std::string_view time_in_force) {
  return StrCat("{\"limit\":{\"tif\":", Quoted(time_in_force), "}}");
}

std::string TriggerTerms(bool is_market, std::string_view trigger_price, std::string_view kind) {
  return StrCat("{\"trigger\":{\"isMarket\":",
                Boolean(is_market),
                ",\"triggerPx\":",
                Quoted(trigger_price),
                ",\"tpsl\":",
                Quoted(kind),
                "}}");
}

std::string OrderAction(const std::vector<OrderFields>& orders) {
  return StrCat(
      "{\"type\":\"order\",\"orders\":", Array(orders, OrderText), ",\"grouping\":\"na\"}");
}

std::string CancelAction(const std::vector<CancelFields>& cancels) {
  return StrCat("{\"type\":\"cancel\",\"cancels\":",
                Array(cancels,
                      [](const CancelFields& cancel) {
                        return StrCat("{\"a\":", cancel.asset, ",\"o\":", cancel.oid, "}");
                      }),
                "}");
}

std::string CancelByCloidAction(const std::vector<CancelByCloidFields>& cancels) {
  return StrCat("{\"type\":\"cancelByCloid\",\"cancels\":",
                Array(cancels,
                      [](const CancelByCloidFields& cancel) {
                        return StrCat(
                            "{\"asset\":", cancel.asset, ",\"cloid\":", Quoted(cancel.cloid), "}");
                      }),
                "}");
}

std::string ModifyAction(const OrderReference& order, const OrderFields& replacement) {
  const uint64_t* const oid = std::get_if<uint64_t>(&order);
  return StrCat("{\"type\":\"modify\",\"oid\":",
                oid != nullptr ? StrCat(*oid) : Quoted(std::get<std::string>(order)),
                ",\"order\":",
                OrderText(replacement),
                "}");
}

std::string UpdateLeverageAction(uint64_t asset, bool is_cross, int leverage) {
  return StrCat("{\"type\":\"updateLeverage\",\"asset\":",
                asset,
                ",\"isCross\":",
                Boolean(is_cross),
                ",\"leverage\":",
                leverage,
                "}");
}

std::string UpdateIsolatedMarginAction(uint64_t asset, int64_t micro_usd) {
  return StrCat("{\"type\":\"updateIsolatedMargin\",\"asset\":",
                asset,
                ",\"isBuy\":true,\"ntli\":",
                micro_usd,
                "}");
}

std::string ScheduleCancelAction(std::optional<absl::Time> time) {
  return StrCat("{\"type\":\"scheduleCancel\"",
                time.has_value() ? StrCat(",\"time\":", absl::ToUnixMillis(*time)) : "",
                "}");
}

absl::StatusOr<std::string> ActionMsgpack(std::string_view action) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  const simdjson::error_code error =
      parser.parse(simdjson::padded_string(action)).get_object().get(object);
  if (error != simdjson::SUCCESS) {
    return absl::InvalidArgumentError(
        StrCat("an action is a JSON object, this text is not: ", simdjson::error_message(error)));
  }
  if (object["type"].error() != simdjson::SUCCESS) {
    return absl::InvalidArgumentError(
        "an action begins with its \"type\", and this object has none; give the action alone, "
        "without nonce and signature");
  }
  MsgpackWriter out;
  RETURN_IF_ERROR(PackObject(object, out));
  return out.bytes();
}

}  // namespace colibri::hyperliquid
