#include "exchanges/binance_common/binance_error_table.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "core/strings.h"
#include "exchanges/binance_common/binance_family.h"
#include "exchanges/binance_common/binance_json.h"

namespace colibri::binance {
namespace {

using absl::StatusCode;

constexpr size_t kWordsMax = 200;
constexpr absl::Duration kWaitMax = absl::Hours(24 * 7);

constexpr ErrorMeaning kBadKey = {
    StatusCode::kUnauthenticated, Outcome::kRejected, ErrorKind::kBadCredentials};
constexpr ErrorMeaning kTooMany = {
    StatusCode::kResourceExhausted, Outcome::kNotSent, ErrorKind::kRateLimited};
constexpr ErrorMeaning kBanned = {
    StatusCode::kResourceExhausted, Outcome::kNotSent, ErrorKind::kBanned};

// Orders, not requests.
constexpr int64_t kTooManyOrders = -1015;

constexpr CodeRow kCodes[] = {
    // The venue does not know itself what became of it. Its documentation says to send again after
    // -1001 and -1016; that could double an order.
    {-1000, -1001, kMeansUnknown},
    {-1002, -1002, kBadKey},
    {-1003, -1003, kTooMany},
    {-1006, -1006, kMeansUnknown},
    {-1007, -1007, {StatusCode::kDeadlineExceeded, Outcome::kUnknown, ErrorKind::kOther}},
    {-1008, -1008, kMeansBusy},
    {-1013, -1013, kMeansBadRequest},  // a filter
    {kTooManyOrders, kTooManyOrders, kTooMany},
    {-1016, -1016, kMeansUnknown},
    {-1021, -1021, kMeansClockSkew},
    {-1022, -1022, kBadKey},
    {-1100, -1136, kMeansBadRequest},
    {-1145, -1145, kMeansBadRequest},
    {-2010, -2010, kMeansRefused},
    {-2011, -2011, {StatusCode::kNotFound, Outcome::kRejected, ErrorKind::kCancelUnknownOrder}},
    {-2013, -2013, {StatusCode::kNotFound, Outcome::kRejected, ErrorKind::kOrderNotFound}},
    {-2014, -2015, kBadKey},
    {-2022, -2022, kMeansRefused},
};

std::optional<ErrorMeaning> MeaningOfCode(const ErrorTable& table,
                                          int http_status,
                                          std::optional<int64_t> code,
                                          std::string_view words) {
  for (const WordsRow& row : table.words) {
    if ((row.http_status == 0 || row.http_status == http_status) &&
        (!row.code.has_value() || row.code == code) &&
        words.find(row.words) != std::string_view::npos) {
      return row.meaning;
    }
  }
  if (code.has_value()) {
    for (const absl::Span<const CodeRow> rows : {table.codes, absl::MakeConstSpan(kCodes)}) {
      for (const CodeRow& row : rows) {
        if (*code <= row.first && *code >= row.last) {
          return row.meaning;
        }
      }
    }
  }
  return std::nullopt;
}

// The HTTP status goes before the code where it says more; a code that the table lacks is a
// refusal only with a status that says so too.
ErrorMeaning MeaningOf(const ErrorTable& table,
                       int http_status,
                       std::optional<int64_t> code,
                       std::string_view words) {
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
  const std::optional<ErrorMeaning> meaning = MeaningOfCode(table, http_status, code, words);
  if (http_status >= 500 || http_status == 408) {
    // Only "overloaded" and "too many" are sure not to have been executed.
    const bool is_sure = meaning.has_value() && meaning->outcome == Outcome::kNotSent;
    return is_sure || (meaning.has_value() && meaning->outcome == Outcome::kUnknown)
               ? *meaning
               : kMeansUnknown;
  }
  if (meaning.has_value()) {
    return *meaning;
  }
  if (http_status >= 400 && code.has_value()) {
    return http_status == 401 ? kBadKey : kMeansRefused;
  }
  return kMeansUnknown;  // not the venue's own words
}

std::string Message(const ErrorTable& table,
                    int http_status,
                    std::optional<int64_t> code,
                    std::string_view words) {
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
      text.append("; the venue does not serve this region: ").append(table.region_hint);
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

VenueError Describe(const ErrorTable& table,
                    int http_status,
                    std::optional<int64_t> code,
                    std::string_view words) {
  const ErrorMeaning meaning = MeaningOf(table, http_status, code, words);
  VenueError error;
  error.status = absl::Status(meaning.status, Message(table, http_status, code, words));
  error.outcome = meaning.outcome;
  error.kind = meaning.kind;
  if (code == kTooManyOrders) {
    error.limited_pool = kOrdersPool;  // cancels go on
  }
  return error;
}

}  // namespace

VenueError ClassifyCode(const ErrorTable& table,
                        int http_status,
                        int64_t code,
                        std::string_view words) {
  return Describe(table, http_status, code, words);
}

VenueError ClassifyError(const ErrorTable& table, const HttpResponse& response) {
  simdjson::dom::parser parser;
  const absl::StatusOr<JsonFields> body = ParseObject(parser, response.body, "error");
  std::optional<int64_t> code;
  std::string_view words;
  if (body.ok() && body->Integer("code").ok()) {
    code = *body->Integer("code");
    words = body->TextOr("msg", "");
  }
  VenueError error = Describe(table, response.status, code, words);
  if (error.kind == ErrorKind::kRateLimited || error.kind == ErrorKind::kBanned ||
      error.kind == ErrorKind::kOverloaded) {
    error.retry_after = RetryAfter(response);
  }
  return error;
}

}  // namespace colibri::binance
