// What the journal holds, as values, and their bytes.
//
//   std::string bytes = JournalHeader();
//   AppendRecord(JournalIntent{order}, bytes);
//   ASSIGN_OR_RETURN(JournalScan scan, ScanJournal(bytes));     // connector/journal_scan.h
//
// A file is a header (magic "CLBRJRNL", version as 32 bits) and records: length of the body (32
// bits), CRC-32 (zlib's) of length and body (32 bits), body: kind (8 bits), then its fields. All
// integers little endian, decimals 128 bits, times 64 bits of nanoseconds, enums 8 bits, text with
// a 32-bit length, ids with an 8-bit one. A body may grow at its end: fields that are missing read
// as their defaults and what is beyond is skipped, so an older file stays readable; a newer version
// than ours is an error that says so.
//
// Records state what was published, so that after a restart nothing is said twice: an intent goes
// to the file before its request goes to the wire, everything else before the strategies hear it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "core/fill_key.h"
#include "core/order.h"
#include "core/remembered_order.h"
#include "core/trading_pair.h"

namespace colibri {

inline constexpr std::string_view kJournalMagic = "CLBRJRNL";
// 2: orders may be conditional. Who reads only 1 would take them for ordinary ones.
inline constexpr uint32_t kJournalVersion = 2;
inline constexpr size_t kJournalHeaderSize = 12;
inline constexpr uint32_t kJournalBodyMax = 1 << 20;
inline constexpr size_t kJournalTextMax = 4096;
inline constexpr size_t kJournalFeesMax = 64;
inline constexpr size_t kJournalTradeIdsMax = 8192;

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
  FillKey key;
  absl::Time at;
};
// The trades of the pair were read up to here.
struct JournalCursor {
  TradingPair pair;
  std::optional<TradeId> after;
  std::optional<absl::Time> since;
};
// A whole order with its fills' ids: how a compacted file begins. Said again, it replaces all but
// the trade ids, which add up.
struct JournalOrder {
  RememberedOrder remembered;
};

// Told to the strategies.
struct JournalFundingPayment {
  TradingPair pair;
  absl::Time paid_at;  // the venue's time
  PaymentId payment_id;
};
// All that was paid before was told.
struct JournalFundingCursor {
  absl::Time since;
};
// Nonces of signatures (Auth::last_nonce) are used up to here at most: the venue's time.
struct JournalNonceMark {
  absl::Time until;
};

// A conditional order waits no longer.
struct JournalTriggered {
  ClientOrderId client_order_id;
  ExchangeOrderId exchange_order_id;  // that it has since
  absl::Time at;
};

// In the order of their kinds in the file, from 1: new ones go to the end.
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
                                   JournalOrder,
                                   JournalFundingPayment,
                                   JournalFundingCursor,
                                   JournalNonceMark,
                                   JournalTriggered>;

// "intent", "fill", ...
std::string_view RecordName(const JournalRecord& record);

std::string JournalHeader();
// Adds the record's bytes to `out`. Allocates nothing while out's capacity suffices. Text is cut to
// kJournalTextMax, and fees to kJournalFeesMax assets; an order with more than kJournalTradeIdsMax
// trade ids becomes several records, which JournalState joins.
void AppendRecord(const JournalRecord& record, std::string& out);
void AppendRecord(const JournalIntent& intent, std::string& out);

// What a file's record begins with, before its body.
inline constexpr size_t kJournalFrameSize = 8;
// Of length and body.
uint32_t RecordChecksum(std::string_view body);

// The body's record. DataLoss says what can't be read.
absl::StatusOr<JournalRecord> ParseRecordBody(std::string_view body);

}  // namespace colibri
