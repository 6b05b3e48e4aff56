#include "connector/venue_hosts.h"

#include <string>

#include "core/strings.h"

namespace colibri {

VenueHosts ResolveHosts(const VenueSpec& spec, const ExchangeConfig& config) {
  const DomainSpec* domain = spec.FindDomain(config.domain);
  VenueHosts hosts = domain != nullptr ? domain->hosts : spec.domains.front().hosts;
  const auto replace = [](std::string& host, const std::string& configured) {
    if (!configured.empty()) {
      host = configured;
    }
  };
  replace(hosts.rest_url, config.hosts.rest_url);
  replace(hosts.market_stream_url, config.hosts.market_stream_url);
  replace(hosts.trade_stream_url, config.hosts.trade_stream_url);
  replace(hosts.private_stream_url, config.hosts.private_stream_url);
  return hosts;
}

absl::Status CheckDomain(const VenueSpec& spec, const ExchangeConfig& config) {
  if (spec.FindDomain(config.domain) != nullptr) {
    return absl::OkStatus();
  }
  std::string known;
  for (const DomainSpec& domain : spec.domains) {
    known.append(known.empty() ? "" : ", ").append(domain.name);
  }
  return absl::NotFoundError(
      StrCat(spec.name, " has no domain \"", config.domain, "\"; use one of ", known));
}

}  // namespace colibri
