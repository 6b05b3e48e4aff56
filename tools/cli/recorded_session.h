// A strategy on recorded data: virtual time, as fast as it goes, the same events every time.
//
//   ASSIGN_OR_RETURN(RecordedResult result, RunRecorded(config, options, "", io));
//   result.event_log_hash;    // equal for equal files, configuration and program
//
// Ctrl-C ends it early, orderly. Thread: the caller's.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

#include "tools/cli/run_config.h"
#include "tools/cli/trade_session.h"

namespace colibri::cli {

struct RecordedResult {
  SessionResult session;
  std::string event_log_hash;
  int64_t events = 0;
  int64_t lines = 0;
  int64_t sequence_gaps = 0;
};

// Every event goes to event_file, a line each, unless its name is empty. Errors name the
// recording's file and line.
absl::StatusOr<RecordedResult> RunRecorded(const RunConfig& config,
                                           SessionOptions options,
                                           const std::string& event_file,
                                           CliIo& io);

}  // namespace colibri::cli
