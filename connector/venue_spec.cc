#include "connector/venue_spec.h"

namespace colibri {

const DomainSpec* VenueSpec::FindDomain(std::string_view domain) const {
  for (const DomainSpec& spec : domains) {
    if (spec.name == domain) {
      return &spec;
    }
  }
  return nullptr;
}

}  // namespace colibri
