#include "core/order_update.h"

namespace colibri {

std::string_view ToString(Source source) {
  switch (source) {
    case Source::kStream:
      return "stream";
    case Source::kRest:
      return "rest";
    case Source::kLocal:
      return "local";
    case Source::kRecovered:
      return "recovered";
  }
  return "unknown";
}

}  // namespace colibri
