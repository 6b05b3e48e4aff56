#include "exchanges/hyperliquid_common/hyperliquid_errors.h"

#include <algorithm>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"

#include "connector/json_fields.h"
#include "core/strings.h"
#include "exchanges/hyperliquid_common/hyperliquid_family.h"

namespace colibri::hyperliquid {
namespace {

using absl::StatusCode;

constexpr size_t kWordsMax = 200;
// An address that has used up its actions gets one more each ten seconds.
constexpr absl::Duration kActionWait = absl::Seconds(10);

struct Meaning {
  StatusCode status;
  Outcome outcome;
  ErrorKind kind;
};

constexpr Meaning kBadOrder = {StatusCode::kInvalidArgument, Outcome::kRejected, ErrorKind::kOther};
constexpr Meaning kRefused = {
    StatusCode::kFailedPrecondition, Outcome::kRejected, ErrorKind::kOther};
constexpr Meaning kNoFunds = {
    StatusCode::kFailedPrecondition, Outcome::kRejected, ErrorKind::kInsufficientBalance};
constexpr Meaning kNotOpen = {
    StatusCode::kNotFound, Outcome::kRejected, ErrorKind::kCancelUnknownOrder};
constexpr Meaning kBadNonce = {
    StatusCode::kFailedPrecondition, Outcome::kNotSent, ErrorKind::kClockSkew};
constexpr Meaning kTooMany = {
    StatusCode::kResourceExhausted, Outcome::kNotSent, ErrorKind::kRateLimited};
constexpr Meaning kBanned = {StatusCode::kResourceExhausted, Outcome::kNotSent, ErrorKind::kBanned};
constexpr Meaning kUnknown = {StatusCode::kUnavailable, Outcome::kUnknown, ErrorKind::kOther};

// By how the words begin, in either case of letters.
struct WordsRow {
  std::string_view begin;
  Meaning meaning;
};
constexpr WordsRow kWords[] = {
    {"Price must be divisible by tick size", kBadOrder},
    {"Order has invalid price", kBadOrder},
    {"Order has invalid size", kBadOrder},
    {"Order must have minimum value", kBadOrder},
    {"Invalid TP/SL price", kBadOrder},
    {"Insufficient margin to place order", kNoFunds},
    {"Insufficient spot balance", kNoFunds},
    {"Must deposit before performing actions", kNoFunds},
    {"Post only order would have immediately matched",
     {StatusCode::kFailedPrecondition, Outcome::kRejected, ErrorKind::kWouldTake}},
    {"Order was never placed, already canceled, or filled", kNotOpen},
    {"Cannot modify canceled or filled order", kNotOpen},
    // The signature is of nobody that the venue knows: a wrong key, or a wrong network.
    {"User or API Wallet",
     {StatusCode::kUnauthenticated, Outcome::kRejected, ErrorKind::kBadCredentials}},
    // The action is not executed, and with the next nonce it may be.
    {"Invalid nonce", kBadNonce},
    {"Nonce too low", kBadNonce},
    {"Duplicate nonce", kBadNonce},
    {"Too many cumulative requests sent", kTooMany},
};

std::string Shortened(std::string_view words) {
  std::string text(words.substr(0, kWordsMax));
  std::replace_if(text.begin(), text.end(), [](char c) { return c >= '\0' && c < ' '; }, '.');
  return text;
}

VenueError Make(const Meaning& meaning, std::string_view words) {
  return {.status = absl::Status(meaning.status, StrCat(kVenueWords, ": ", Shortened(words))),
          .outcome = meaning.outcome,
          .kind = meaning.kind};
}

Meaning MeaningOfStatus(int http_status) {
  switch (http_status) {
    case 403:
      return {StatusCode::kPermissionDenied, Outcome::kNotSent, ErrorKind::kOther};
    case 408:  // whoever stands before the venue gave up waiting
      return kUnknown;
    case 418:
      return kBanned;
    case 429:
      return kTooMany;
    case 451:
      return {StatusCode::kPermissionDenied, Outcome::kNotSent, ErrorKind::kRegionBlocked};
    default:
      break;
  }
  // 422: the action could not be read, which is our mistake.
  return http_status >= 400 && http_status < 500 ? kBadOrder : kUnknown;
}

// The first entry of response.data.statuses, where it is an error.
std::optional<std::string_view> ErrorOfFirst(const JsonFields& answer) {
  const absl::StatusOr<JsonFields> response = answer.Object("response");
  const absl::StatusOr<JsonFields> content =
      response.ok() ? response->Object("data") : response.status();
  if (!content.ok()) {
    return std::nullopt;
  }
  const absl::StatusOr<simdjson::dom::array> statuses = content->Array("statuses");
  simdjson::dom::element first;
  std::string_view words;
  if (!statuses.ok() || statuses->at(0).get(first) != simdjson::SUCCESS ||
      first["error"].get_string().get(words) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return words;
}

}  // namespace

VenueError ClassifyWords(std::string_view words) {
  for (const WordsRow& row : kWords) {
    if (absl::StartsWithIgnoreCase(Abs(words), Abs(row.begin))) {
      VenueError error = Make(row.meaning, words);
      if (error.kind == ErrorKind::kRateLimited) {
        error.retry_after = kActionWait;
        error.limited_pool = std::string(kActionPool);
      }
      return error;
    }
  }
  return Make(kRefused, words);
}

VenueError ClassifyError(const HttpResponse& response) {
  VenueError error = Make(MeaningOfStatus(response.status),
                          StrCat("HTTP status ", response.status, " ", response.body));
  int64_t seconds = 0;
  if (absl::SimpleAtoi(Abs(response.header("retry-after")), &seconds) && seconds >= 0) {
    error.retry_after = absl::Seconds(std::min<int64_t>(seconds, 7 * 24 * 3600));
  }
  return error;
}

std::optional<VenueError> FindError(const HttpResponse& response) {
  constexpr std::string_view kBegin = "{\"status\"";
  const size_t begin = response.body.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos || response.body.compare(begin, kBegin.size(), kBegin) != 0) {
    return std::nullopt;  // large answers are not read twice
  }
  simdjson::dom::parser parser;
  const absl::StatusOr<JsonFields> answer =
      ParseObject(parser, response.body, kVenueWords, "answer");
  if (!answer.ok()) {
    return std::nullopt;
  }
  const std::string_view status = answer->TextOr("status", "");
  if (status == "err") {
    return ClassifyWords(answer->TextOr("response", "without words"));
  }
  if (status == "unknownOid") {
    return Make({StatusCode::kNotFound, Outcome::kRejected, ErrorKind::kOrderNotFound}, status);
  }
  const std::optional<std::string_view> words = ErrorOfFirst(*answer);
  return words.has_value() ? std::optional(ClassifyWords(*words)) : std::nullopt;
}

}  // namespace colibri::hyperliquid
