// WebSocket framing (RFC 6455) of the client's side. No I/O.
//
//   WsDeframer deframer;
//   absl::Span<char> space = deframer.Space();           // read from the socket into it
//   deframer.Commit(n);
//   ASSIGN_OR_RETURN(WsEvent event, deframer.Next());    // kNeedMore: read again
//   std::string frame = EncodeWsFrame(WsOpcode::kText, text, mask);
//
// A message in one frame is handed out where it was read: no copy. Whether text is UTF-8 is left to
// the parsers, which must survive anything. Errors are DataLoss: close the connection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace colibri {

enum class WsOpcode : uint8_t {
  kContinuation = 0x0,
  kText = 0x1,
  kBinary = 0x2,
  kClose = 0x8,
  kPing = 0x9,
  kPong = 0xA,
};

// Clients mask what they send; `mask` should be hard to guess. The text comes from the pool
// (core/text_pool.h).
std::string EncodeWsFrame(WsOpcode opcode, std::string_view payload, uint32_t mask);
// "1001 going away": the code of a close frame's payload, and the peer's reason where it gives one.
std::string CloseText(std::string_view close_payload);

struct WsEvent {
  enum class Kind : uint8_t { kNeedMore, kMessage, kPing, kPong, kClose };
  Kind kind = Kind::kNeedMore;
  std::string_view payload = {};  // valid until the next Next or Space
};

class WsDeframer {
 public:
  explicit WsDeframer(size_t message_limit = 16 << 20);

  // Room for at least what the frame at hand lacks, and for a good deal more.
  absl::Span<char> Space();
  // The first `n` bytes of Space are filled.
  void Commit(size_t n);
  // For bytes that came with the handshake.
  void Append(std::string_view bytes);

  absl::StatusOr<WsEvent> Next();

 private:
  struct Header {
    WsOpcode opcode;
    bool is_final;
    size_t size;  // of the header itself
    uint64_t payload_size;
  };

  // Whether a whole header is there; DataLoss when it is not one.
  absl::StatusOr<bool> ReadHeader(Header& header) const;
  absl::Status CheckHeader(const Header& header) const;
  WsEvent TakeData(const Header& header, std::string_view payload);

  size_t message_limit_;
  std::unique_ptr<char[]> buffer_;
  size_t capacity_ = 0;
  size_t begin_ = 0;  // unread bytes are [begin_, end_)
  size_t end_ = 0;
  size_t needed_ = 0;      // of unread bytes, for the frame at hand; 0 when not known
  std::string fragments_;  // of a message that comes in several frames
  bool is_fragmented_ = false;
  bool is_handed_out_ = false;  // fragments_ was given to the caller: clear it before use
};

}  // namespace colibri
