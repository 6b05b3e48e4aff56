// The answer to a request: JSON as text, or a refusal of the transport in words.
#pragma once

#include <string>

namespace colibri::venue_sim::hyperliquid {

struct Answer {
  int status = 200;
  std::string text = {};
  int items = 0;  // returned ones that add to the weight of the call, in the unit of its kind
};

// A body that cannot be read.
inline Answer Unreadable() {
  return {.status = 422, .text = "Failed to deserialize the JSON body into the target type"};
}
inline Answer Overused() {
  return {.status = 429, .text = "null"};
}

}  // namespace colibri::venue_sim::hyperliquid
