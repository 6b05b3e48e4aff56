// Journal records as people and programs read them.
//
//   ordered_json line = RecordJson(scanned);      //
//   {"offset":12,"time":"2023-…Z","kind":"intent",…} out << TextLine(line); // 12 2023-…Z intent
//   client_order_id=B1 …
//
// Fields that are empty or not set are left out; times are UTC; numbers are text, because they are
// exact.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "connector/journal_scan.h"
#include "connector/journal_state.h"

namespace colibri::cli {

nlohmann::ordered_json RecordJson(const ScannedRecord& scanned);
nlohmann::ordered_json GapJson(const JournalScan::Gap& gap);
nlohmann::ordered_json RememberedOrderJson(const RememberedOrder& remembered);
nlohmann::ordered_json SummaryJson(const JournalScan& scan,
                                   const JournalState& state,
                                   uint64_t file_size);

// Without a line's end. `offset`, `time` and `kind` stand in front, the rest follow as key=value.
std::string TextLine(const nlohmann::ordered_json& line);
// Bytes that are no UTF-8 are replaced.
std::string JsonLine(const nlohmann::ordered_json& line);

}  // namespace colibri::cli
