// Keeps new orders out, from when it is engaged until it is reset.
//
//   KillSwitch kill("colibri kill --reset --state var/state");
//   kill.Engage({.by = "colibri kill", .reason = "fat finger", .at = clock.now()});
//   RETURN_IF_ERROR(kill.Check());      // who engaged it, when, why, and how to reset it
//
// One for all connectors of a process. The record is kept across restarts as a small file
// (kill_switch_file.h). Does no I/O and reads no clock. Thread: the loop's.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace colibri {

struct KillRecord {
  std::string by;  // who or what: "signal SIGUSR1", "daily loss of binance"
  std::string reason;
  absl::Time at;

  bool operator==(const KillRecord&) const = default;
};

class KillSwitch {
 public:
  // how_to_reset goes into every refusal.
  explicit KillSwitch(std::string how_to_reset);

  bool is_engaged() const { return is_engaged_; }
  // Of the present engagement.
  const KillRecord& record() const { return record_; }
  // FailedPrecondition while engaged. Allocates nothing.
  [[nodiscard]] absl::Status Check() const { return refusal_; }

  // False when it is engaged already: the first record stays.
  bool Engage(KillRecord record);
  // No effect unless engaged.
  void Reset();
  // How often it was reset: whoever engages it by a limit starts to count anew.
  int64_t resets() const { return resets_; }

  // Called after each change. Must not engage or reset.
  void set_listener(std::function<void()> listener) { listener_ = std::move(listener); }

 private:
  std::string how_to_reset_;
  bool is_engaged_ = false;
  KillRecord record_;
  absl::Status refusal_;
  int64_t resets_ = 0;
  std::function<void()> listener_;
};

// "engaged by colibri kill at 2026-01-31T12:00:00Z: fat finger"
std::string Describe(const KillRecord& record);

// The record as the text of a file, and back. DataLoss when the text is not whole.
std::string FormatKillRecord(const KillRecord& record);
absl::StatusOr<KillRecord> ParseKillRecord(std::string_view text);

}  // namespace colibri
