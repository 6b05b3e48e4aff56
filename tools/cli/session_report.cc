#include "tools/cli/session_report.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include <nlohmann/json.hpp>

#include "core/strings.h"

namespace colibri::cli {
namespace {

using nlohmann::ordered_json;

constexpr size_t kKeyWidth = 22;

template <typename Amount>
ordered_json TextOrNull(const std::optional<Amount>& amount) {
  return amount.has_value() ? ordered_json(amount->ToString()) : ordered_json(nullptr);
}

std::string TimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E9SZ", time, absl::UTCTimeZone());
}

ordered_json BalancesJson(const PerformanceReport& report) {
  ordered_json all = ordered_json::array();
  for (const AssetReconciliation& asset : report.balances) {
    all.push_back({{"asset", asset.asset},
                   {"start", asset.start.ToString()},
                   {"traded", asset.traded.ToString()},
                   {"fees", asset.fees.ToString()},
                   {"expected", asset.expected.ToString()},
                   {"actual", asset.actual.ToString()},
                   {"difference", asset.difference().ToString()}});
  }
  return all;
}

}  // namespace

ordered_json ReportJson(const PerformanceReport& report) {
  ordered_json fees = ordered_json::object();
  for (const AssetAmount& fee : report.fees) {
    fees[fee.asset] = fee.amount.ToString();
  }
  return {{"orders_created", report.counts.created},
          {"orders_filled", report.counts.filled},
          {"orders_canceled", report.counts.canceled},
          {"orders_rejected", report.counts.rejected},
          {"orders_expired", report.counts.expired},
          {"fills", report.counts.fills},
          {"maker_fills", report.maker_fills},
          {"late_fills", report.counts.late_fills},
          {"bought", report.bought.ToString()},
          {"spent", report.spent.ToString()},
          {"sold", report.sold.ToString()},
          {"earned", report.earned.ToString()},
          {"fees", std::move(fees)},
          {"position", report.position.ToString()},
          {"average_cost", TextOrNull(report.average_cost)},
          {"mid", TextOrNull(report.mid)},
          {"realised_profit", report.realised_profit.ToString()},
          {"funding", report.funding.ToString()},
          {"unrealised_profit", TextOrNull(report.unrealised_profit)},
          {"fees_value", TextOrNull(report.fees_value)},
          {"pnl_quote", TextOrNull(report.net_profit)},
          {"balances", BalancesJson(report)},
          {"reconciled", report.is_reconciled()}};
}

ordered_json FillJson(const FillRecord& record) {
  const Fill& fill = record.fill;
  ordered_json fees = ordered_json::object();
  for (const AssetAmount& fee : fill.fees) {
    fees[fee.asset] = fee.amount.ToString();
  }
  return {{"time", TimeText(fill.venue_time)},
          {"trade_id", fill.trade_id.ToString()},
          {"client_order_id", fill.client_order_id.ToString()},
          {"pair", fill.pair.ToString()},
          {"side", ToString(fill.side)},
          {"price", fill.price.ToString()},
          {"quantity", fill.quantity.ToString()},
          {"notional", record.notional.ToString()},
          {"fees", std::move(fees)},
          {"is_maker", fill.is_maker}};
}

std::string LinesText(const ordered_json& object) {
  std::string text;
  for (const auto& [key, value] : object.items()) {
    if (value.is_array()) {
      continue;
    }
    std::string shown = value.is_string() ? value.get<std::string>() : value.dump();
    if (value.is_null()) {
      shown = "-";
    } else if (value.is_boolean()) {
      shown = value.get<bool>() ? "yes" : "no";
    } else if (value.is_object()) {
      shown.clear();
      for (const auto& [name, amount] : value.items()) {
        shown += StrCat(shown.empty() ? "" : ", ", amount.get<std::string>(), " ", name);
      }
      shown = shown.empty() ? "0" : shown;
    }
    text += StrCat(key, std::string(key.size() < kKeyWidth ? kKeyWidth - key.size() : 1, ' '));
    text += StrCat(shown, "\n");
  }
  return text;
}

std::string ReportText(const PerformanceReport& report) {
  std::string text = LinesText(ReportJson(report));
  absl::StrAppendFormat(
      &text, "\n%-8s %22s %22s %20s %22s\n", "asset", "start", "traded", "fees", "now");
  for (const AssetReconciliation& asset : report.balances) {
    const bool is_equal = asset.difference().is_zero();
    absl::StrAppendFormat(&text,
                          "%-8s %22s %22s %20s %22s%s\n",
                          asset.asset,
                          asset.start.ToString(),
                          asset.traded.ToString(),
                          asset.fees.ToString(),
                          asset.actual.ToString(),
                          is_equal ? "  adds up" : StrCat("  off by ", asset.difference()));
  }
  return text;
}

std::string FeesText(const FeeAmounts& fees) {
  std::string text;
  for (const AssetAmount& fee : fees) {
    text += StrCat(text.empty() ? "" : "; ", fee.amount, " ", fee.asset);
  }
  return text.empty() ? "0" : text;
}

absl::Status FillFile::Open(const std::string& path) {
  path_ = path;
  if (path.empty()) {
    return absl::OkStatus();
  }
  file_.open(path, std::ios::trunc);
  file_ << "time,trade_id,client_order_id,exchange_order_id,pair,side,price,quantity,notional,"
           "fees,is_maker,is_late,is_foreign\n";
  return file_.good() ? absl::OkStatus()
                      : absl::InvalidArgumentError(StrCat("can't write ", path, " (--fills)"));
}

PerformanceTracker::FillWriter FillFile::writer() {
  if (path_.empty()) {
    return {};
  }
  return [this](const FillRecord& record) {
    const Fill& fill = record.fill;
    const auto word = [](bool is_so) { return is_so ? "yes" : "no"; };
    file_ << TimeText(fill.venue_time) << ',' << fill.trade_id.ToString() << ','
          << fill.client_order_id.ToString() << ',' << fill.exchange_order_id.ToString() << ','
          << fill.pair << ',' << ToString(fill.side) << ',' << fill.price << ',' << fill.quantity
          << ',' << record.notional << ',' << FeesText(fill.fees) << ',' << word(fill.is_maker)
          << ',' << word(record.is_after_terminal) << ',' << word(record.is_foreign) << '\n';
  };
}

absl::Status FillFile::Close() {
  if (path_.empty()) {
    return absl::OkStatus();
  }
  file_.close();
  return file_.good() ? absl::OkStatus()
                      : absl::UnavailableError(StrCat("not all fills could be written to ", path_));
}

}  // namespace colibri::cli
