// Writes MessagePack in its shortest forms, where the bytes themselves are hashed and signed.
//
//   MsgpackWriter writer;
//   writer.Map(2);
//   writer.String("type").String("noop");
//   writer.String("id").Unsigned(uint64_t{1} << 32);
//   writer.bytes();   // 82 a4 "type" a4 "noop" a2 "id" cf 0000000100000000
//
// A map of n takes n keys and n values after it, in the order in which they are to be hashed.
// Integers of 2^32 and more are 64-bit integers, never floating point: that is the classic mistake,
// and gives a signature of somebody else. Nothing counts whether what was announced follows.
// Thread: one per object.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace colibri {

class MsgpackWriter final {
 public:
  // CHECKs that the count or length is below 2^32.
  MsgpackWriter& Map(size_t count);
  MsgpackWriter& Array(size_t count);
  MsgpackWriter& String(std::string_view text);

  MsgpackWriter& Unsigned(uint64_t value);
  MsgpackWriter& Signed(int64_t value);
  MsgpackWriter& Bool(bool value);
  MsgpackWriter& Nil();

  const std::string& bytes() const { return bytes_; }
  void Clear() { bytes_.clear(); }

 private:
  // `tag`, then the lowest `size` bytes of `value`, highest first.
  void Append(uint8_t tag, uint64_t value, int size);

  std::string bytes_;
};

}  // namespace colibri
