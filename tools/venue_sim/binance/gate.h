// Lets a call in, or says why not: key, signature, time window, and the names of its parameters.
//
//   ASSIGN_OR_RETURN(Account * account, AuthenticateRest(ledger, now_ms, call_parts));
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tools/venue_sim/binance/ledger.h"
#include "tools/venue_sim/binance_common/error.h"
#include "tools/venue_sim/binance_common/params.h"
#include "tools/venue_sim/binance_common/signed_call.h"

namespace colibri::venue_sim::binance {

// The key is in the header; the signature is over the query and body as they came.
OrError<Account*> AuthenticateRest(const Ledger& ledger,
                                   int64_t now_ms,
                                   std::string_view api_key,
                                   std::string_view query,
                                   std::string_view body,
                                   const Params& params);

// The signature is over all other parameters, sorted by name, not encoded. A connection that has
// logged on needs a timestamp only.
OrError<Account*> AuthenticateWs(const Ledger& ledger,
                                 int64_t now_ms,
                                 const Params& params,
                                 Account* logged_on);

}  // namespace colibri::venue_sim::binance
