// Text forms of bytes: hex, base64 (RFC 4648) and percent-encoding (RFC 3986).
//
//   HexEncode(AsBytes("\x01\xfe"))    -> "01fe"
//   Base64Encode(AsBytes("Man"))      -> "TWFu"
//   PercentEncode("a+b/c=")           -> "a%2Bb%2Fc%3D"
//
// Decoders are strict: no white space, no missing padding, no half triplet. Errors are
// InvalidArgument, say where, and never quote the input, which may be a secret.
// Thread: any. No state.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace colibri {

// The same bytes, seen as unsigned.
inline absl::Span<const uint8_t> AsBytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// Lower case.
[[nodiscard]] std::string HexEncode(absl::Span<const uint8_t> bytes);

// Writes 2 * bytes.size() characters to `out`, no terminating zero, no allocation.
void HexEncodeTo(absl::Span<const uint8_t> bytes, char* out);

// Bytes of an even number of hex digits.
[[nodiscard]] absl::StatusOr<std::string> HexDecode(std::string_view text);

// Characters of base64 for `size` bytes, padding included.
constexpr size_t Base64Size(size_t size) {
  return (size + 2) / 3 * 4;
}

// The standard alphabet, padded.
[[nodiscard]] std::string Base64Encode(absl::Span<const uint8_t> bytes);

// Writes Base64Size(bytes.size()) characters to `out`, no terminating zero, no allocation.
void Base64EncodeTo(absl::Span<const uint8_t> bytes, char* out);

// Refuses missing padding, white space, the URL alphabet and stray bits after the last byte.
[[nodiscard]] absl::StatusOr<std::string> Base64Decode(std::string_view text);

// Everything but the unreserved characters (letters, digits, '-', '.', '_', '~') becomes %XX.
[[nodiscard]] std::string PercentEncode(std::string_view text);

// Appends to `out`, so that a query can be built in place.
void AppendPercentEncoded(std::string_view text, std::string& out);

// Turns %XX back into bytes and leaves every other character alone. A '+' stays a plus: this is
// RFC 3986, not a web form.
[[nodiscard]] absl::StatusOr<std::string> PercentDecode(std::string_view text);

}  // namespace colibri
