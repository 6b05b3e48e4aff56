#include "tools/cli/journal_text.h"

#include <algorithm>
#include <string_view>
#include <type_traits>
#include <variant>

#include <nlohmann/json.hpp>

#include "core/strings.h"

namespace colibri::cli {
namespace {

using nlohmann::ordered_json;

bool IsFinite(absl::Time time) {
  return time != absl::InfinitePast() && time != absl::InfiniteFuture();
}

std::string TimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", time, absl::UTCTimeZone());
}

// Puts fields into an object; what is empty or not set stays out.
class Fields {
 public:
  explicit Fields(ordered_json& json) : json_(json) {}

  void Put(const char* name, std::string_view text) {
    if (!text.empty()) {
      json_[name] = text;
    }
  }
  void Put(const char* name, const std::string& text) { Put(name, std::string_view(text)); }
  template <typename Tag, size_t kCapacity>
  void Put(const char* name, const InlineId<Tag, kCapacity>& id) {
    Put(name, id.view());
  }
  void Put(const char* name, absl::Time time) {
    if (IsFinite(time)) {
      json_[name] = TimeText(time);
    }
  }
  template <typename Tag>
  void Put(const char* name, Unit<Tag> value) {
    json_[name] = value.ToString();
  }
  template <typename T>
  void Put(const char* name, const std::optional<T>& value) {
    if (value.has_value()) {
      Put(name, *value);
    }
  }
  void Put(const char* name, const TradingPair& pair) { json_[name] = pair.ToString(); }
  void Put(const char* name, const FeeAmounts& fees) {
    for (const AssetAmount& fee : fees) {
      json_[name].push_back(StrCat(fee.amount, " ", fee.asset));
    }
  }
  void Put(const char* name, const std::vector<TradeId>& ids) {
    for (const TradeId& id : ids) {
      json_[name].push_back(id.ToString());
    }
  }
  // A claim that is not true goes without saying.
  void PutFlag(const char* name, bool value) {
    if (value) {
      json_[name] = true;
    }
  }

 private:
  ordered_json& json_;
};

// Spot has nothing to say here.
void PutSide(PositionSide side, Fields& fields) {
  if (side != PositionSide::kNet) {
    fields.Put("position_side", ToString(side));
  }
}

void PutOrder(const Order& order, Fields& fields) {
  fields.Put("client_order_id", order.client_order_id);
  fields.Put("exchange_order_id", order.exchange_order_id);
  fields.Put("pair", order.pair);
  fields.Put("side", ToString(order.side));
  fields.Put("type", ToString(order.type));
  fields.Put("time_in_force", ToString(order.time_in_force));
  if (!order.quantity.is_zero() || !order.quote_quantity.has_value()) {
    fields.Put("quantity", order.quantity);
  }
  fields.Put("quote_quantity", order.quote_quantity);
  fields.Put("price", order.price);
  if (order.position_action != PositionAction::kOpen) {
    fields.Put("position_action", ToString(order.position_action));
  }
  PutSide(order.position_side, fields);
  if (order.trigger.has_value()) {
    fields.Put("trigger", ToString(order.trigger->kind));
    fields.Put("trigger_price", order.trigger->price);
    fields.Put("trigger_source", ToString(order.trigger->source));
    fields.PutFlag("is_triggered", order.is_triggered);
  }
  fields.Put("state", ToString(order.state));
  fields.PutFlag("is_cancel_requested", order.is_cancel_requested);
  fields.PutFlag("is_in_doubt", order.is_in_doubt);
  if (!order.filled.is_zero()) {
    fields.Put("filled", order.filled);
    fields.Put("filled_notional", order.filled_notional);
  }
  fields.Put("fees", order.fees);
  fields.Put("updated_at", order.updated_at);
  fields.Put("reason", order.reason);
}

void PutRemembered(const RememberedOrder& remembered, Fields& fields) {
  PutOrder(remembered.order, fields);
  fields.PutFlag("was_created", remembered.was_created);
  fields.PutFlag("is_incomplete", remembered.is_incomplete);
  fields.Put("ended_at", remembered.ended_at);
  fields.Put("trade_ids", remembered.trade_ids);
}

void PutFill(const Fill& fill, Fields& fields) {
  fields.Put("client_order_id", fill.client_order_id);
  fields.Put("exchange_order_id", fill.exchange_order_id);
  fields.Put("trade_id", fill.trade_id);
  fields.Put("pair", fill.pair);
  fields.Put("side", ToString(fill.side));
  fields.Put("quantity", fill.quantity);
  fields.Put("price", fill.price);
  fields.Put("fees", fill.fees);
  fields.PutFlag("is_maker", fill.is_maker);
  PutSide(fill.position_side, fields);
  fields.Put("realised_profit", fill.realised_profit);
  fields.Put("venue_time", fill.venue_time);
}

template <typename Record>
absl::Time TimeOf(const Record& record) {
  if constexpr (std::is_same_v<Record, JournalIntent>) {
    return record.order.created_at;
  } else if constexpr (std::is_same_v<Record, JournalOrder>) {
    return record.remembered.order.created_at;
  } else if constexpr (std::is_same_v<Record, JournalCursor> ||
                       std::is_same_v<Record, JournalFundingCursor> ||
                       std::is_same_v<Record, JournalNonceMark>) {
    return absl::InfinitePast();
  } else if constexpr (std::is_same_v<Record, JournalFundingPayment>) {
    return record.paid_at;
  } else {
    return record.at;
  }
}

template <typename Record>
void PutRecord(const Record& record, Fields& fields) {
  if constexpr (std::is_same_v<Record, JournalSession>) {
    fields.Put("venue", record.venue);
    fields.Put("domain", record.domain);
  } else if constexpr (std::is_same_v<Record, JournalIntent>) {
    PutOrder(record.order, fields);
  } else if constexpr (std::is_same_v<Record, JournalOrder>) {
    PutRemembered(record.remembered, fields);
  } else if constexpr (std::is_same_v<Record, JournalFill>) {
    PutFill(record.fill, fields);
  } else if constexpr (std::is_same_v<Record, JournalForeignFill>) {
    fields.Put("pair", record.key.pair);
    fields.Put("trade_id", record.key.trade_id);
    fields.Put("side", ToString(record.key.side));
  } else if constexpr (std::is_same_v<Record, JournalCursor>) {
    fields.Put("pair", record.pair);
    fields.Put("after", record.after);
    fields.Put("since", record.since);
  } else if constexpr (std::is_same_v<Record, JournalFundingPayment>) {
    fields.Put("pair", record.pair);
    fields.Put("paid_at", record.paid_at);
    fields.Put("payment_id", record.payment_id);
  } else if constexpr (std::is_same_v<Record, JournalFundingCursor>) {
    fields.Put("since", record.since);
  } else if constexpr (std::is_same_v<Record, JournalNonceMark>) {
    fields.Put("until", record.until);
  } else {
    fields.Put("client_order_id", record.client_order_id);
    if constexpr (requires { record.exchange_order_id; }) {
      fields.Put("exchange_order_id", record.exchange_order_id);
    }
    if constexpr (requires { record.price; }) {
      fields.Put("price", record.price);
    }
    if constexpr (requires { record.quantity; }) {
      fields.Put("quantity", record.quantity);
    }
    if constexpr (requires { record.state; }) {
      fields.Put("state", ToString(record.state));
      fields.PutFlag("is_incomplete", record.is_incomplete);
    }
    if constexpr (requires { record.reason; }) {
      fields.Put("reason", record.reason);
    }
  }
}

// As in the log: quoted where it would not be one word.
std::string Word(const ordered_json& value) {
  if (value.is_array()) {
    std::string words;
    for (const ordered_json& element : value) {
      words += StrCat(words.empty() ? "" : ",", element.get<std::string>());
    }
    return Word(words);
  }
  if (!value.is_string()) {
    return JsonLine(value);
  }
  const auto& text = value.get_ref<const std::string&>();
  const auto is_plain = [](char c) { return c > ' ' && c != '"' && c != '=' && c < '\x7f'; };
  return std::all_of(text.begin(), text.end(), is_plain) ? text : JsonLine(value);
}

}  // namespace

ordered_json RecordJson(const ScannedRecord& scanned) {
  ordered_json line = {{"offset", scanned.offset}, {"time", nullptr}, {"kind", nullptr}};
  line["kind"] = RecordName(scanned.record);
  std::visit(
      [&line](const auto& record) {
        Fields fields(line);
        fields.Put("time", TimeOf(record));
        PutRecord(record, fields);
      },
      scanned.record);
  return line;
}

ordered_json GapJson(const JournalScan::Gap& gap) {
  return {{"offset", gap.begin},
          {"time", nullptr},
          {"kind", "gap"},
          {"end", gap.end},
          {"bytes", gap.end - gap.begin},
          {"reason", gap.reason}};
}

ordered_json RememberedOrderJson(const RememberedOrder& remembered) {
  ordered_json line = {{"time", nullptr}, {"kind", "order"}};
  Fields fields(line);
  fields.Put("time", remembered.order.created_at);
  PutRemembered(remembered, fields);
  return line;
}

ordered_json SummaryJson(const JournalScan& scan, const JournalState& state, uint64_t file_size) {
  size_t open = 0;
  for (const RememberedOrder& remembered : state.orders()) {
    open += remembered.has_ended() ? 0 : 1;
  }
  uint64_t lost = 0;
  for (const JournalScan::Gap& gap : scan.gaps) {
    lost += gap.end - gap.begin;
  }
  ordered_json line = {{"kind", "summary"},
                       {"bytes", file_size},
                       {"records", scan.records.size()},
                       {"sessions", state.sessions()},
                       {"orders_open", open},
                       {"orders_ended", state.orders().size() - open},
                       {"fills", state.fills()},
                       {"orphans", state.orphans()},
                       {"torn_tail_bytes", scan.has_torn_tail ? file_size - scan.end : 0}};
  if (!scan.gaps.empty()) {
    line["gaps"] = scan.gaps.size();
    line["gap_bytes"] = lost;
  }
  return line;
}

std::string TextLine(const ordered_json& line) {
  std::string text;
  for (const auto& [name, value] : line.items()) {
    const bool is_in_front = name == "offset" || name == "time" || name == "kind";
    const std::string word = value.is_null() ? "-" : Word(value);
    text += StrCat(text.empty() ? "" : " ", is_in_front ? "" : name + "=", word);
  }
  return text;
}

std::string JsonLine(const ordered_json& line) {
  return line.dump(-1, ' ', /*ensure_ascii=*/false, ordered_json::error_handler_t::replace);
}

}  // namespace colibri::cli
