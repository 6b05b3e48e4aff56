// One thing that can go wrong at a venue, as data: what it strikes, what it does, and how much.
//
//   Fault fault{.subject = FaultSubject::kDepth, .verb = FaultVerb::kDrop, .count = 3};
//   ToString(fault);                                        // "depth drop x3"
//   StatusOr<Fault> same = ParseFault({"depth", "drop", "x3"});
//
// The words: SUBJECT VERB [VALUE] [xN] [P%] [for DURATION] [on SYMBOL] [retry_after DURATION]
//
//   subjects  channels of frames: depth trade book_ticker kline ticker, control (what answers a
//             subscription), user (private events), ws_api (answers of the WebSocket API), market
//             (the first six), all
//             classes of requests: orders (place, cancel, replace, amend), queries (other signed
//             ones), public, requests (all three)
//             clock
//   frames    drop; delay D or D..D (later frames may overtake); hold D (in order, and the whole
//             connection waits); duplicate; reorder (swaps with the next one of its channel);
//             truncate; split (into WebSocket fragments); stall for D (comes at once afterwards);
//             skip N (of depth: ids jump); and of the connections that carry the channel:
//             half_open (neither sends, answers nor closes), cut, shutdown (serverShutdown, then
//             close code 1001), terminate (of user: the subscriptions end, with an event)
//   requests  fail_before STATUS, fail_after STATUS (before or after executing); refuse (429);
//             ban (418); hang_up_before, hang_up_after; swallow_before, swallow_after (neither
//             answered nor closed); late D or D..D; truncate, garbage (the answer, after executing)
//   clock     skew D (ahead, or behind when negative), drift N (parts per million, fast or slow)
//
// xN strikes the next N frames or requests, over all connections; P% each one with this chance;
// with neither xN nor `for`, the next one alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace colibri::venue_sim {

enum class FaultSubject {
  kDepth,
  kTrade,
  kBookTicker,
  kKline,
  kTicker,
  kControl,
  kUser,
  kWsApi,
  kMarket,
  kAll,
  kOrders,
  kQueries,
  kPublic,
  kRequests,
  kClock,
};

enum class FaultVerb {
  kDrop,
  kDelay,
  kHold,
  kDuplicate,
  kReorder,
  kTruncate,  // of frames and of answers
  kSplit,
  kStall,
  kSkip,
  kHalfOpen,
  kCut,
  kShutdown,
  kTerminate,
  kFailBefore,
  kFailAfter,
  kRefuse,
  kBan,
  kHangUpBefore,
  kHangUpAfter,
  kSwallowBefore,
  kSwallowAfter,
  kLate,
  kGarbage,
  kSkew,
  kDrift,
};

struct Fault {
  FaultSubject subject = FaultSubject::kAll;
  FaultVerb verb = FaultVerb::kDrop;
  int number = 0;                                // HTTP status, ids to skip, or parts per million
  absl::Duration amount = absl::ZeroDuration();  // of delay, hold, late and skew
  absl::Duration amount_max = absl::ZeroDuration();  // above amount: drawn between the two
  int count = 0;                                     // 0: no xN
  int percent = 100;
  absl::Duration lasts = absl::ZeroDuration();               // zero: no `for`
  std::string symbol = {};                                   // "BTCUSDT"; empty: every one
  std::optional<absl::Duration> retry_after = std::nullopt;  // whole seconds

  bool operator==(const Fault&) const = default;
};

// What kind of argument follows the verb.
enum class FaultValue { kNone, kDuration, kRange, kSkew, kStatus, kCount, kPartsPerMillion };

// How a verb is written and what it may be given.
struct FaultVerbRule {
  FaultVerb verb;
  std::string_view word;
  std::vector<FaultSubject> subjects;
  FaultValue value = FaultValue::kNone;
  bool takes_count = false;  // and P%
  bool takes_lasts = false;
  bool needs_lasts = false;
};

const std::vector<FaultVerbRule>& FaultVerbRules();
// Of a verb that the subject has; null otherwise.
const FaultVerbRule* FindFaultVerbRule(FaultVerb verb, FaultSubject subject);

std::string_view ToString(FaultSubject subject);
std::string_view ToString(FaultVerb verb);
// Whether a fault of `subject` strikes frames or requests of `kind`, which is no group itself.
bool Covers(FaultSubject subject, FaultSubject kind);

// In words that ParseFault reads back to an equal fault.
std::string ToString(const Fault& fault);
// InvalidArgument names the word, what was expected, and what may have been meant.
[[nodiscard]] absl::StatusOr<Fault> ParseFault(const std::vector<std::string>& words);
// Likewise of one duration ("500ms", "1m30s") or percentage ("20%").
[[nodiscard]] absl::StatusOr<absl::Duration> ParseFaultDuration(std::string_view word);
[[nodiscard]] absl::StatusOr<int> ParseFaultPercent(std::string_view word);
// "; did you mean drop?", or nothing when no word is near.
std::string DidYouMean(std::string_view word, const std::vector<std::string_view>& known);

}  // namespace colibri::venue_sim
