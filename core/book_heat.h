// Which books get a window of ticks (OrderBook::MakeHot), and when.
//
//   BookHeat heat;
//   if (heat.Note(diff.receive_time_ns, level_changes)) book.MakeHot();
//
// Time is that of the messages: a recording makes the same books hot at the same message each time
// it is played.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"

namespace colibri {

enum class BookKind : uint8_t {
  kAuto,   // plain until so much changes in it that it pays to be hot
  kPlain,  // never hot
  kHot,    // hot from the start
};
std::string_view ToString(BookKind kind);  // "auto", "plain", "hot"
absl::StatusOr<BookKind> ParseBookKind(std::string_view text);

// Levels changed, counted over one period after the other.
class BookHeat {
 public:
  static constexpr int64_t kPeriodNs = 10'000'000'000;
  static constexpr int64_t kChangesMin = 20'000;  // a period: 2,000 a second

  // Whether the period that this message ends had enough changes. The message counts in the next.
  bool Note(int64_t time_ns, int64_t level_changes) {
    // A clock that was set back ends the period, too.
    if (static_cast<uint64_t>(time_ns) - static_cast<uint64_t>(period_start_ns_) <
        uint64_t{kPeriodNs}) [[likely]] {
      changes_ += level_changes;
      return false;
    }
    const bool is_hot = changes_ >= kChangesMin;
    period_start_ns_ = time_ns;
    changes_ = level_changes;
    return is_hot;
  }

 private:
  int64_t period_start_ns_ = 0;
  int64_t changes_ = 0;
};

}  // namespace colibri
