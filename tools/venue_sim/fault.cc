#include "tools/venue_sim/fault.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"

#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri::venue_sim {
namespace {

using Subjects = std::vector<FaultSubject>;

constexpr std::array<std::string_view, 15> kSubjectWords = {"depth",
                                                            "trade",
                                                            "book_ticker",
                                                            "kline",
                                                            "ticker",
                                                            "control",
                                                            "user",
                                                            "ws_api",
                                                            "market",
                                                            "all",
                                                            "orders",
                                                            "queries",
                                                            "public",
                                                            "requests",
                                                            "clock"};
constexpr int kCountMax = 1'000'000;
constexpr int kPartsPerMillionMax = 100'000;
constexpr absl::Duration kDurationMax = absl::Hours(24 * 365);

bool IsChannel(FaultSubject subject) {
  return subject <= FaultSubject::kAll;
}
bool IsRequestClass(FaultSubject subject) {
  return subject >= FaultSubject::kOrders && subject <= FaultSubject::kRequests;
}

std::vector<FaultVerbRule> MakeRules() {
  using S = FaultSubject;
  using V = FaultVerb;
  using A = FaultValue;
  const Subjects channels = {S::kDepth,
                             S::kTrade,
                             S::kBookTicker,
                             S::kKline,
                             S::kTicker,
                             S::kControl,
                             S::kUser,
                             S::kWsApi,
                             S::kMarket,
                             S::kAll};
  const Subjects connections = {S::kUser, S::kWsApi, S::kMarket, S::kAll};
  const Subjects classes = {S::kOrders, S::kQueries, S::kPublic, S::kRequests};
  const Subjects clock = {S::kClock};
  return {
      {V::kDrop, "drop", channels, A::kNone, true, true},
      {V::kDelay, "delay", channels, A::kRange, true, true},
      {V::kHold, "hold", channels, A::kRange, true, true},
      {V::kDuplicate, "duplicate", channels, A::kNone, true, true},
      {V::kReorder, "reorder", channels, A::kNone, true, true},
      {V::kTruncate, "truncate", channels, A::kNone, true, true},
      {V::kSplit, "split", channels, A::kNone, true, true},
      {V::kStall, "stall", channels, A::kNone, false, true, true},
      {V::kSkip, "skip", {S::kDepth}, A::kCount},
      {V::kHalfOpen, "half_open", channels, A::kNone},
      {V::kCut, "cut", channels, A::kNone},
      {V::kShutdown, "shutdown", connections, A::kNone},
      {V::kTerminate, "terminate", {S::kUser}, A::kNone},
      {V::kFailBefore, "fail_before", classes, A::kStatus, true, true},
      {V::kFailAfter, "fail_after", classes, A::kStatus, true, true},
      {V::kRefuse, "refuse", classes, A::kNone, true, true},
      {V::kBan, "ban", classes, A::kNone, false, true, true},
      {V::kHangUpBefore, "hang_up_before", classes, A::kNone, true, true},
      {V::kHangUpAfter, "hang_up_after", classes, A::kNone, true, true},
      {V::kSwallowBefore, "swallow_before", classes, A::kNone, true, true},
      {V::kSwallowAfter, "swallow_after", classes, A::kNone, true, true},
      {V::kLate, "late", classes, A::kRange, true, true},
      {V::kTruncate, "truncate", classes, A::kNone, true, true},
      {V::kGarbage, "garbage", classes, A::kNone, true, true},
      {V::kSkew, "skew", clock, A::kSkew, false, true},
      {V::kDrift, "drift", clock, A::kPartsPerMillion, false, true},
  };
}

size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({replaced, row[j] + 1, row[j - 1] + 1}));
    }
  }
  return row.back();
}

absl::Status UnknownWord(std::string_view what,
                         std::string_view word,
                         const std::vector<std::string_view>& known) {
  std::string list;
  for (const std::string_view name : known) {
    list += StrCat(list.empty() ? "" : ", ", name);
  }
  return absl::InvalidArgumentError(
      StrCat("unknown ", what, " \"", word, "\"; expected one of ", list, DidYouMean(word, known)));
}

absl::StatusOr<int> ParseWhole(std::string_view word, std::string_view what, int min, int max) {
  int number = 0;
  if (!absl::SimpleAtoi(Abs(word), &number) || number < min || number > max) {
    return absl::InvalidArgumentError(
        StrCat("\"", word, "\" is no ", what, "; expected a whole number from ", min, " to ", max));
  }
  return number;
}

std::string_view NameOf(FaultValue value) {
  switch (value) {
    case FaultValue::kStatus:
      return "an HTTP status from 500 to 599";
    case FaultValue::kCount:
      return "how many ids";
    case FaultValue::kPartsPerMillion:
      return "parts per million";
    case FaultValue::kRange:
      return "a duration like 500ms, or a range like 100ms..2s";
    default:
      return "a duration like 500ms";
  }
}

absl::Status ParseRange(std::string_view word, Fault& fault) {
  const size_t dots = word.find("..");
  ASSIGN_OR_RETURN(fault.amount, ParseFaultDuration(word.substr(0, dots)));
  if (dots == std::string_view::npos) {
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(fault.amount_max, ParseFaultDuration(word.substr(dots + 2)));
  if (fault.amount_max <= fault.amount) {
    return absl::InvalidArgumentError(
        StrCat("\"", word, "\" ends before it begins; expected the shorter duration first"));
  }
  return absl::OkStatus();
}

absl::Status ParseSkew(std::string_view word, Fault& fault) {
  const bool is_behind = word.starts_with('-');
  ASSIGN_OR_RETURN(fault.amount, ParseFaultDuration(word.substr(is_behind ? 1 : 0)));
  fault.amount = is_behind ? -fault.amount : fault.amount;
  return absl::OkStatus();
}

absl::Status ParseValue(FaultValue value, std::string_view word, Fault& fault) {
  switch (value) {
    case FaultValue::kNone:
      return absl::OkStatus();
    case FaultValue::kDuration:
    case FaultValue::kRange:
      return ParseRange(word, fault);
    case FaultValue::kSkew:
      return ParseSkew(word, fault);
    case FaultValue::kStatus: {
      ASSIGN_OR_RETURN(fault.number, ParseWhole(word, "HTTP status", 500, 599));
      return absl::OkStatus();
    }
    case FaultValue::kCount: {
      ASSIGN_OR_RETURN(fault.number, ParseWhole(word, "count", 1, kCountMax));
      return absl::OkStatus();
    }
    case FaultValue::kPartsPerMillion: {
      ASSIGN_OR_RETURN(
          fault.number,
          ParseWhole(word, "number of parts", -kPartsPerMillionMax, kPartsPerMillionMax));
      return absl::OkStatus();
    }
  }
  return absl::OkStatus();
}

// The words after the value; moves `at` past the ones that it reads.
absl::Status ParseOption(const FaultVerbRule& rule,
                         const std::vector<std::string>& words,
                         size_t& at,
                         Fault& fault) {
  const std::string& word = words[at++];
  const auto argument = [&]() -> absl::StatusOr<std::string> {
    if (at == words.size()) {
      return absl::InvalidArgumentError(StrCat("nothing follows \"", word, "\""));
    }
    return words[at++];
  };
  if (rule.takes_count && word.size() > 1 && word[0] == 'x') {
    ASSIGN_OR_RETURN(fault.count,
                     ParseWhole(std::string_view(word).substr(1), "count", 1, kCountMax));
    return absl::OkStatus();
  }
  if (rule.takes_count && word.ends_with('%')) {
    ASSIGN_OR_RETURN(fault.percent, ParseFaultPercent(word));
    return absl::OkStatus();
  }
  if (rule.takes_lasts && word == "for") {
    ASSIGN_OR_RETURN(const std::string text, argument());
    ASSIGN_OR_RETURN(fault.lasts, ParseFaultDuration(text));
    return absl::OkStatus();
  }
  if (IsChannel(fault.subject) && word == "on") {
    ASSIGN_OR_RETURN(fault.symbol, argument());
    return absl::OkStatus();
  }
  if (rule.verb == FaultVerb::kRefuse && word == "retry_after") {
    ASSIGN_OR_RETURN(const std::string text, argument());
    ASSIGN_OR_RETURN(fault.retry_after, ParseFaultDuration(text));
    if (*fault.retry_after % absl::Seconds(1) != absl::ZeroDuration()) {
      return absl::InvalidArgumentError(
          StrCat("\"", text, "\" after retry_after must be whole seconds"));
    }
    return absl::OkStatus();
  }
  std::vector<std::string_view> known;
  if (rule.takes_count) {
    known.insert(known.end(), {"xN", "P%"});
  }
  if (rule.takes_lasts) {
    known.push_back("for");
  }
  if (IsChannel(fault.subject)) {
    known.push_back("on");
  }
  if (rule.verb == FaultVerb::kRefuse) {
    known.push_back("retry_after");
  }
  if (known.empty()) {
    return absl::InvalidArgumentError(
        StrCat("unknown word \"", word, "\": nothing may follow ", rule.word, " here"));
  }
  return UnknownWord(StrCat("word after ", rule.word), word, known);
}

}  // namespace

std::string DidYouMean(std::string_view word, const std::vector<std::string_view>& known) {
  std::string_view best;
  size_t best_distance = std::max<size_t>(2, word.size() / 2) + 1;
  for (const std::string_view name : known) {
    if (const size_t distance = EditDistance(word, name); distance < best_distance) {
      best = name;
      best_distance = distance;
    }
  }
  return best.empty() ? "" : StrCat("; did you mean ", best, "?");
}

const std::vector<FaultVerbRule>& FaultVerbRules() {
  static const std::vector<FaultVerbRule>& rules = *new std::vector<FaultVerbRule>(MakeRules());
  return rules;
}

const FaultVerbRule* FindFaultVerbRule(FaultVerb verb, FaultSubject subject) {
  for (const FaultVerbRule& rule : FaultVerbRules()) {
    if (rule.verb == verb && std::count(rule.subjects.begin(), rule.subjects.end(), subject) != 0) {
      return &rule;
    }
  }
  return nullptr;
}

std::string_view ToString(FaultSubject subject) {
  return kSubjectWords[static_cast<size_t>(subject)];
}

std::string_view ToString(FaultVerb verb) {
  for (const FaultVerbRule& rule : FaultVerbRules()) {
    if (rule.verb == verb) {
      return rule.word;
    }
  }
  return "?";
}

bool Covers(FaultSubject subject, FaultSubject kind) {
  switch (subject) {
    case FaultSubject::kAll:
      return IsChannel(kind);
    case FaultSubject::kMarket:
      return kind <= FaultSubject::kControl;
    case FaultSubject::kRequests:
      return IsRequestClass(kind);
    default:
      return subject == kind;
  }
}

std::string ToString(const Fault& fault) {
  std::string text = StrCat(ToString(fault.subject), " ", ToString(fault.verb));
  const auto add = [&](const auto&... parts) { text += StrCat(" ", parts...); };
  const FaultVerbRule* rule = FindFaultVerbRule(fault.verb, fault.subject);
  switch (rule == nullptr ? FaultValue::kNone : rule->value) {
    case FaultValue::kNone:
      break;
    case FaultValue::kStatus:
    case FaultValue::kCount:
    case FaultValue::kPartsPerMillion:
      add(fault.number);
      break;
    case FaultValue::kDuration:
    case FaultValue::kRange:
    case FaultValue::kSkew:
      add(absl::FormatDuration(fault.amount));
      if (fault.amount_max > absl::ZeroDuration()) {
        text += StrCat("..", absl::FormatDuration(fault.amount_max));
      }
  }
  if (fault.count != 0) {
    add("x", fault.count);
  }
  if (fault.percent != 100) {
    add(fault.percent, "%");
  }
  if (fault.lasts != absl::ZeroDuration()) {
    add("for ", absl::FormatDuration(fault.lasts));
  }
  if (!fault.symbol.empty()) {
    add("on ", fault.symbol);
  }
  if (fault.retry_after.has_value()) {
    add("retry_after ", absl::FormatDuration(*fault.retry_after));
  }
  return text;
}

absl::StatusOr<absl::Duration> ParseFaultDuration(std::string_view word) {
  absl::Duration duration;
  if (!absl::ParseDuration(std::string(word), &duration) || duration < absl::ZeroDuration() ||
      duration > kDurationMax) {
    return absl::InvalidArgumentError(
        StrCat("\"", word, "\" is no duration; expected one like 500ms, 5s or 1m30s"));
  }
  return duration;
}

absl::StatusOr<int> ParseFaultPercent(std::string_view word) {
  if (!word.ends_with('%')) {
    return absl::InvalidArgumentError(
        StrCat("\"", word, "\" is no percentage; expected one like 20%"));
  }
  return ParseWhole(word.substr(0, word.size() - 1), "percentage", 1, 100);
}

absl::StatusOr<Fault> ParseFault(const std::vector<std::string>& words) {
  const std::vector<std::string_view> subjects(kSubjectWords.begin(), kSubjectWords.end());
  if (words.empty()) {
    return UnknownWord("channel or class of requests", "", subjects);
  }
  Fault fault;
  const auto subject = std::find(subjects.begin(), subjects.end(), words[0]);
  if (subject == subjects.end()) {
    return UnknownWord("channel or class of requests", words[0], subjects);
  }
  fault.subject = static_cast<FaultSubject>(subject - subjects.begin());
  const FaultVerbRule* rule = nullptr;
  std::vector<std::string_view> verbs;
  for (const FaultVerbRule& each : FaultVerbRules()) {
    if (std::count(each.subjects.begin(), each.subjects.end(), fault.subject) != 0) {
      verbs.push_back(each.word);
      rule = words.size() > 1 && each.word == words[1] ? &each : rule;
    }
  }
  if (rule == nullptr) {
    return UnknownWord(StrCat("verb of ", *subject), words.size() > 1 ? words[1] : "", verbs);
  }
  fault.verb = rule->verb;
  size_t at = 2;
  if (rule->value != FaultValue::kNone) {
    if (at == words.size()) {
      return absl::InvalidArgumentError(
          StrCat("nothing follows \"", rule->word, "\"; expected ", NameOf(rule->value)));
    }
    RETURN_IF_ERROR(ParseValue(rule->value, words[at++], fault));
  }
  while (at < words.size()) {
    RETURN_IF_ERROR(ParseOption(*rule, words, at, fault));
  }
  if (rule->needs_lasts && fault.lasts == absl::ZeroDuration()) {
    return absl::InvalidArgumentError(
        StrCat("no \"for\" after \"", rule->word, "\"; expected for how long, like: for 5s"));
  }
  return fault;
}

}  // namespace colibri::venue_sim
