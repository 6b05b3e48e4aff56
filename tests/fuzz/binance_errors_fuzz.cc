// Whatever an error answer holds: it is never taken for success, its message is bounded, and only
// the venue's own words make a refusal.
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/check.h"
#include "exchanges/binance/binance_errors.h"
#include "exchanges/binance_perpetual/binance_perpetual_errors.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size < 3) {
    return 0;
  }
  colibri::HttpResponse response;
  response.status = bytes[0] % 2 == 0 ? 400 + bytes[1] % 60 : 300 + bytes[1];
  const size_t header = bytes[2] % 24 < size - 3 ? bytes[2] % 24 : size - 3;
  const std::string text(reinterpret_cast<const char*>(bytes) + 3, size - 3);
  response.headers = {{"retry-after", text.substr(0, header)}};
  response.body = text.substr(header);
  for (const colibri::binance::ErrorTable* table :
       {&colibri::binance::SpotErrors(), &colibri::binance::perpetual::PerpetualErrors()}) {
    const colibri::VenueError error = colibri::binance::ClassifyError(*table, response);
    CHECK(!error.status.ok());
    CHECK(error.status.message().size() < 400);
    CHECK(!error.retry_after.has_value() || *error.retry_after >= absl::ZeroDuration());
    CHECK(response.status < 500 || error.outcome != colibri::Outcome::kRejected);
  }
  return 0;
}
