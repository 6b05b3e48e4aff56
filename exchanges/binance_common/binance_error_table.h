// What Binance's refusals mean: from (HTTP status, code) to what the caller must do. What all its
// venues answer alike is here; each adds a table of its own, which goes first.
//
//   const VenueError error = ClassifyError(kTable, response);       // any status but 2xx
//   if (error.outcome == Outcome::kUnknown) { /* ask for the order, never send again */ }
//
// Text is looked at only where a code, or none, stands for several reasons. Pure; thread: any.
// Messages hold the venue's code and words, and no more than 200 characters of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/types/span.h"

#include "connector/transport.h"
#include "connector/venue_error.h"

namespace colibri::binance {

struct ErrorMeaning {
  absl::StatusCode status;
  Outcome outcome;
  ErrorKind kind = ErrorKind::kOther;
};

inline constexpr ErrorMeaning kMeansUnknown = {absl::StatusCode::kUnavailable, Outcome::kUnknown};
inline constexpr ErrorMeaning kMeansBadRequest = {absl::StatusCode::kInvalidArgument,
                                                  Outcome::kRejected};
inline constexpr ErrorMeaning kMeansRefused = {absl::StatusCode::kFailedPrecondition,
                                               Outcome::kRejected};
inline constexpr ErrorMeaning kMeansBusy = {
    absl::StatusCode::kResourceExhausted, Outcome::kNotSent, ErrorKind::kOverloaded};
inline constexpr ErrorMeaning kMeansNoFunds = {
    absl::StatusCode::kFailedPrecondition, Outcome::kRejected, ErrorKind::kInsufficientBalance};
inline constexpr ErrorMeaning kMeansWouldTake = {
    absl::StatusCode::kFailedPrecondition, Outcome::kRejected, ErrorKind::kWouldTake};
inline constexpr ErrorMeaning kMeansDuplicate = {
    absl::StatusCode::kAlreadyExists, Outcome::kUnknown, ErrorKind::kDuplicateOrder};
inline constexpr ErrorMeaning kMeansClockSkew = {
    absl::StatusCode::kFailedPrecondition, Outcome::kNotSent, ErrorKind::kClockSkew};

struct CodeRow {
  int64_t first;
  int64_t last;  // inclusive, and not above first
  ErrorMeaning meaning;
};

struct WordsRow {
  int http_status;              // 0: any
  std::optional<int64_t> code;  // absent: any, and none
  std::string_view words;       // somewhere in the message
  ErrorMeaning meaning;
};

struct ErrorTable {
  absl::Span<const CodeRow> codes;    // before those of all venues
  absl::Span<const WordsRow> words;   // before all codes
  std::string_view region_hint = {};  // what to do when the venue does not serve a region
};

VenueError ClassifyError(const ErrorTable& table, const HttpResponse& response);

// Of an error inside an answer: one half of a cancel-replace, or the WebSocket API. The status is
// HTTP's or like it.
VenueError ClassifyCode(const ErrorTable& table,
                        int http_status,
                        int64_t code,
                        std::string_view words);

}  // namespace colibri::binance
