// A parsed URL: "wss://stream.binance.com:9443/ws" and its parts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace colibri {

struct Url {
  bool is_tls = true;
  std::string host = {};
  uint16_t port = 443;
  std::string path = {};  // with the query; "/" at least

  // Schemes http, https, ws, wss. InvalidArgument names the text and what is wrong with it.
  static absl::StatusOr<Url> Parse(std::string_view text);
  // The port only where it is not the scheme's own.
  std::string host_and_port() const;
  void AppendHostAndPort(std::string& text) const;
};

}  // namespace colibri
