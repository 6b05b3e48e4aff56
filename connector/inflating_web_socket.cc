#include "connector/inflating_web_socket.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <zlib.h>

#include "core/check.h"
#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {
namespace {

constexpr std::string_view kMagic = "\x1f\x8b";
constexpr int kGzipWindow = 16 + MAX_WBITS;  // zlib: a gzip header is expected
constexpr size_t kFirstSize = 16 * 1024;

}  // namespace

struct InflatingWebSocket::Inflater {
  Inflater() { CHECK(inflateInit2(&stream, kGzipWindow) == Z_OK); }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // Valid until the next call.
  absl::StatusOr<std::string_view> Inflate(std::string_view packed) {
    CHECK(inflateReset(&stream) == Z_OK);
    // zlib reads from a pointer to non-const.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    size_t size = 0;
    while (true) {
      if (size == text.size()) {
        if (size >= kInflatedMax) {
          return Damaged(packed, StrCat("is longer than ", kInflatedMax, " bytes unpacked"));
        }
        text.resize(std::max(kFirstSize, 2 * size));
      }
      stream.next_out = reinterpret_cast<Bytef*>(text.data() + size);
      stream.avail_out = static_cast<uInt>(text.size() - size);
      const int result = inflate(&stream, Z_NO_FLUSH);
      size = text.size() - stream.avail_out;
      if (result == Z_STREAM_END) {
        if (stream.avail_in != 0) {
          return Damaged(packed, "goes on after its end");
        }
        return std::string_view(text).substr(0, size);
      }
      if (result == Z_BUF_ERROR || (result == Z_OK && stream.avail_out != 0)) {
        return Damaged(packed, "is cut short");
      }
      if (result != Z_OK) {
        return Damaged(packed, stream.msg != nullptr ? stream.msg : zError(result));
      }
    }
  }

  static absl::Status Damaged(std::string_view packed, std::string_view why) {
    return absl::DataLossError(StrCat("gzip frame of ", packed.size(), " bytes: ", why));
  }

  z_stream stream = {};
  std::string text;
};

InflatingWebSocket::InflatingWebSocket(std::unique_ptr<WebSocket> packed)
    : packed_(std::move(packed)), inflater_(std::make_unique<Inflater>()) {}

InflatingWebSocket::~InflatingWebSocket() = default;

Task<absl::StatusOr<WebSocketFrame>> InflatingWebSocket::Read() {
  CO_ASSIGN_OR_RETURN(WebSocketFrame frame, co_await packed_->Read());
  if (frame.text.starts_with(kMagic)) {
    CO_ASSIGN_OR_RETURN(frame.text, inflater_->Inflate(frame.text));
  }
  co_return frame;
}

Task<absl::Status> InflatingWebSocket::Write(std::string text) {
  return packed_->Write(std::move(text));
}

absl::StatusOr<WebSocket::Written> InflatingWebSocket::TryWrite(std::string_view text) {
  return packed_->TryWrite(text);
}

void InflatingWebSocket::Close() {
  packed_->Close();
}

Task<absl::StatusOr<std::unique_ptr<WebSocket>>> ConnectWebSocket(WebSocketTransport& transport,
                                                                  WebSocketRequest request,
                                                                  FrameEncoding encoding) {
  CO_ASSIGN_OR_RETURN(std::unique_ptr<WebSocket> socket,
                      co_await transport.Connect(std::move(request)));
  if (encoding == FrameEncoding::kGzip) {
    socket = std::make_unique<InflatingWebSocket>(std::move(socket));
  }
  co_return socket;
}

}  // namespace colibri
