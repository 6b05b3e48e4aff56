// Checks a signed call: key, signature, time window.
//
//   const KeyRing keys = [&](std::string_view key) { return ledger.FindKeys(key); };
//   RETURN_IF_VENUE_ERROR(CheckSignedRest(keys, now_ms, api_key, query, body, params));
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "tools/venue_sim/binance_common/error.h"
#include "tools/venue_sim/binance_common/params.h"
#include "tools/venue_sim/binance_common/request_auth.h"

namespace colibri::venue_sim::binance {

inline constexpr char kSignedParams[] = "timestamp recvWindow signature apiKey";

// Null when the key is unknown.
using KeyRing = std::function<const AccountKeys*(std::string_view api_key)>;

// Of a call that needs a key and no signature.
MaybeError CheckKey(const KeyRing& keys, std::string_view api_key);

// Whether values must be percent-encoded before they are signed; not every venue refuses others.
enum class Encoding { kRequired, kFree };

// The key is in the header; the signature is over the query and body as they came.
MaybeError CheckSignedRest(const KeyRing& keys,
                           int64_t now_ms,
                           std::string_view api_key,
                           std::string_view query,
                           std::string_view body,
                           const Params& params,
                           Encoding encoding);

// The signature is over all other parameters, sorted by name, not encoded; `apiKey` is among them.
MaybeError CheckSignedWs(const KeyRing& keys, int64_t now_ms, const Params& params);

// Accepted when timestamp < server + 1000 and server - timestamp <= recvWindow.
MaybeError CheckTime(const Params& params, int64_t now_ms);

}  // namespace colibri::venue_sim::binance
