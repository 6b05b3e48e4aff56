#include "exchanges/binance/binance_errors.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "core/strings.h"
#include "exchanges/binance/binance_json.h"
#include "exchanges/binance/binance_spec.h"

namespace colibri::binance {
namespace {

using absl::StatusCode;

constexpr size_t kWordsMax = 200;
constexpr absl::Duration kWaitMax = absl::Hours(24 * 7);

struct Meaning {
  StatusCode status;
  Outcome outcome;
  ErrorKind kind;
};

struct CodeRow {
  int64_t first;
  int64_t last;  // inclusive, and not above first
  Meaning meaning;
};

constexpr Meaning kUnknown = {StatusCode::kUnavailable, Outcome::kUnknown, ErrorKind::kOther};
constexpr Meaning kBadRequest = {
    StatusCode::kInvalidArgument, Outcome::kRejected, ErrorKind::kOther};
constexpr Meaning kRefused = {
    StatusCode::kFailedPrecondition, Outcome::kRejected, ErrorKind::kOther};
constexpr Meaning kBadKey = {
    StatusCode::kUnauthenticated, Outcome::kRejected, ErrorKind::kBadCredentials};
constexpr Meaning kTooMany = {
    StatusCode::kResourceExhausted, Outcome::kNotSent, ErrorKind::kRateLimited};
constexpr Meaning kBanned = {StatusCode::kResourceExhausted, Outcome::kNotSent, ErrorKind::kBanned};
constexpr Meaning kBusy = {
    StatusCode::kResourceExhausted, Outcome::kNotSent, ErrorKind::kOverloaded};

// Orders, not requests.
constexpr int64_t kTooManyOrders = -1015;

constexpr CodeRow kCodes[] = {
    // The venue does not know itself what became of it. Its documentation says to send again after
    // -1001 and -1016; that could double an order.
    {-1000, -1001, kUnknown},
    {-1002, -1002, kBadKey},
    {-1003, -1003, kTooMany},
    {-1006, -1006, kUnknown},
    {-1007, -1007, {StatusCode::kDeadlineExceeded, Outcome::kUnknown, ErrorKind::kOther}},
    {-1008, -1008, kBusy},
    {-1013, -1013, kBadRequest},  // a filter
    {kTooManyOrders, kTooManyOrders, kTooMany},
    {-1016, -1016, kUnknown},
    {-1021, -1021, {StatusCode::kFailedPrecondition, Outcome::kNotSent, ErrorKind::kClockSkew}},
    {-1022, -1022, kBadKey},
    {-1100, -1130, kBadRequest},
    {-1145, -1145, kBadRequest},
    {-2011, -2011, {StatusCode::kNotFound, Outcome::kRejected, ErrorKind::kCancelUnknownOrder}},
    {-2013, -2013, {StatusCode::kNotFound, Outcome::kRejected, ErrorKind::kOrderNotFound}},
    {-2014, -2015, kBadKey},
    // One half of a cancel-replace may have been done: the answer's halves tell.
    {-2021, -2021, {StatusCode::kAborted, Outcome::kUnknown, ErrorKind::kOther}},
    {-2022, -2022, kRefused},
    {-2026, -2026, {StatusCode::kNotFound, Outcome::kRejected, ErrorKind::kOrderNotFound}},
    {-2035, -2035, {StatusCode::kAlreadyExists, Outcome::kRejected, ErrorKind::kOther}},
    {-2036, -2036, {StatusCode::kNotFound, Outcome::kRejected, ErrorKind::kOther}},
    {-2038, -2039, kRefused},
    {-2042, -2043, kRefused},
};

// -2010: new order rejected, and only the words say why.
constexpr int64_t kNewOrderRejected = -2010;
struct WordsRow {
  std::string_view words;  // somewhere in the message
  Meaning meaning;
};
constexpr WordsRow kNewOrderWords[] = {
    {"insufficient balance",
     {StatusCode::kFailedPrecondition, Outcome::kRejected, ErrorKind::kInsufficientBalance}},
    {"Duplicate order sent",
     {StatusCode::kAlreadyExists, Outcome::kUnknown, ErrorKind::kDuplicateOrder}},
    {"would immediately match and take",
     {StatusCode::kFailedPrecondition, Outcome::kRejected, ErrorKind::kWouldTake}},
    {"not permitted for this account",
     {StatusCode::kPermissionDenied, Outcome::kRejected, ErrorKind::kOther}},
};

std::optional<Meaning> MeaningOfCode(int64_t code, std::string_view words) {
  if (code == kNewOrderRejected) {
    for (const WordsRow& row : kNewOrderWords) {
      if (words.find(row.words) != std::string_view::npos) {
        return row.meaning;
      }
    }
    return kRefused;
  }
  for (const CodeRow& row : kCodes) {
    if (code <= row.first && code >= row.last) {
      return row.meaning;
    }
  }
  return std::nullopt;
}

// The HTTP status goes before the code where it says more; a code that the table lacks is a
// refusal only with a status that says so too.
Meaning MeaningOf(int http_status, std::optional<int64_t> code, std::string_view words) {
  switch (http_status) {
    case 403:  // the firewall, before the venue looked at it
      return {StatusCode::kPermissionDenied, Outcome::kNotSent, ErrorKind::kOther};
    case 418:
      return kBanned;
    case 429:
      return kTooMany;
    case 451:
      return {StatusCode::kPermissionDenied, Outcome::kNotSent, ErrorKind::kRegionBlocked};
    default:
      break;
  }
  const std::optional<Meaning> meaning =
      code.has_value() ? MeaningOfCode(*code, words) : std::nullopt;
  if (http_status >= 500) {
    // Only "overloaded" and "too many" are sure not to have been executed.
    const bool is_sure = meaning.has_value() && meaning->outcome == Outcome::kNotSent;
    return is_sure || (meaning.has_value() && meaning->outcome == Outcome::kUnknown) ? *meaning
                                                                                     : kUnknown;
  }
  if (meaning.has_value()) {
    return *meaning;
  }
  if (http_status >= 400 && code.has_value()) {
    return http_status == 401 ? kBadKey : kRefused;
  }
  return kUnknown;  // not the venue's own words
}

std::string Message(int http_status, std::optional<int64_t> code, std::string_view words) {
  std::string text = code.has_value() ? StrCat("Binance error ", *code, " (HTTP ", http_status, ")")
                                      : StrCat("Binance answered HTTP ", http_status);
  if (!words.empty()) {
    std::string cut(words.substr(0, kWordsMax));
    std::replace_if(cut.begin(), cut.end(), [](char c) { return c >= '\0' && c < ' '; }, '.');
    text.append(": ").append(cut);
  }
  switch (http_status) {
    case 403:
      text.append("; the venue's firewall refused this machine: slow down, or check the network");
      break;
    case 418:
      text.append("; this address is banned for a while: all requests stop until it ends");
      break;
    case 451:
      text.append(
          "; the venue does not serve this region: use domain us for binance.us, or testnet");
      break;
    default:
      break;
  }
  return text;
}

// Seconds, in a header.
std::optional<absl::Duration> RetryAfter(const HttpResponse& response) {
  const std::string_view text = response.header("retry-after");
  int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || seconds < 0) {
    return std::nullopt;
  }
  return std::min(absl::Seconds(seconds), kWaitMax);
}

VenueError Describe(int http_status, std::optional<int64_t> code, std::string_view words) {
  const Meaning meaning = MeaningOf(http_status, code, words);
  VenueError error;
  error.status = absl::Status(meaning.status, Message(http_status, code, words));
  error.outcome = meaning.outcome;
  error.kind = meaning.kind;
  if (code == kTooManyOrders) {
    error.limited_pool = kOrdersPool;  // cancels go on
  }
  return error;
}

}  // namespace

VenueError ClassifyCode(int http_status, int64_t code, std::string_view words) {
  return Describe(http_status, code, words);
}

VenueError ClassifyError(const HttpResponse& response) {
  simdjson::dom::parser parser;
  const absl::StatusOr<JsonFields> body = ParseObject(parser, response.body, "error");
  std::optional<int64_t> code;
  std::string_view words;
  if (body.ok() && body->Integer("code").ok()) {
    code = *body->Integer("code");
    words = body->TextOr("msg", "");
  }
  VenueError error = Describe(response.status, code, words);
  if (error.kind == ErrorKind::kRateLimited || error.kind == ErrorKind::kBanned ||
      error.kind == ErrorKind::kOverloaded) {
    error.retry_after = RetryAfter(response);
  }
  return error;
}

}  // namespace colibri::binance
