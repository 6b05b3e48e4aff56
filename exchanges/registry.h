// All venues, by name. Adding one adds an include and a line to registry.cc.
//
//   const Registry registry = MakeRegistry();
//   ASSIGN_OR_RETURN(const VenueEntry* venue, registry.Find("binance"));
#pragma once

#include "connector/registry.h"

namespace colibri {

Registry MakeRegistry();

}  // namespace colibri
