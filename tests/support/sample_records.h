// Journal records for tests: one of each kind with every field set, and random ones.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "connector/journal_record.h"
#include "core/random.h"

namespace colibri {

// A buy of 0.5 BTC-USDT at 100, PendingCreate, with all else as an intent has it.
Order SampleOrder(std::string_view client_order_id);
JournalFill SampleFill(std::string_view client_order_id,
                       std::string_view trade_id,
                       std::string_view quantity);
absl::Time SampleTime(int seconds);

// A session of "binance" on "testnet", then all other kinds, in an order that makes sense.
std::vector<JournalRecord> SampleRecords();

// Of any kind; text and ids of any bytes, numbers of any size.
JournalRecord RandomRecord(Random& random);

std::string JournalOf(const std::vector<JournalRecord>& records);

}  // namespace colibri
