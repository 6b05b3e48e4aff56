#include "tools/venue_sim/binance/gate.h"

#include <algorithm>
#include <map>
#include <optional>

#include "core/status_macros.h"
#include "core/strings.h"
#include "tools/venue_sim/binance/request_auth.h"

namespace colibri::venue_sim::binance {
namespace {

constexpr int64_t kReceiveWindowMs = 5000;
constexpr int64_t kReceiveWindowMaxMs = 60'000;
constexpr int64_t kAheadMs = 1000;
// A timestamp beyond this is in microseconds.
constexpr int64_t kMillisecondsMax = 100'000'000'000'000;

VenueError BadSignature() {
  return {-1022, "Signature for this request is not valid."};
}

OrError<Account*> FindAccount(const Ledger& ledger, std::string_view api_key) {
  const bool is_well_formed = !api_key.empty() && api_key.size() <= 128 &&
                              std::all_of(api_key.begin(), api_key.end(), [](unsigned char c) {
                                return std::isalnum(c) != 0 || c == '-' || c == '_';
                              });
  if (!is_well_formed) {
    return VenueError{-2014, "API-key format invalid.", 401};
  }
  Account* account = ledger.FindByKey(api_key);
  if (account == nullptr) {
    return VenueError{-2015, "Invalid API-key, IP, or permissions for action.", 401};
  }
  return account;
}

// Accepted when timestamp < server + 1000 and server - timestamp <= recvWindow.
MaybeError CheckTime(const Params& params, int64_t now_ms) {
  ASSIGN_OR_RETURN(const std::string text, params.Required("timestamp"));
  ASSIGN_OR_RETURN(const std::optional<int64_t> timestamp, params.Integer("timestamp"));
  ASSIGN_OR_RETURN(const std::optional<Decimal> window, params.Amount("recvWindow"));
  const Decimal window_ms = window.value_or(Decimal::FromInteger(kReceiveWindowMs));
  if (window_ms > Decimal::FromInteger(kReceiveWindowMaxMs)) {
    return VenueError{-1131, "recvWindow must be less than 60000."};
  }
  const int64_t sent_ms = *timestamp > kMillisecondsMax ? *timestamp / 1000 : *timestamp;
  if (sent_ms >= now_ms + kAheadMs) {
    return VenueError{-1021, "Timestamp for this request was 1000ms ahead of the server's time."};
  }
  if (Decimal::FromInteger(now_ms - sent_ms) > window_ms) {
    return VenueError{-1021, "Timestamp for this request is outside of the recvWindow."};
  }
  return std::nullopt;
}

// Values must be percent-encoded before they are signed.
bool IsEncoded(std::string_view payload) {
  return std::all_of(payload.begin(), payload.end(), [](unsigned char c) {
    return c > 0x20 && c < 0x7f && c != '"';
  });
}

}  // namespace

OrError<Account*> AuthenticateRest(const Ledger& ledger,
                                   int64_t now_ms,
                                   std::string_view api_key,
                                   std::string_view query,
                                   std::string_view body,
                                   const Params& params) {
  ASSIGN_OR_RETURN(Account * account, FindAccount(ledger, api_key));
  ASSIGN_OR_RETURN(const std::string timestamp, params.Required("timestamp"));
  ASSIGN_OR_RETURN(const std::string signature, params.Required("signature"));
  const SignedParts parts = SplitSignature(query, body);
  if (!parts.is_last || !IsEncoded(parts.payload) ||
      !VerifySignature(account->keys(), parts.payload, signature)) {
    return BadSignature();
  }
  RETURN_IF_VENUE_ERROR(CheckTime(params, now_ms));
  return account;
}

OrError<Account*> AuthenticateWs(const Ledger& ledger,
                                 int64_t now_ms,
                                 const Params& params,
                                 Account* logged_on) {
  if (logged_on != nullptr && !params.Has("apiKey")) {
    RETURN_IF_VENUE_ERROR(CheckTime(params, now_ms));
    return logged_on;
  }
  ASSIGN_OR_RETURN(const std::string api_key, params.Required("apiKey"));
  ASSIGN_OR_RETURN(Account * account, FindAccount(ledger, api_key));
  ASSIGN_OR_RETURN(const std::string timestamp, params.Required("timestamp"));
  ASSIGN_OR_RETURN(const std::string signature, params.Required("signature"));
  const std::map<std::string, std::string> sorted(params.all().begin(), params.all().end());
  std::string payload;
  for (const auto& [name, value] : sorted) {
    if (name != "signature") {
      payload +=
          StrCat(payload.empty() ? "" : "&", std::string_view(name), "=", std::string_view(value));
    }
  }
  if (!VerifySignature(account->keys(), payload, signature)) {
    return BadSignature();
  }
  RETURN_IF_VENUE_ERROR(CheckTime(params, now_ms));
  return account;
}

}  // namespace colibri::venue_sim::binance
