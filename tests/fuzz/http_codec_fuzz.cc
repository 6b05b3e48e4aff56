// The reader of HTTP answers survives any bytes, comes to the same answer however they are cut, and
// never takes more than its limit.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "connector/net/http_codec.h"
#include "core/check.h"

namespace {

constexpr size_t kBodyLimit = 2000;

// A broken answer may be found out early or at its end, depending on the cut; both are no answer.
std::string Transcript(std::string_view bytes, size_t step) {
  colibri::HttpResponseReader reader(kBodyLimit);
  size_t used = 0;
  while (used < bytes.size() && !reader.is_done()) {
    const absl::StatusOr<size_t> n = reader.Put(bytes.substr(used, step));
    if (!n.ok()) {
      CHECK(!n.status().message().empty());
      return "no answer";
    }
    CHECK(*n <= bytes.size() - used);
    CHECK(*n > 0 || reader.is_done());
    used += *n;
  }
  if (!reader.is_done() && !reader.PutEnd().ok()) {
    return "no answer";
  }
  const bool keeps_alive = reader.keeps_alive();
  colibri::HttpResponse response = reader.Take();
  CHECK(response.body.size() <= kBodyLimit);
  std::string transcript = std::to_string(response.status) + (keeps_alive ? "k" : "c");
  for (const auto& [name, value] : response.headers) {
    transcript.append(name).append("=").append(value).append(";");
  }
  return transcript + response.body + "@" + std::to_string(used);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (size == 0) {
    return 0;
  }
  const std::string whole = Transcript(bytes, size);
  CHECK(Transcript(bytes, 1) == whole);
  CHECK(Transcript(bytes, 1 + size / 3) == whole);
  return 0;
}
