// What the stub of the venue says, as text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace colibri::bench {

// Limits far above what a benchmark sends: the client's throttler must not be what is measured.
std::string RulesBody(int pairs);
// Immediate or cancel, and nobody to trade with. The parameters are a query or a frame.
std::string OrderBody(std::string_view parameters, int64_t number, absl::Time now);
// Hyperliquid's answer to that request of public data.
std::string InfoBody(std::string_view request, int pairs, absl::Time now);
// Of the path of any other request.
std::string PlainBody(std::string_view path, absl::Time now);
// The value of "id" of a request frame, with its quotes where it has some.
std::string_view IdOf(std::string_view frame);

}  // namespace colibri::bench
