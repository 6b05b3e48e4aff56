// What a WebSocket server says, for tests whose server is a bare socket.
#pragma once

#include <string>
#include <string_view>

#include "absl/strings/escaping.h"
#include <openssl/evp.h>

#include "core/strings.h"

namespace colibri {

// To a client's request, by RFC 6455: base64(SHA-1(key + GUID)).
inline std::string UpgradeAnswer(std::string_view head) {
  const std::string_view name = "Sec-WebSocket-Key: ";
  const size_t start = head.find(name) + name.size();
  const std::string text = StrCat(head.substr(start, head.find("\r\n", start) - start),
                                  "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
  unsigned char digest[20];
  EVP_Digest(text.data(), text.size(), digest, nullptr, EVP_sha1(), nullptr);
  std::string accept;
  absl::Base64Escape(absl::string_view(reinterpret_cast<char*>(digest), sizeof(digest)), &accept);
  return StrCat("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n",
                "Sec-WebSocket-Accept: ",
                accept,
                "\r\n\r\n");
}

// A text frame of up to 65,535 bytes.
inline std::string ServerText(std::string_view text) {
  const auto byte = [](size_t value) { return std::string(1, static_cast<char>(value)); };
  const std::string size =
      text.size() <= 125 ? byte(text.size())
                         : StrCat(byte(126), byte(text.size() >> 8), byte(text.size() & 0xFF));
  return StrCat("\x81", size, text);
}

}  // namespace colibri
