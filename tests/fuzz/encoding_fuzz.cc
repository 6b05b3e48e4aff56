// The decoders survive any text, and undo their encoders for any bytes.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "auth/encoding.h"
#include "core/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(bytes), size);
  const auto input_bytes = colibri::AsBytes(input);

  if (const auto decoded = colibri::Base64Decode(input); decoded.ok()) {
    CHECK(colibri::Base64Encode(colibri::AsBytes(*decoded)) == input);  // one text for each value
  }
  if (const auto decoded = colibri::HexDecode(input); decoded.ok()) {
    CHECK(decoded->size() * 2 == size);
  }
  if (const auto decoded = colibri::PercentDecode(input); decoded.ok()) {
    CHECK(decoded->size() <= size);
  }

  CHECK(*colibri::Base64Decode(colibri::Base64Encode(input_bytes)) == input);
  CHECK(*colibri::HexDecode(colibri::HexEncode(input_bytes)) == input);
  CHECK(*colibri::PercentDecode(colibri::PercentEncode(input)) == input);
  return 0;
}
