// What the venue remembers of an account beside its margin: orders, fills, funding, limits.
//
//   OrderRecord& record = user.orders.Add({.oid = 7, ...});
//   user.orders.FindByCloid("0x...");   // the newest that had it
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/order.h"
#include "core/strings.h"
#include "tools/venue_sim/hyperliquid/common.h"
#include "tools/venue_sim/margin/margin_account.h"

namespace colibri::venue_sim::hyperliquid {

struct Trigger {
  Decimal price = {};
  bool is_market = false;
  bool is_stop_loss = false;  // or a take-profit

  bool operator==(const Trigger&) const = default;
};

// An order as the venue tells of it, open or not, placed or refused.
struct OrderRecord {
  int asset = 0;
  std::string coin = {};
  int64_t oid = 0;
  std::string cloid = {};  // empty: none
  Side side = Side::kBuy;
  Decimal price = {};
  Decimal size = {};       // that is left
  Decimal full_size = {};  // as it was placed
  std::string tif = {};    // "Gtc", "Ioc", "Alo", "FrontendMarket"
  bool is_reduce_only = false;
  std::optional<Trigger> trigger = {};
  int64_t placed_ms = 0;
  std::string status = {};  // "open", "filled", "reduceOnlyCanceled", ...
  int64_t status_ms = 0;
  Decimal filled_quote = {};

  bool is_open() const { return status == "open" || status == "triggered"; }
};

class OrderRecords {
 public:
  static constexpr size_t kClosedKept = 20'000;

  OrderRecord& Add(OrderRecord record);
  // Null when there is none.
  OrderRecord* Find(int64_t oid);
  OrderRecord* FindByCloid(std::string_view cloid);
  // The record has ended.
  void Close(const OrderRecord& record);

  // By oid.
  const std::map<int64_t, OrderRecord>& all() const { return records_; }
  const std::set<int64_t>& open() const { return open_; }
  // Ended ones, oldest first.
  const std::deque<int64_t>& closed() const { return closed_; }

 private:
  std::map<int64_t, OrderRecord> records_;
  std::set<int64_t> open_;
  std::deque<int64_t> closed_;
  StringMap<int64_t> newest_by_cloid_;
};

struct Fill {
  std::string coin = {};
  Decimal price = {};
  Decimal size = {};
  Side side = Side::kBuy;
  int64_t time_ms = 0;
  Decimal start_position = {};
  std::string direction = {};  // "Open Long"
  Decimal closed_profit = {};
  std::string hash = {};
  int64_t oid = 0;
  bool is_taker = false;
  Decimal fee = {};
  std::string fee_token = {};
  int64_t tid = 0;
  std::string cloid = {};
  Address liquidated = {};  // empty: no liquidation
  Decimal mark = {};        // of a liquidation
};

struct FundingRow {
  int64_t time_ms = 0;
  std::string hash = {};
  std::string coin = {};
  Decimal amount = {};  // negative: paid
  Decimal position = {};
  Decimal rate = {};
};

// A movement of money that is neither trade nor funding.
struct LedgerRow {
  int64_t time_ms = 0;
  std::string hash = {};
  std::string delta = {};  // JSON: {"type":"accountClassTransfer",...}
};

// What a position has paid in funding (negative: received).
struct FundingSums {
  Decimal all_time = {};
  Decimal since_open = {};
  Decimal since_change = {};
};

struct User {
  static constexpr size_t kFillsKept = 10'000;
  static constexpr size_t kFundingsKept = 10'000;
  static constexpr size_t kLedgerKept = 2000;

  margin::MarginAccount& account;
  Address address = {};
  Address master = {};  // empty: its own
  std::set<Address> agents = {};

  OrderRecords orders = {};
  std::deque<Fill> fills = {};                           // oldest first
  std::deque<FundingRow> fundings = {};                  // oldest first
  std::deque<LedgerRow> ledger = {};                     // oldest first
  std::map<std::string, FundingSums> funding_sums = {};  // by coin
  std::map<int64_t, std::string> end_words = {};  // by oid: how an order that is canceled ends
  Decimal volume = {};
  int64_t actions_used = 0;
  int64_t last_spare_action_ms = 0;  // of those that a spent budget still allows
  int64_t schedule_cancel_ms = 0;    // 0: none
  int64_t schedule_cancel_day = 0;
  int schedule_cancel_triggers = 0;  // on that day

  // Not told yet.
  std::vector<OrderRecord> order_updates = {};
  std::vector<Fill> new_fills = {};
  std::vector<OrderRecord> taken_away = {};  // canceled, but not by the user
  bool has_new_state = false;
};

}  // namespace colibri::venue_sim::hyperliquid
