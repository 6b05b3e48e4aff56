// The addresses of a venue's domain as a user configured them.
//
//   RETURN_IF_ERROR(CheckDomain(spec, config));     // binance has no domain "lvie"; use one of ...
//   const VenueHosts hosts = ResolveHosts(spec, config);
#pragma once

#include "absl/status/status.h"

#include "connector/exchange_config.h"
#include "connector/venue_spec.h"

namespace colibri {

// The hosts of the configured domain (the first one's when the domain is unknown), each replaced by
// the configuration's where that is not empty. The order socket follows the private stream where
// they have one address; elsewhere there is none once REST or the private stream are moved and it
// is not.
VenueHosts ResolveHosts(const VenueSpec& spec, const ExchangeConfig& config);

// NotFound with the known ones.
absl::Status CheckDomain(const VenueSpec& spec, const ExchangeConfig& config);

}  // namespace colibri
