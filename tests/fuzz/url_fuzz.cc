// The parser of URLs survives any text, accepts only what can stand in a request line, and keeps
// passwords and queries out of its errors.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "connector/url.h"
#include "core/check.h"

namespace {

void CheckUrl(std::string_view text) {
  const absl::StatusOr<colibri::Url> url = colibri::Url::Parse(text);
  if (!url.ok()) {
    CHECK(!url.status().message().empty());
    return;
  }
  const auto is_printable = [](char c) { return c > ' ' && c < '\x7f'; };
  CHECK(!url->host.empty() && std::all_of(url->host.begin(), url->host.end(), is_printable));
  CHECK(url->port != 0);
  CHECK(url->path.front() == '/' && std::all_of(url->path.begin(), url->path.end(), is_printable));
  // What it read stands for itself.
  const std::string again =
      (url->is_tls ? "https://" : "http://") + url->host_and_port() + url->path;
  const absl::StatusOr<colibri::Url> same = colibri::Url::Parse(again);
  CHECK(same.ok() && same->host == url->host && same->port == url->port && same->path == url->path);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  CheckUrl(text);
  CheckUrl("wss://" + text);
  CheckUrl("http://h:" + text);
  const auto refused = colibri::Url::Parse("https://" + text + "?key=hunter2 ");
  CHECK(!refused.ok());
  CHECK(text.find("hunter2") != std::string::npos ||
        refused.status().ToString().find("hunter2") == std::string::npos);
  return 0;
}
