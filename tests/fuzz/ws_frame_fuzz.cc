// The deframer survives any bytes, gives the same messages however they are cut, and reads back
// what was put into frames.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "connector/net/ws_frame.h"
#include "core/check.h"

namespace {

using colibri::WsDeframer;
using colibri::WsEvent;

constexpr size_t kMessageLimit = 5000;

// All events, and at the end the error, as text.
std::string Transcript(std::string_view bytes, size_t step) {
  WsDeframer deframer(kMessageLimit);
  std::string transcript;
  while (true) {
    const absl::StatusOr<WsEvent> event = deframer.Next();
    if (!event.ok()) {
      CHECK(!event.status().message().empty());
      return transcript + "error";
    }
    if (event->kind != WsEvent::Kind::kNeedMore) {
      CHECK(event->payload.size() <= kMessageLimit);
      transcript += std::to_string(static_cast<int>(event->kind));
      transcript.append(event->payload).append("|");
      if (event->kind == WsEvent::Kind::kClose) {
        CHECK(!colibri::CloseText(event->payload).empty());
      }
      continue;
    }
    if (bytes.empty()) {
      return transcript;
    }
    const absl::Span<char> space = deframer.Space();
    const std::string_view part = bytes.substr(0, std::min(step, space.size()));
    std::copy(part.begin(), part.end(), space.begin());
    deframer.Commit(part.size());
    bytes.remove_prefix(part.size());
  }
}

void CheckRoundTrip(std::string_view payload) {
  if (payload.size() > kMessageLimit) {
    return;
  }
  const uint32_t mask = 0x6b8f21d3;
  std::string frame = colibri::EncodeWsFrame(colibri::WsOpcode::kText, payload, mask);
  // As if a server had sent it: without mask bit, key and masking.
  const size_t key_at = frame.size() - payload.size() - 4;
  for (size_t i = 0; i < payload.size(); ++i) {
    frame[key_at + 4 + i] = static_cast<char>(frame[key_at + 4 + i] ^ frame[key_at + i % 4]);
  }
  frame.erase(key_at, 4);
  frame[1] = static_cast<char>(frame[1] & 0x7F);
  CHECK(Transcript(frame, frame.size()) == "1" + std::string(payload) + "|");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string whole = Transcript(bytes, size);
  CHECK(Transcript(bytes, 1) == whole);
  CHECK(Transcript(bytes, 1 + size / 3) == whole);
  CheckRoundTrip(bytes);
  return 0;
}
