#include "connector/venue_hosts.h"

#include <string>

#include "core/strings.h"

namespace colibri {

VenueHosts ResolveHosts(const VenueSpec& spec, const ExchangeConfig& config) {
  const DomainSpec* domain = spec.FindDomain(config.domain);
  const VenueHosts& known = domain != nullptr ? domain->hosts : spec.domains.front().hosts;
  VenueHosts hosts = known;
  const auto replace = [](std::string& host, const std::string& configured) {
    if (!configured.empty()) {
      host = configured;
    }
  };
  replace(hosts.rest_url, config.hosts.rest_url);
  replace(hosts.market_stream_url, config.hosts.market_stream_url);
  replace(hosts.trade_stream_url, config.hosts.trade_stream_url);
  replace(hosts.private_stream_url, config.hosts.private_stream_url);
  // Orders never go to the venue itself when the rest was sent elsewhere.
  const bool is_shared = known.order_socket_url == known.private_stream_url;
  const bool is_moved =
      hosts.rest_url != known.rest_url || hosts.private_stream_url != known.private_stream_url;
  if (is_shared) {
    hosts.order_socket_url = hosts.private_stream_url;
  } else if (is_moved) {
    hosts.order_socket_url.clear();
  }
  replace(hosts.order_socket_url, config.hosts.order_socket_url);
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
