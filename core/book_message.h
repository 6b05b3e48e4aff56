// Book updates in integers at the instrument's scale, as a venue's parser hands them on.
//
// Price 61837.63 at price_decimals 2 is 6183763. Quantity 0 deletes the level. The spans point into
// the parser's buffers and are valid until its next call.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/types/span.h"

namespace colibri {

// Decimals of prices and of quantities on one instrument, 0..18, from its trading rule.
struct BookScale {
  int price_decimals = 8;
  int quantity_decimals = 8;

  bool operator==(const BookScale&) const = default;
};

struct BookLevel {
  int64_t price = 0;
  int64_t quantity = 0;

  bool operator==(const BookLevel&) const = default;
};

// Absolute quantities of changed levels.
struct BookDiff {
  int64_t first_update_id = 0;      // U on Binance
  int64_t last_update_id = 0;       // u
  int64_t previous_update_id = -1;  // pu, where the venue links by it; -1 otherwise
  int64_t venue_time_ms = 0;
  int64_t receive_time_ns = 0;
  // Of the book with this diff in it, where the venue gives one.
  std::optional<uint32_t> checksum = std::nullopt;
  // NOLINTBEGIN(readability-redundant-member-init): else -Wextra wants both in every initializer
  absl::Span<const BookLevel> bids = {};
  absl::Span<const BookLevel> asks = {};
  // NOLINTEND(readability-redundant-member-init)
};

// The whole book, or its top; best first on both sides.
struct BookSnapshot {
  int64_t last_update_id = 0;
  int64_t venue_time_ms = 0;
  int64_t receive_time_ns = 0;
  std::optional<uint32_t> checksum = std::nullopt;
  // NOLINTBEGIN(readability-redundant-member-init): else -Wextra wants both in every initializer
  absl::Span<const BookLevel> bids = {};
  absl::Span<const BookLevel> asks = {};
  // NOLINTEND(readability-redundant-member-init)
};

}  // namespace colibri
