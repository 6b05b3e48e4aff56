// What a run did and earned, for people (text), programs (JSON) and spreadsheets (CSV).
//
//   FillFile fills;
//   RETURN_IF_ERROR(fills.Open("fills.csv"));
//   PerformanceTracker performance(exchange, pair, kFillsKept, fills.writer());
//   ...
//   io.out << ReportText(performance.Report());
//
// Amounts are exact decimals in texts. Thread: the loop's.
#pragma once

#include <fstream>
#include <string>

#include "absl/status/status.h"
#include <nlohmann/json_fwd.hpp>

#include "strategies/performance.h"

namespace colibri::cli {

// Orders, fills, fees, inventory, profit, and per asset: start + traded - fees == now.
nlohmann::ordered_json ReportJson(const PerformanceReport& report);
nlohmann::ordered_json FillJson(const FillRecord& record);
std::string ReportText(const PerformanceReport& report);
// key, blanks, value; a line per member of the object that is no list.
std::string LinesText(const nlohmann::ordered_json& object);

// "0.001 BNB", more than one joined with "; "; "0" when free.
std::string FeesText(const FeeAmounts& fees);

// Fills as CSV, a row as each happens.
class FillFile {
 public:
  // No path: writes nothing.
  absl::Status Open(const std::string& path);
  PerformanceTracker::FillWriter writer();
  // Unavailable when anything could not be written.
  absl::Status Close();

 private:
  std::string path_;
  std::ofstream file_;
};

}  // namespace colibri::cli
