#include "auth/msgpack_writer.h"

#include <limits>

#include "core/check.h"

namespace colibri {
namespace {

constexpr uint64_t kByte = std::numeric_limits<uint8_t>::max();
constexpr uint64_t kWord = std::numeric_limits<uint16_t>::max();
constexpr uint64_t kLong = std::numeric_limits<uint32_t>::max();

}  // namespace

MsgpackWriter& MsgpackWriter::Map(size_t count) {
  CHECK(count <= kLong);
  if (count < 16) {
    Append(static_cast<uint8_t>(0x80 | count), 0, 0);
  } else if (count <= kWord) {
    Append(0xde, count, 2);
  } else {
    Append(0xdf, count, 4);
  }
  return *this;
}

MsgpackWriter& MsgpackWriter::Array(size_t count) {
  CHECK(count <= kLong);
  if (count < 16) {
    Append(static_cast<uint8_t>(0x90 | count), 0, 0);
  } else if (count <= kWord) {
    Append(0xdc, count, 2);
  } else {
    Append(0xdd, count, 4);
  }
  return *this;
}

MsgpackWriter& MsgpackWriter::String(std::string_view text) {
  CHECK(text.size() <= kLong);
  if (text.size() < 32) {
    Append(static_cast<uint8_t>(0xa0 | text.size()), 0, 0);
  } else if (text.size() <= kByte) {
    Append(0xd9, text.size(), 1);
  } else if (text.size() <= kWord) {
    Append(0xda, text.size(), 2);
  } else {
    Append(0xdb, text.size(), 4);
  }
  bytes_.append(text);
  return *this;
}

MsgpackWriter& MsgpackWriter::Unsigned(uint64_t value) {
  if (value < 0x80) {
    Append(static_cast<uint8_t>(value), 0, 0);
  } else if (value <= kByte) {
    Append(0xcc, value, 1);
  } else if (value <= kWord) {
    Append(0xcd, value, 2);
  } else if (value <= kLong) {
    Append(0xce, value, 4);
  } else {
    Append(0xcf, value, 8);
  }
  return *this;
}

MsgpackWriter& MsgpackWriter::Signed(int64_t value) {
  const uint64_t bits = static_cast<uint64_t>(value);
  if (value >= 0) {
    return Unsigned(bits);
  }
  if (value >= -32) {
    Append(static_cast<uint8_t>(bits), 0, 0);
  } else if (value >= std::numeric_limits<int8_t>::min()) {
    Append(0xd0, bits, 1);
  } else if (value >= std::numeric_limits<int16_t>::min()) {
    Append(0xd1, bits, 2);
  } else if (value >= std::numeric_limits<int32_t>::min()) {
    Append(0xd2, bits, 4);
  } else {
    Append(0xd3, bits, 8);
  }
  return *this;
}

MsgpackWriter& MsgpackWriter::Bool(bool value) {
  Append(value ? 0xc3 : 0xc2, 0, 0);
  return *this;
}

MsgpackWriter& MsgpackWriter::Nil() {
  Append(0xc0, 0, 0);
  return *this;
}

void MsgpackWriter::Append(uint8_t tag, uint64_t value, int size) {
  bytes_.push_back(static_cast<char>(tag));
  for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) {
    bytes_.push_back(static_cast<char>(value >> shift & 0xff));
  }
}

}  // namespace colibri
