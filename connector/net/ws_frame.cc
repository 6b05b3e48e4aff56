#include "connector/net/ws_frame.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/strings.h"
#include "core/text_pool.h"

namespace colibri {

namespace {

constexpr size_t kBufferSize = size_t{64} * 1024;
// A buffer that one big message made is given back when it is empty.
constexpr size_t kBufferKeptMax = 1 << 20;
// Below this much room what is unread moves to the front.
constexpr size_t kRoomMin = size_t{16} * 1024;
constexpr size_t kControlPayloadMax = 125;

bool IsControl(WsOpcode opcode) {
  return (static_cast<uint8_t>(opcode) & 0x8) != 0;
}

bool IsKnown(uint8_t opcode) {
  return opcode <= 0x2 || (opcode >= 0x8 && opcode <= 0xA);
}

absl::Status Broken(std::string_view problem) {
  return absl::DataLossError(StrCat("broken WebSocket frame: ", problem));
}

uint64_t ReadBigEndian(std::string_view bytes) {
  uint64_t value = 0;
  for (const char byte : bytes) {
    value = value << 8 | static_cast<unsigned char>(byte);
  }
  return value;
}

std::string_view CloseCodeName(uint64_t code) {
  switch (code) {
    case 1000:
      return "normal closure";
    case 1001:
      return "going away";
    case 1002:
      return "protocol error";
    case 1003:
      return "unsupported data";
    case 1007:
      return "invalid payload";
    case 1008:
      return "policy violation";
    case 1009:
      return "message too big";
    case 1011:
      return "internal error";
    case 1012:
      return "service restart";
    case 1013:
      return "try again later";
    default:
      return "";
  }
}

// Eight bytes at a time.
void Mask(uint32_t mask, absl::Span<char> bytes) {
  const uint64_t twice = uint64_t{mask} << 32 | mask;
  size_t at = 0;
  for (; at + sizeof(twice) <= bytes.size(); at += sizeof(twice)) {
    uint64_t word = 0;
    std::memcpy(&word, &bytes[at], sizeof(word));
    word ^= twice;
    std::memcpy(&bytes[at], &word, sizeof(word));
  }
  char key[sizeof(twice)];
  std::memcpy(key, &twice, sizeof(key));
  for (size_t i = 0; at + i < bytes.size(); ++i) {
    bytes[at + i] = static_cast<char>(bytes[at + i] ^ key[i]);
  }
}

}  // namespace

std::string EncodeWsFrame(WsOpcode opcode, std::string_view payload, uint32_t mask) {
  constexpr char kFinal = '\x80';
  constexpr char kMasked = '\x80';
  char header[14];
  size_t size = 2;
  header[0] = static_cast<char>(kFinal | static_cast<char>(opcode));
  const auto put_size = [&](size_t bytes) {
    for (size_t i = 0; i < bytes; ++i) {
      header[size++] = static_cast<char>(payload.size() >> (8 * (bytes - 1 - i)));
    }
  };
  if (payload.size() <= kControlPayloadMax) {
    header[1] = static_cast<char>(kMasked | static_cast<char>(payload.size()));
  } else if (payload.size() <= 0xFFFF) {
    header[1] = static_cast<char>(kMasked | 126);
    put_size(2);
  } else {
    header[1] = static_cast<char>(kMasked | 127);
    put_size(8);
  }
  std::memcpy(header + size, &mask, sizeof(mask));
  size += sizeof(mask);
  std::string frame = TakeText();
  frame.reserve(size + payload.size());
  frame.append(header, size).append(payload);
  Mask(mask, absl::MakeSpan(frame).subspan(size));
  return frame;
}

std::string CloseText(std::string_view close_payload) {
  if (close_payload.size() < 2) {
    return "without a code";
  }
  const uint64_t code = ReadBigEndian(close_payload.substr(0, 2));
  std::string reason(close_payload.substr(2));
  // The peer's text goes into logs: one line of printable characters.
  std::replace_if(reason.begin(), reason.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  const std::string_view name = CloseCodeName(code);
  std::string text = StrCat(code);
  if (!name.empty()) {
    text += StrCat(" ", name);
  }
  if (!reason.empty()) {
    text += StrCat(" (", reason, ")");
  }
  return text;
}

WsDeframer::WsDeframer(size_t message_limit) : message_limit_(message_limit) {}

absl::Span<char> WsDeframer::Space() {
  const size_t unread = end_ - begin_;
  if (unread == 0) {
    begin_ = end_ = 0;
    if (capacity_ > kBufferKeptMax) {
      buffer_.reset();
      capacity_ = 0;
    }
  }
  const size_t room_needed = std::max(needed_ > unread ? needed_ - unread : 0, kRoomMin);
  if (capacity_ - end_ < room_needed) {
    const size_t capacity = std::max({capacity_, kBufferSize, unread + room_needed});
    if (capacity > capacity_) {
      std::unique_ptr<char[]> larger(new char[capacity]);  // make_unique would zero it
      std::copy_n(buffer_.get() + begin_, unread, larger.get());
      buffer_ = std::move(larger);
      capacity_ = capacity;
    } else {
      std::memmove(buffer_.get(), buffer_.get() + begin_, unread);
    }
    begin_ = 0;
    end_ = unread;
  }
  return absl::MakeSpan(buffer_.get() + end_, capacity_ - end_);
}

void WsDeframer::Commit(size_t n) {
  end_ += n;
}

void WsDeframer::Append(std::string_view bytes) {
  while (!bytes.empty()) {
    const absl::Span<char> space = Space();
    const size_t n = std::min(space.size(), bytes.size());
    std::copy_n(bytes.data(), n, space.data());
    Commit(n);
    needed_ = std::max(needed_, end_ - begin_ + 1);  // so that Space gives more
    bytes.remove_prefix(n);
  }
  needed_ = 0;
}

absl::StatusOr<bool> WsDeframer::ReadHeader(Header& header) const {
  const size_t unread = end_ - begin_;
  if (unread < 2) {
    return false;
  }
  const std::string_view bytes(buffer_.get() + begin_, unread);
  const auto first = static_cast<uint8_t>(bytes[0]);
  const auto second = static_cast<uint8_t>(bytes[1]);
  if ((first & 0x70) != 0) {
    return Broken("reserved bits are set, though no extension was agreed");
  }
  if (!IsKnown(first & 0x0F)) {
    return Broken(StrCat("unknown opcode ", first & 0x0F));
  }
  if ((second & 0x80) != 0) {
    return Broken("a server must not mask");
  }
  header.opcode = static_cast<WsOpcode>(first & 0x0F);
  header.is_final = (first & 0x80) != 0;
  header.payload_size = second & 0x7F;
  header.size = 2;
  if (header.payload_size >= 126) {
    const size_t length_size = header.payload_size == 126 ? 2 : 8;
    if (unread < 2 + length_size) {
      return false;
    }
    header.payload_size = ReadBigEndian(bytes.substr(2, length_size));
    header.size += length_size;
  }
  if (absl::Status checked = CheckHeader(header); !checked.ok()) {
    return checked;
  }
  return true;
}

absl::Status WsDeframer::CheckHeader(const Header& header) const {
  if (IsControl(header.opcode)) {
    if (!header.is_final || header.payload_size > kControlPayloadMax) {
      return Broken("a control frame is fragmented or longer than 125 bytes");
    }
    return absl::OkStatus();
  }
  if (is_fragmented_ != (header.opcode == WsOpcode::kContinuation)) {
    return Broken(is_fragmented_ ? "a new message within a fragmented one"
                                 : "a continuation without a beginning");
  }
  const size_t before = is_fragmented_ ? fragments_.size() : 0;
  if (header.payload_size > message_limit_ - before) {
    return Broken(StrCat("a message of more than ", message_limit_, " bytes"));
  }
  return absl::OkStatus();
}

absl::StatusOr<WsEvent> WsDeframer::Next() {
  if (std::exchange(is_handed_out_, false)) {
    fragments_.clear();
    if (fragments_.capacity() > kBufferKeptMax) {
      fragments_.shrink_to_fit();
    }
  }
  while (true) {
    Header header = {};
    const absl::StatusOr<bool> has_header = ReadHeader(header);
    if (!has_header.ok()) {
      return has_header.status();
    }
    if (!*has_header) {
      needed_ = 0;
      return WsEvent{};
    }
    const size_t frame_size = header.size + static_cast<size_t>(header.payload_size);
    if (end_ - begin_ < frame_size) {
      needed_ = frame_size;
      return WsEvent{};
    }
    const std::string_view payload(buffer_.get() + begin_ + header.size, header.payload_size);
    begin_ += frame_size;
    needed_ = 0;
    switch (header.opcode) {
      case WsOpcode::kPing:
        return WsEvent{WsEvent::Kind::kPing, payload};
      case WsOpcode::kPong:
        return WsEvent{WsEvent::Kind::kPong, payload};
      case WsOpcode::kClose:
        return WsEvent{WsEvent::Kind::kClose, payload};
      default:
        break;
    }
    const WsEvent event = TakeData(header, payload);
    if (event.kind == WsEvent::Kind::kMessage) {
      return event;
    }
  }
}

WsEvent WsDeframer::TakeData(const Header& header, std::string_view payload) {
  if (header.is_final && !is_fragmented_) {
    return WsEvent{WsEvent::Kind::kMessage, payload};
  }
  fragments_.append(payload);
  is_fragmented_ = !header.is_final;
  if (is_fragmented_) {
    return WsEvent{};
  }
  is_handed_out_ = true;
  return WsEvent{WsEvent::Kind::kMessage, fragments_};
}

}  // namespace colibri
