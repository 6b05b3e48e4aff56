#include "exchanges/hyperliquid_common/cloid.h"

#include <algorithm>
#include <optional>

#include "core/decimal.h"

namespace colibri::hyperliquid {
namespace {

constexpr size_t kCloidDigits = 32;
constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr unsigned kIdBase = 37;  // no digit, and the 36 of the alphabet

// The number that the hex digits after 0x spell; nullopt for another form.
std::optional<Uint128> ReadCloid(std::string_view cloid) {
  if (cloid.size() != 2 + kCloidDigits || cloid.substr(0, 2) != "0x") {
    return std::nullopt;
  }
  Uint128 value = 0;
  for (const char c : cloid.substr(2)) {
    const size_t digit = kHexDigits.find(c);
    if (digit == std::string_view::npos) {
      return std::nullopt;
    }
    value = value << 4 | digit;
  }
  return value;
}

}  // namespace

std::string CloidOf(const ClientOrderId& id) {
  const std::string_view text = id.view();
  if (text.empty() || text.size() > kIdLengthMax) {
    return std::string(text);
  }
  Uint128 value = 0;  // 37^24 is below 2^126
  for (const char c : text) {
    const size_t digit = kIdAlphabet.find(c);
    if (digit == std::string_view::npos) {
      return std::string(text);
    }
    value = value * kIdBase + digit + 1;
  }
  std::string cloid(2 + kCloidDigits, '0');
  cloid[1] = 'x';
  for (size_t i = cloid.size(); value != 0; value >>= 4) {
    cloid[--i] = kHexDigits[static_cast<size_t>(value & 0xf)];
  }
  return cloid;
}

ClientOrderId ClientOrderIdOf(std::string_view cloid) {
  if (cloid.size() > ClientOrderId::kMaxLength) {
    return ClientOrderId();
  }
  std::optional<Uint128> value = ReadCloid(cloid);
  std::string id;
  while (value.has_value() && *value != 0 && id.size() < kIdLengthMax) {
    const auto digit = static_cast<size_t>(*value % kIdBase);
    if (digit == 0) {
      break;  // no id of ours spells so
    }
    id.push_back(kIdAlphabet[digit - 1]);
    *value /= kIdBase;
  }
  if (!value.has_value() || *value != 0 || id.empty()) {
    return ClientOrderId(cloid);
  }
  std::reverse(id.begin(), id.end());
  return ClientOrderId(id);
}

}  // namespace colibri::hyperliquid
