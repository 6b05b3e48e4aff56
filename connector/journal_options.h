// How a journal is kept.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace colibri {

enum class SyncPolicy : uint8_t {
  kEveryIntent,  // an order is on the disk before it goes to the wire; costs a disk write each
  kInterval,     // every sync_interval, beside the loop
  kNever,        // when the operating system likes
};
// "every_intent", "interval", "never". InvalidArgument with the known words.
std::string_view ToString(SyncPolicy policy);
absl::StatusOr<SyncPolicy> ParseSyncPolicy(std::string_view text);

struct JournalOptions {
  std::string path;  // "state/binance.journal"
  SyncPolicy sync = SyncPolicy::kEveryIntent;
  absl::Duration sync_interval = absl::Milliseconds(50);
  uint64_t rotate_bytes = 64 << 20;
  int archives_max = 4;
};

}  // namespace colibri
