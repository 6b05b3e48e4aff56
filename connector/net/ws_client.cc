#include "connector/net/ws_client.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include "connector/async_event.h"
#include "connector/net/http_codec.h"
#include "connector/net/net_stream.h"
#include "connector/net/ws_frame.h"
#include "core/strings.h"
#include "core/text_pool.h"

namespace colibri {

namespace asio = boost::asio;

namespace {

constexpr size_t kWriteQueueMax = 1024;
// A refusal may announce a body; it is not read.
constexpr size_t kHandshakeBodyMax = 16 << 20;
constexpr size_t kHandshakeReadSize = 4096;
// After so many reads without a pause others on the loop get their turn. Bulk takes turns anyway.
constexpr int kReadsInARow = 8;

// The connection, shared by the socket and what is pending on it.
struct Connection {
  Connection(std::unique_ptr<NetStream> stream,
             asio::io_context& context,
             Clock& clock,
             ReadTurns* turns,
             Url url,
             uint64_t mask_seed)
      : stream(std::move(stream)),
        context(context),
        clock(clock),
        turns(turns),
        url(std::move(url)),
        random(mask_seed) {}

  std::unique_ptr<NetStream> stream;
  asio::io_context& context;
  Clock& clock;
  ReadTurns* const turns;  // null: reads whenever it can
  const Url url;           // for messages
  Random random;
  WsDeframer deframer;
  int64_t receive_time_ns = 0;
  int reads_in_a_row = 0;

  std::vector<std::string> outbox;
  size_t front_written = 0;  // bytes of outbox.front() that the socket took
  uint64_t queued = 0;
  uint64_t flushed = 0;
  bool is_flushing = false;
  AsyncEvent progress;

  bool is_closed = false;  // by us
  absl::Status broken;     // why nothing can be sent or read any more

  absl::Status Unavailable(std::string_view step, std::string_view reason) const {
    return AtStep(absl::UnavailableError(Abs(reason)), url, step, absl::ZeroDuration());
  }
  void Break(absl::Status status) {
    if (broken.ok()) {
      broken = std::move(status);
    }
    stream->Close();
    progress.Set();
  }

  void Queue(WsOpcode opcode, std::string_view payload) {
    outbox.push_back(EncodeWsFrame(opcode, payload, static_cast<uint32_t>(random.Next())));
    ++queued;
  }
  // The first of the outbox is written.
  void NoteFlushed() {
    GiveText(std::move(outbox.front()));
    outbox.erase(outbox.begin());
    front_written = 0;
    ++flushed;
    progress.Set();
  }
  // Writes what the socket takes without waiting.
  void FlushSome();
};

void Connection::FlushSome() {
  while (!outbox.empty() && broken.ok() && !is_closed) {
    const std::string_view left = std::string_view(outbox.front()).substr(front_written);
    const absl::StatusOr<size_t> n = stream->TryWrite(left);
    if (!n.ok()) {
      Break(Unavailable("write", Std(n.status().message())));
      return;
    }
    front_written += *n;
    if (*n < left.size()) {
      return;
    }
    NoteFlushed();
  }
}

// Sends the rest of the outbox as the socket takes it. Runs by itself, so that a canceled Write
// never leaves half a frame behind.
Task<void> Flush(std::shared_ptr<Connection> connection) {
  while (!connection->outbox.empty() && connection->broken.ok() && !connection->is_closed) {
    std::string rest = connection->outbox.front().substr(connection->front_written);
    const absl::Status status = co_await connection->stream->Write(std::move(rest));
    if (!status.ok()) {
      connection->Break(connection->Unavailable("write", Std(status.message())));
      break;
    }
    connection->NoteFlushed();
  }
  connection->is_flushing = false;
}

void SendQueued(const std::shared_ptr<Connection>& connection) {
  if (connection->is_flushing) {
    return;
  }
  connection->FlushSome();
  if (!connection->outbox.empty() && connection->broken.ok() && !connection->is_closed) {
    connection->is_flushing = true;
    asio::co_spawn(connection->context, Flush(connection), asio::detached);
  }
}

// A peer that pings faster than it reads gets no more than the queue holds.
void AnswerPing(const std::shared_ptr<Connection>& connection, std::string_view payload) {
  if (connection->outbox.size() < kWriteQueueMax) {
    connection->Queue(WsOpcode::kPong, payload);
    SendQueued(connection);
  }
}

// The next message of what was read, or the end of the connection; kNeedMore: read on.
absl::StatusOr<WsEvent> NextMessage(const std::shared_ptr<Connection>& connection) {
  while (true) {
    if (connection->is_closed) {
      return absl::CancelledError("closed");
    }
    absl::StatusOr<WsEvent> event = connection->deframer.Next();
    if (!event.ok()) {
      connection->Break(connection->Unavailable("read", Std(event.status().message())));
      return connection->broken;
    }
    switch (event->kind) {
      case WsEvent::Kind::kMessage:
        return event;
      case WsEvent::Kind::kPing:
        AnswerPing(connection, event->payload);
        break;
      case WsEvent::Kind::kPong:
        break;
      case WsEvent::Kind::kClose: {
        const std::string text = CloseText(event->payload);
        connection->Queue(WsOpcode::kClose, event->payload.substr(0, 2));
        SendQueued(connection);
        connection->Break(connection->Unavailable("read", StrCat("closed by the peer: ", text)));
        return connection->broken;
      }
      case WsEvent::Kind::kNeedMore:
        if (!connection->broken.ok()) {
          return connection->broken;
        }
        return event;
    }
  }
}

// One try to read; false: wait, and try again. A connection that has ended says so to NextMessage.
bool TryReadMore(Connection& connection) {
  const absl::Span<char> space = connection.deframer.Space();
  const size_t size =
      connection.turns == nullptr ? space.size() : std::min(space.size(), connection.turns->left());
  const absl::StatusOr<std::optional<size_t>> n = connection.stream->TryRead(space.data(), size);
  if (n.ok() && !n->has_value()) {
    return false;
  }
  connection.receive_time_ns = absl::ToUnixNanos(connection.clock.now());
  if (connection.is_closed || !connection.broken.ok()) {
    return true;
  }
  if (!n.ok()) {
    connection.Break(connection.Unavailable("read", Std(n.status().message())));
  } else if (**n == 0) {
    connection.Break(connection.Unavailable("read", "connection ended without a close frame"));
  } else {
    connection.deframer.Commit(**n);
    if (connection.turns != nullptr) {
      connection.turns->Spend(**n);
    }
  }
  return true;
}

Task<absl::StatusOr<WebSocketFrame>> ReadFrom(std::shared_ptr<Connection> connection) {
  while (true) {
    const absl::StatusOr<WsEvent> event = NextMessage(connection);
    if (!event.ok()) {
      co_return event.status();
    }
    if (event->kind == WsEvent::Kind::kMessage) {
      co_return WebSocketFrame{event->payload, connection->receive_time_ns};
    }
    if (ReadTurns* const turns = connection->turns; turns != nullptr) {
      // Asked after each wait: what was left before it may be spent by now.
      if (turns->left() == 0) {
        co_await turns->Wait();
      }
    } else if (++connection->reads_in_a_row > kReadsInARow) {
      connection->reads_in_a_row = 0;
      co_await ReadTurns::LookAround();
      ReadTurns::ThrowIfCanceled(co_await asio::this_coro::cancellation_state);
    }
    if (!TryReadMore(*connection)) {
      // All that came has been served, and the order that answers it has left.
      connection->stream->Acknowledge();
      co_await connection->stream->WaitToRead();
      ReadTurns::ThrowIfCanceled(co_await asio::this_coro::cancellation_state);
      connection->reads_in_a_row = 0;
    }
  }
}

Task<absl::Status> WriteTo(std::shared_ptr<Connection> connection, std::string text) {
  if (connection->is_closed) {
    co_return absl::CancelledError("closed");
  }
  if (!connection->broken.ok()) {
    co_return connection->broken;
  }
  if (connection->outbox.size() >= kWriteQueueMax) {
    co_return AtStep(
        absl::ResourceExhaustedError(StrCat(kWriteQueueMax, " frames wait to be written")),
        connection->url,
        "write",
        absl::ZeroDuration());
  }
  connection->Queue(WsOpcode::kText, text);
  const uint64_t number = connection->queued;
  SendQueued(connection);
  while (connection->flushed < number) {
    if (connection->is_closed) {
      co_return absl::CancelledError("closed");
    }
    if (!connection->broken.ok()) {
      co_return connection->broken;
    }
    co_await connection->progress.Wait();
  }
  co_return absl::OkStatus();
}

absl::StatusOr<WebSocket::Written> TryWriteTo(const std::shared_ptr<Connection>& connection,
                                              std::string_view text) {
  if (connection->is_closed || !connection->broken.ok() || !connection->outbox.empty()) {
    return WebSocket::Written::kNothing;
  }
  connection->Queue(WsOpcode::kText, text);
  SendQueued(connection);
  if (!connection->broken.ok()) {
    return connection->broken;
  }
  return connection->outbox.empty() ? WebSocket::Written::kAll : WebSocket::Written::kPart;
}

class WsSocket final : public WebSocket {
 public:
  explicit WsSocket(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
  ~WsSocket() override { CloseNow(); }

  Task<absl::StatusOr<WebSocketFrame>> Read() override { return ReadFrom(connection_); }
  Task<absl::Status> Write(std::string text) override {
    return WriteTo(connection_, std::move(text));
  }
  absl::StatusOr<Written> TryWrite(std::string_view text) override {
    return TryWriteTo(connection_, text);
  }
  void Close() override { CloseNow(); }

 private:
  void CloseNow() {
    if (connection_->is_closed) {
      return;
    }
    if (connection_->broken.ok() && connection_->outbox.empty()) {
      connection_->Queue(WsOpcode::kClose, std::string_view("\x03\xE8", 2));  // 1000, normal
      connection_->FlushSome();
    }
    connection_->is_closed = true;
    connection_->stream->CloseGently();
    connection_->progress.Set();
  }

  std::shared_ptr<Connection> connection_;
};

std::string Base64(std::string_view bytes) {
  std::string text;
  absl::Base64Escape(Abs(bytes), &text);
  return text;
}

// RFC 6455, 4.2.2: what proves that the server read our key.
std::string AcceptFor(std::string_view key) {
  const std::string text = StrCat(key, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha1(), nullptr);
  return Base64(std::string_view(reinterpret_cast<const char*>(digest), size));
}

HttpRequest UpgradeRequest(WebSocketRequest request, const std::string& key) {
  HttpRequest upgrade = {.url = std::move(request.url), .headers = std::move(request.headers)};
  upgrade.headers.emplace_back("Upgrade", "websocket");
  upgrade.headers.emplace_back("Connection", "Upgrade");
  upgrade.headers.emplace_back("Sec-WebSocket-Key", key);
  upgrade.headers.emplace_back("Sec-WebSocket-Version", "13");
  return upgrade;
}

absl::Status CheckUpgrade(const HttpResponse& response, const std::string& key) {
  if (response.status != 101) {
    const std::string_view retry_after = response.header("Retry-After");
    return absl::UnavailableError(StrCat("refused with HTTP ",
                                         response.status,
                                         retry_after.empty() ? "" : ", Retry-After ",
                                         retry_after));
  }
  if (!absl::EqualsIgnoreCase(Abs(response.header("Upgrade")), "websocket") ||
      response.header("Sec-WebSocket-Accept") != AcceptFor(key)) {
    return absl::UnavailableError("the server's answer is no WebSocket handshake");
  }
  return absl::OkStatus();
}

// The answer without its body, and in `rest` what came behind it: the first frames.
Task<absl::StatusOr<HttpResponse>> ReadUpgrade(NetStream& stream, std::string& rest) {
  HttpResponseReader reader(kHandshakeBodyMax);
  std::string buffer(kHandshakeReadSize, '\0');
  while (!reader.has_header()) {
    const absl::StatusOr<size_t> n = co_await stream.ReadSome(buffer.data(), buffer.size());
    if (!n.ok()) {
      co_return n.status();
    }
    if (*n == 0) {
      co_return reader.PutEnd();
    }
    const absl::StatusOr<size_t> used = reader.Put(std::string_view(buffer).substr(0, *n));
    if (!used.ok()) {
      co_return used.status();
    }
    rest = buffer.substr(*used, *n - *used);
  }
  co_return reader.Take();
}

}  // namespace

WsClient::WsClient(
    Dialer& dialer, asio::io_context& context, Clock& clock, ReadTurns& turns, uint64_t mask_seed)
    : dialer_(dialer), context_(context), clock_(clock), turns_(turns), random_(mask_seed) {}

Task<absl::StatusOr<std::unique_ptr<WebSocket>>> WsClient::Connect(WebSocketRequest request) {
  const absl::Duration timeout = request.timeout;
  const Url url = request.url;
  const uint64_t mask_seed = random_.Next();
  const uint64_t nonce[2] = {random_.Next(), random_.Next()};
  const std::string key =
      Base64(std::string_view(reinterpret_cast<const char*>(nonce), sizeof(nonce)));
  asio::io_context& context = context_;
  Clock& clock = clock_;
  ReadTurns* const turns = request.is_bulk ? &turns_ : nullptr;
  if (absl::Status checked = CheckHttpRequest(url.path, request.headers); !checked.ok()) {
    co_return AtStep(checked, url, "handshake", timeout);
  }
  absl::StatusOr<std::unique_ptr<NetStream>> dialed = co_await dialer_.Dial(url, timeout);
  if (!dialed.ok()) {
    co_return dialed.status();
  }
  std::unique_ptr<NetStream> stream = *std::move(dialed);
  const HttpRequest upgrade = UpgradeRequest(std::move(request), key);
  std::string text;
  EncodeHttpRequest(upgrade, "colibri/0.1", text);
  if (absl::Status status = co_await stream->Write(std::move(text)); !status.ok()) {
    co_return AtStep(status, url, "WebSocket handshake", timeout);
  }
  std::string rest;
  const absl::StatusOr<HttpResponse> response = co_await ReadUpgrade(*stream, rest);
  absl::Status status = response.ok() ? CheckUpgrade(*response, key) : response.status();
  if (!status.ok()) {
    co_return AtStep(status, url, "WebSocket handshake", timeout);
  }
  stream->ExpiresNever();
  auto connection =
      std::make_shared<Connection>(std::move(stream), context, clock, turns, url, mask_seed);
  connection->receive_time_ns = absl::ToUnixNanos(clock.now());
  connection->deframer.Append(rest);
  co_return std::make_unique<WsSocket>(std::move(connection));
}

}  // namespace colibri
