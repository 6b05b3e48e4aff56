#include "tools/venue_sim/binance_common/signed_call.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>

#include "core/status_macros.h"
#include "core/strings.h"

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

OrError<const AccountKeys*> FindKeys(const KeyRing& keys, std::string_view api_key) {
  const bool is_well_formed = !api_key.empty() && api_key.size() <= 128 &&
                              std::all_of(api_key.begin(), api_key.end(), [](unsigned char c) {
                                return std::isalnum(c) != 0 || c == '-' || c == '_';
                              });
  if (!is_well_formed) {
    return VenueError{-2014, "API-key format invalid.", 401};
  }
  const AccountKeys* found = keys(api_key);
  if (found == nullptr) {
    return VenueError{-2015, "Invalid API-key, IP, or permissions for action.", 401};
  }
  return found;
}

// Values must be percent-encoded before they are signed.
bool IsEncoded(std::string_view payload) {
  return std::all_of(payload.begin(), payload.end(), [](unsigned char c) {
    return c > 0x20 && c < 0x7f && c != '"';
  });
}

}  // namespace

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

MaybeError CheckKey(const KeyRing& keys, std::string_view api_key) {
  const OrError<const AccountKeys*> found = FindKeys(keys, api_key);
  return found.ok() ? MaybeError() : MaybeError(found.status());
}

MaybeError CheckSignedRest(const KeyRing& keys,
                           int64_t now_ms,
                           std::string_view api_key,
                           std::string_view query,
                           std::string_view body,
                           const Params& params,
                           Encoding encoding) {
  ASSIGN_OR_RETURN(const AccountKeys* found, FindKeys(keys, api_key));
  ASSIGN_OR_RETURN(const std::string timestamp, params.Required("timestamp"));
  ASSIGN_OR_RETURN(const std::string signature, params.Required("signature"));
  const SignedParts parts = SplitSignature(query, body);
  const bool is_encoded = encoding == Encoding::kFree || IsEncoded(parts.payload);
  if (!parts.is_last || !is_encoded || !VerifySignature(*found, parts.payload, signature)) {
    return BadSignature();
  }
  return CheckTime(params, now_ms);
}

MaybeError CheckSignedWs(const KeyRing& keys, int64_t now_ms, const Params& params) {
  ASSIGN_OR_RETURN(const std::string api_key, params.Required("apiKey"));
  ASSIGN_OR_RETURN(const AccountKeys* found, FindKeys(keys, api_key));
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
  if (!VerifySignature(*found, payload, signature)) {
    return BadSignature();
  }
  return CheckTime(params, now_ms);
}

}  // namespace colibri::venue_sim::binance
