#include "auth/encoding.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "absl/status/status.h"

#include "core/strings.h"

namespace colibri {
namespace {

// Both digits of each byte.
constexpr std::array<std::array<char, 2>, 256> kHexLower = [] {
  constexpr std::string_view digits = "0123456789abcdef";
  std::array<std::array<char, 2>, 256> table{};
  for (size_t byte = 0; byte < table.size(); ++byte) {
    table[byte] = {digits[byte >> 4], digits[byte & 0xf]};
  }
  return table;
}();
constexpr char kHexUpper[] = "0123456789ABCDEF";
constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// The value of a hex digit, or -1.
int HexValue(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  if (c >= 'A' && c <= 'F') {
    return c - 'A' + 10;
  }
  return -1;
}

// The six bits that a base64 character stands for, or -1.
int Base64Value(char c) {
  if (c >= 'A' && c <= 'Z') {
    return c - 'A';
  }
  if (c >= 'a' && c <= 'z') {
    return c - 'a' + 26;
  }
  if (c >= '0' && c <= '9') {
    return c - '0' + 52;
  }
  if (c == '+') {
    return 62;
  }
  return c == '/' ? 63 : -1;
}

constexpr std::array<bool, 256> kUnreserved = [] {
  std::array<bool, 256> table{};
  for (const char c :
       std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")) {
    table[static_cast<uint8_t>(c)] = true;
  }
  return table;
}();

// Without an early end, so that it looks at many characters at a time.
bool IsUnreserved(std::string_view text) {
  bool has_other = false;
  for (const char c : text) {
    const auto letter = static_cast<uint8_t>((static_cast<uint8_t>(c) | 0x20) - 'a');
    const auto digit = static_cast<uint8_t>(static_cast<uint8_t>(c) - '0');
    has_other |= letter >= 26 && digit >= 10 && c != '-' && c != '.' && c != '_' && c != '~';
  }
  return !has_other;
}

// How many characters at the front need no encoding.
size_t PlainLength(std::string_view text) {
  const auto reserved = std::find_if_not(
      text.begin(), text.end(), [](char c) { return kUnreserved[static_cast<uint8_t>(c)]; });
  return static_cast<size_t>(reserved - text.begin());
}

}  // namespace

void HexEncodeTo(absl::Span<const uint8_t> bytes, char* out) {
  for (const uint8_t byte : bytes) {
    std::memcpy(out, kHexLower[byte].data(), 2);
    out += 2;
  }
}

std::string HexEncode(absl::Span<const uint8_t> bytes) {
  std::string out(2 * bytes.size(), '\0');
  HexEncodeTo(bytes, out.data());
  return out;
}

absl::StatusOr<std::string> HexDecode(std::string_view text) {
  if (text.size() % 2 != 0) {
    return absl::InvalidArgumentError(
        StrCat("hex text has an odd number of digits: ", text.size()));
  }
  std::string out;
  out.reserve(text.size() / 2);
  for (size_t i = 0; i < text.size(); i += 2) {
    const int high = HexValue(text[i]);
    const int low = HexValue(text[i + 1]);
    if (high < 0 || low < 0) {
      return absl::InvalidArgumentError(
          StrCat("hex text has a character that is no hex digit at offset ", high < 0 ? i : i + 1));
    }
    out.push_back(static_cast<char>(high << 4 | low));
  }
  return out;
}

void Base64EncodeTo(absl::Span<const uint8_t> bytes, char* out) {
  size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const uint32_t group = bytes[i] << 16 | bytes[i + 1] << 8 | bytes[i + 2];
    *out++ = kBase64[group >> 18];
    *out++ = kBase64[group >> 12 & 63];
    *out++ = kBase64[group >> 6 & 63];
    *out++ = kBase64[group & 63];
  }
  const size_t left = bytes.size() - i;
  if (left == 0) {
    return;
  }
  const uint32_t group = bytes[i] << 16 | (left == 2 ? bytes[i + 1] << 8 : 0);
  *out++ = kBase64[group >> 18];
  *out++ = kBase64[group >> 12 & 63];
  *out++ = left == 2 ? kBase64[group >> 6 & 63] : '=';
  *out++ = '=';
}

std::string Base64Encode(absl::Span<const uint8_t> bytes) {
  std::string out(Base64Size(bytes.size()), '\0');
  Base64EncodeTo(bytes, out.data());
  return out;
}

absl::StatusOr<std::string> Base64Decode(std::string_view text) {
  if (text.size() % 4 != 0) {
    return absl::InvalidArgumentError(
        StrCat("base64 text must be padded with '=' to a multiple of "
               "4 characters, and has ",
               text.size()));
  }
  size_t digits = text.size();
  while (digits > 0 && text.size() - digits < 2 && text[digits - 1] == '=') {
    --digits;
  }
  std::string out;
  out.reserve(text.size() / 4 * 3);
  uint32_t bits = 0;
  int bit_count = 0;
  for (size_t i = 0; i < digits; ++i) {
    const int value = Base64Value(text[i]);
    if (value < 0) {
      return absl::InvalidArgumentError(
          StrCat("base64 text has a character outside the alphabet at offset ", i));
    }
    bits = bits << 6 | static_cast<uint32_t>(value);
    bit_count += 6;
    if (bit_count >= 8) {
      bit_count -= 8;
      out.push_back(static_cast<char>(bits >> bit_count & 0xff));
    }
    bits &= (1u << bit_count) - 1;
  }
  if (bits != 0) {
    return absl::InvalidArgumentError(
        "base64 text has stray bits after its last byte: it was cut or altered");
  }
  return out;
}

void AppendPercentEncoded(std::string_view text, std::string& out) {
  if (IsUnreserved(text)) {  // mostly
    out.append(text);
    return;
  }
  while (true) {
    const size_t plain = PlainLength(text);
    out.append(text, 0, plain);
    if (plain == text.size()) {
      return;
    }
    const uint8_t byte = static_cast<uint8_t>(text[plain]);
    out.append({'%', kHexUpper[byte >> 4], kHexUpper[byte & 0xf]});
    text.remove_prefix(plain + 1);
  }
}

std::string PercentEncode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  AppendPercentEncoded(text, out);
  return out;
}

absl::StatusOr<std::string> PercentDecode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    const int high = i + 1 < text.size() ? HexValue(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? HexValue(text[i + 2]) : -1;
    if (high < 0 || low < 0) {
      return absl::InvalidArgumentError(
          StrCat("percent-encoded text has a '%' without two hex digits after it at offset ", i));
    }
    out.push_back(static_cast<char>(high << 4 | low));
    i += 2;
  }
  return out;
}

}  // namespace colibri
