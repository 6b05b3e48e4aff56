// The connector of Binance USD-M futures: tells PerpetualBase how this venue wants its requests and
// what its answers mean.
//
//   auto exchange = MakeBinancePerpetualExchange(environment, config, std::move(auth));
//   CO_RETURN_IF_ERROR(co_await exchange->Start(absl::Seconds(30)));
//
// Thread: the loop's. Domains: live, testnet, local (binance_perpetual_spec.h).
#pragma once

#include <memory>

#include "auth/auth.h"
#include "connector/connector.h"
#include "connector/environment.h"
#include "connector/exchange_config.h"

namespace colibri::binance::perpetual {

// The configured domain exists; auth is null for market data only.
std::unique_ptr<Connector> MakeBinancePerpetualExchange(Environment& environment,
                                                        ExchangeConfig config,
                                                        std::unique_ptr<Auth> auth);

}  // namespace colibri::binance::perpetual
