#include "tools/venue_sim/binance/gate.h"

#include "core/status_macros.h"

namespace colibri::venue_sim::binance {
namespace {

KeyRing KeysOf(const Ledger& ledger) {
  return [&ledger](std::string_view api_key) -> const AccountKeys* {
    const Account* account = ledger.FindByKey(api_key);
    return account == nullptr ? nullptr : &account->keys();
  };
}

}  // namespace

OrError<Account*> AuthenticateRest(const Ledger& ledger,
                                   int64_t now_ms,
                                   std::string_view api_key,
                                   std::string_view query,
                                   std::string_view body,
                                   const Params& params) {
  RETURN_IF_VENUE_ERROR(
      CheckSignedRest(KeysOf(ledger), now_ms, api_key, query, body, params, Encoding::kRequired));
  return ledger.FindByKey(api_key);
}

OrError<Account*> AuthenticateWs(const Ledger& ledger,
                                 int64_t now_ms,
                                 const Params& params,
                                 Account* logged_on) {
  if (logged_on != nullptr && !params.Has("apiKey")) {
    RETURN_IF_VENUE_ERROR(CheckTime(params, now_ms));
    return logged_on;
  }
  RETURN_IF_VENUE_ERROR(CheckSignedWs(KeysOf(ledger), now_ms, params));
  return ledger.FindByKey(*params.Find("apiKey"));
}

}  // namespace colibri::venue_sim::binance
