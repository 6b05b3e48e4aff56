// What the journal holds, as values, and their bytes.
//
//   std::string bytes;
//   AppendRecord(JournalIntent{order}, bytes);
//   ASSIGN_OR_RETURN(JournalScan scan, ScanJournal(file_content));
//
// A file is a header (magic "CLBRJRNL", version as 32 bits) and records: length of the body (32
// bits), CRC-32C of length and body (32 bits), body (kind, then its fields). All integers little
// endian, decimals 128 bits, times in nanoseconds, text with a 32-bit length. A body may grow at
// its end: fields that are missing read as their defaults, so an older file stays readable; a newer
// version than ours is an error that says so.
//
// Records state what was published, so that after a restart nothing is said twice: an intent goes
// to the file before its request goes to the wire, everything else before the strategies hear it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "core/remembered_order.h"
#include "core/order.h"
#include "core/trading_pair.h"

namespace colibri {

inline constexpr std::string_view kJournalMagic = "CLBRJRNL";
inline constexpr uint32_t kJournalVersion = 1;
inline constexpr size_t kJournalHeaderSize = 12;
inline constexpr uint32_t kJournalBodyMax = 1 << 20;

// A process began to write here.
struct JournalSession {
  std::string venue;
  std::string domain;
  absl::Time at;
};
// About to be sent. order.state is PendingCreate.
struct JournalIntent {
  Order order;
};
struct JournalCancelIntent {
  ClientOrderId client_order_id;
  absl::Time at;
};
struct JournalAmendIntent {
  ClientOrderId client_order_id;
  std::optional<Price> price;
  std::optional<Quantity> quantity;
  absl::Time at;
};
struct JournalInDoubt {
  ClientOrderId client_order_id;
  std::string reason;
  absl::Time at;
};
struct JournalCreated {
  ClientOrderId client_order_id;
  ExchangeOrderId exchange_order_id;  // empty when evidence came without it
  absl::Time at;
};
// The quantity as it is after an amendment.
struct JournalAmended {
  ClientOrderId client_order_id;
  Quantity quantity;
  absl::Time at;
};
struct JournalFill {
  Fill fill;  // its client order id is set
  absl::Time at;
};
// The terminal event, or a correction of it.
struct JournalEnded {
  ClientOrderId client_order_id;
  ExchangeOrderId exchange_order_id;
  OrderState state = OrderState::kCanceled;
  bool is_incomplete = false;
  std::string reason;
  absl::Time at;
};
// Reported as not ours.
struct JournalForeignFill {
  TradingPair pair;
  TradeId trade_id;
  absl::Time at;
};
// The trades of the pair were read up to here.
struct JournalCursor {
  TradingPair pair;
  std::optional<TradeId> after;
  std::optional<absl::Time> since;
};
// A whole order with its fills' ids: how a compacted file begins.
struct JournalOrder {
  RememberedOrder remembered;
};

using JournalRecord = std::variant<JournalSession,
                                   JournalIntent,
                                   JournalCancelIntent,
                                   JournalAmendIntent,
                                   JournalInDoubt,
                                   JournalCreated,
                                   JournalAmended,
                                   JournalFill,
                                   JournalEnded,
                                   JournalForeignFill,
                                   JournalCursor,
                                   JournalOrder>;

// "intent", "fill", ...
std::string_view RecordName(const JournalRecord& record);

std::string JournalHeader();
// Adds the record's bytes to `out`. Allocates nothing while out's capacity suffices.
void AppendRecord(const JournalRecord& record, std::string& out);

struct ScannedRecord {
  uint64_t offset = 0;  // in the file
  JournalRecord record;
};
struct JournalScan {
  std::vector<ScannedRecord> records;
  uint64_t end = 0;  // the file is good up to here
  // What follows `end` is one record that was not written to its end, by a crash.
  bool has_torn_tail = false;
  // Only by SalvageJournal: byte ranges that were skipped, and why.
  struct Gap {
    uint64_t begin = 0;
    uint64_t end = 0;
    std::string reason;
  };
  std::vector<Gap> gaps;
};

// DataLoss names the offset when anything but the tail is broken: bytes follow that hold a whole
// record, or the checksum of a record that is all there does not fit. FailedPrecondition: not a
// journal, or of a newer version. An empty file is a journal without records.
absl::StatusOr<JournalScan> ScanJournal(std::string_view content);
// All records that can be had: looks for the next whole record behind each broken place.
absl::StatusOr<JournalScan> SalvageJournal(std::string_view content);

}  // namespace colibri
