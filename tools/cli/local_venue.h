// A simulated venue inside this program, on TLS over loopback, and what it says of its account when
// asked apart from any connector.
//
//   ASSIGN_OR_RETURN(std::unique_ptr<LocalVenue> venue, LocalVenue::Start("binance", {.seed = 7}));
//   connector = entry.make_connector(environment, venue->config(), &credentials);
//   ...
//   ASSIGN_OR_RETURN(VenueAnswer answer, venue->Ask(environment, *auth));
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include <nlohmann/json_fwd.hpp>

#include "auth/auth.h"
#include "auth/credentials.h"
#include "connector/exchange_config.h"
#include "connector/net/asio_environment.h"
#include "core/decimal.h"
#include "core/trading_pair.h"

namespace colibri::cli {

struct VenueAnswer {
  int64_t open_orders = 0;
  std::map<std::string, Decimal> balances = {};  // totals by asset
  // Of perpetuals, of the pair that is traded.
  Decimal position = {};  // signed
  Decimal funding = {};   // all that was paid, negative, or got
};

class LocalVenue {
 public:
  struct Options {
    uint64_t seed = 1;
    absl::Duration funding_interval = absl::Seconds(10);  // of perpetuals
  };

  // InvalidArgument names the venues that there are.
  static absl::StatusOr<std::unique_ptr<LocalVenue>> Start(std::string_view name, Options options);
  // "binance", ...
  static std::vector<std::string> Names();
  virtual ~LocalVenue() = default;

  // Domain "local" with this venue's addresses, and its pair.
  virtual ExchangeConfig config() const = 0;
  virtual Credentials credentials() const = 0;
  virtual std::string ca_pem() const = 0;
  virtual absl::StatusOr<VenueAnswer> Ask(AsioEnvironment& environment, const Auth& auth) = 0;

  TradingPair pair() const { return config().pairs.front(); }

 protected:
  // One signed request; Unavailable unless it is answered with 200 and JSON.
  static absl::StatusOr<nlohmann::ordered_json> AskSigned(AsioEnvironment& environment,
                                                          const Auth& auth,
                                                          const std::string& rest_url,
                                                          RestRequest request);
  // The same without a signature.
  static absl::StatusOr<nlohmann::ordered_json> Ask(AsioEnvironment& environment,
                                                    const std::string& rest_url,
                                                    RestRequest request);
};

}  // namespace colibri::cli
