#include "connector/venue_spec.h"

#include <algorithm>

namespace colibri {

const DomainSpec* VenueSpec::FindDomain(std::string_view domain) const {
  for (const DomainSpec& spec : domains) {
    if (spec.name == domain) {
      return &spec;
    }
  }
  return nullptr;
}

bool VenueSpec::has_order_socket() const {
  return std::any_of(domains.begin(), domains.end(), [](const DomainSpec& domain) {
    return !domain.hosts.order_socket_url.empty();
  });
}

}  // namespace colibri
