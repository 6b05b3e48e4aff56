#include "tools/venue_sim/hyperliquid/msgpack.h"

#include <bit>

#include <nlohmann/json.hpp>

namespace colibri::venue_sim::hyperliquid {
namespace {

void AppendByte(std::string& bytes, uint64_t value) {
  bytes.push_back(static_cast<char>(value));
}

void AppendUnsigned(std::string& bytes, uint64_t value) {
  if (value < 0x80) {
    AppendByte(bytes, value);
  } else if (value <= 0xff) {
    AppendByte(bytes, 0xcc);
    AppendBigEndian(bytes, value, 1);
  } else if (value <= 0xffff) {
    AppendByte(bytes, 0xcd);
    AppendBigEndian(bytes, value, 2);
  } else if (value <= 0xffff'ffff) {
    AppendByte(bytes, 0xce);
    AppendBigEndian(bytes, value, 4);
  } else {
    AppendByte(bytes, 0xcf);
    AppendBigEndian(bytes, value, 8);
  }
}

void AppendNegative(std::string& bytes, int64_t value) {
  const auto pattern = static_cast<uint64_t>(value);
  if (value >= -32) {
    AppendByte(bytes, pattern);
  } else if (value >= INT8_MIN) {
    AppendByte(bytes, 0xd0);
    AppendBigEndian(bytes, pattern, 1);
  } else if (value >= INT16_MIN) {
    AppendByte(bytes, 0xd1);
    AppendBigEndian(bytes, pattern, 2);
  } else if (value >= INT32_MIN) {
    AppendByte(bytes, 0xd2);
    AppendBigEndian(bytes, pattern, 4);
  } else {
    AppendByte(bytes, 0xd3);
    AppendBigEndian(bytes, pattern, 8);
  }
}

void AppendText(std::string& bytes, const std::string& text) {
  if (text.size() < 32) {
    AppendByte(bytes, 0xa0 | text.size());
  } else if (text.size() <= 0xff) {
    AppendByte(bytes, 0xd9);
    AppendBigEndian(bytes, text.size(), 1);
  } else if (text.size() <= 0xffff) {
    AppendByte(bytes, 0xda);
    AppendBigEndian(bytes, text.size(), 2);
  } else {
    AppendByte(bytes, 0xdb);
    AppendBigEndian(bytes, text.size(), 4);
  }
  bytes += text;
}

// Of an array (90, dc, dd) or a map (80, de, df).
void AppendCount(std::string& bytes, uint64_t count, bool is_map) {
  if (count < 16) {
    AppendByte(bytes, (is_map ? 0x80u : 0x90u) | count);
  } else if (count <= 0xffff) {
    AppendByte(bytes, is_map ? 0xde : 0xdc);
    AppendBigEndian(bytes, count, 2);
  } else {
    AppendByte(bytes, is_map ? 0xdf : 0xdd);
    AppendBigEndian(bytes, count, 4);
  }
}

// The depth is bounded by the parser.
void Append(std::string& bytes, const Json& json) {
  switch (json.type()) {
    case Json::value_t::boolean:
      return AppendByte(bytes, json.get<bool>() ? 0xc3 : 0xc2);
    case Json::value_t::number_unsigned:
      return AppendUnsigned(bytes, json.get<uint64_t>());
    case Json::value_t::number_integer: {
      const auto value = json.get<int64_t>();
      return value < 0 ? AppendNegative(bytes, value)
                       : AppendUnsigned(bytes, static_cast<uint64_t>(value));
    }
    case Json::value_t::number_float:
      AppendByte(bytes, 0xcb);
      return AppendBigEndian(bytes, std::bit_cast<uint64_t>(json.get<double>()), 8);
    case Json::value_t::string:
      return AppendText(bytes, json.get_ref<const std::string&>());
    case Json::value_t::array:
      AppendCount(bytes, json.size(), /*is_map=*/false);
      for (const Json& element : json) {
        Append(bytes, element);
      }
      return;
    case Json::value_t::object:
      AppendCount(bytes, json.size(), /*is_map=*/true);
      for (const auto& [name, value] : json.items()) {
        AppendText(bytes, name);
        Append(bytes, value);
      }
      return;
    default:
      return AppendByte(bytes, 0xc0);
  }
}

}  // namespace

void AppendBigEndian(std::string& bytes, uint64_t value, int count) {
  for (int shift = 8 * (count - 1); shift >= 0; shift -= 8) {
    AppendByte(bytes, (value >> shift) & 0xff);
  }
}

std::string Msgpack(const Json& json) {
  std::string bytes;
  Append(bytes, json);
  return bytes;
}

}  // namespace colibri::venue_sim::hyperliquid
