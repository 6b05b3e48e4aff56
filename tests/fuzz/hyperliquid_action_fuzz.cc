// Whatever is to be signed: it becomes MessagePack or a refusal that does not quote the key, and
// the order ids of either making come back from the other.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "auth/encoding.h"
#include "core/check.h"
#include "exchanges/hyperliquid_common/cloid.h"
#include "exchanges/hyperliquid_common/hyperliquid_actions.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using colibri::ClientOrderId;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const absl::StatusOr<std::string> packed = colibri::hyperliquid::ActionMsgpack(text);
  if (packed.ok()) {
    CHECK(!packed->empty() && packed->size() <= 2 * text.size());
  }
  if (size >= 16) {  // any cloid
    const std::string cloid = "0x" + colibri::HexEncode(colibri::AsBytes(text.substr(0, 16)));
    const ClientOrderId id = colibri::hyperliquid::ClientOrderIdOf(cloid);
    CHECK(colibri::hyperliquid::CloidOf(id) == cloid);
  }
  if (size > 0 && size <= colibri::hyperliquid::kIdLengthMax) {  // any id of ours
    std::string ours(text);
    for (char& c : ours) {
      c = colibri::hyperliquid::kIdAlphabet[static_cast<unsigned char>(c) % 36];
    }
    const std::string cloid = colibri::hyperliquid::CloidOf(ClientOrderId(ours));
    CHECK(colibri::hyperliquid::ClientOrderIdOf(cloid).view() == ours);
  }
  return 0;
}
