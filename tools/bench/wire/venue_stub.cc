#include "tools/bench/wire/venue_stub.h"

#include <algorithm>
#include <unistd.h>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/time/clock.h"

#include "core/strings.h"
#include "tools/bench/wire/bodies.h"
#include "tools/bench/wire/frames.h"
#include <sys/socket.h>

namespace colibri::bench {
namespace {

std::string HttpAnswer(std::string_view body) {
  return StrCat("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ",
                body.size(),
                "\r\n\r\n",
                body);
}

}  // namespace

VenueStub::VenueStub(int pairs, SSL_CTX* context)
    : pairs_(pairs), context_(context), rules_(RulesBody(pairs)), snapshot_(SnapshotBody()) {
  std::tie(listener_, port_) = Listen();
}

VenueStub::~VenueStub() {
  close(listener_);
}

Socket* VenueStub::market() {
  const auto last =
      std::find_if(peers_.rbegin(), peers_.rend(), [](const Peer& peer) { return peer.is_market; });
  return last == peers_.rend() ? nullptr : &last->socket;
}

std::vector<VenueStub::Market> VenueStub::markets() {
  std::vector<Market> markets;
  for (Peer& peer : peers_) {
    if (peer.is_market) {
      markets.push_back({&peer.socket, peer.pairs});
    }
  }
  return markets;
}

void VenueStub::NoteStreams(std::string_view text, Peer& peer) const {
  // "p0000usdt@depth" of Binance, and of Hyperliquid {"type":"l2Book","coin":"P0000"}.
  constexpr std::string_view kBinanceEnd = "usdt@";
  constexpr std::string_view kBook = "\"l2Book\",\"coin\":\"P";
  const auto note = [&](std::string_view digits) {
    int pair = 0;
    if (absl::SimpleAtoi(Abs(digits), &pair) && pair < pairs_) {
      peer.pairs.insert(pair);
    }
  };
  for (size_t at = text.find(kBinanceEnd); at != std::string_view::npos;
       at = text.find(kBinanceEnd, at + 1)) {
    note(text.substr(at < 4 ? 0 : at - 4, 4));
  }
  if (const size_t at = text.find(kBook); at != std::string_view::npos) {
    note(text.substr(at + kBook.size(), 4));
  }
}

void VenueStub::Poll() {
  const int accepted = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (accepted >= 0) {
    peers_.push_back({Socket::Accepted(accepted, context_)});
  }
  for (auto it = peers_.begin(); it != peers_.end();) {
    Serve(*it);
    if (it->socket.is_closed()) {
      markets_lost_ += it->is_market ? 1 : 0;
      it = peers_.erase(it);
    } else {
      ++it;
    }
  }
}

void VenueStub::Answer() {
  for (Peer& peer : peers_) {
    if (!peer.held.empty()) {
      peer.socket.Write(std::exchange(peer.held, {}));
    }
  }
}

void VenueStub::Serve(Peer& peer) {
  if (!peer.socket.Read()) {
    return;
  }
  while (peer.is_web_socket ? ServeFrame(peer) : ServeHttp(peer)) {
  }
}

bool VenueStub::ServeHttp(Peer& peer) {
  const std::string_view text = peer.socket.bytes();
  const size_t end = text.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    return false;
  }
  const std::string_view head = text.substr(0, end + 2);
  size_t body_size = 0;
  if (const std::string_view length = HeaderOf(head, "Content-Length"); !length.empty()) {
    (void)absl::SimpleAtoi(Abs(length), &body_size);
  }
  if (text.size() < end + 4 + body_size) {
    return false;
  }
  const std::string_view target = head.substr(head.find(' ') + 1);
  if (!HeaderOf(head, "Sec-WebSocket-Key").empty()) {
    peer.is_web_socket = true;
    peer.socket.Write(AcceptUpgrade(head));
    peer.is_market = target.starts_with("/stream") || target.starts_with("/ws ");
    NoteStreams(target.substr(0, target.find(' ')), peer);
  } else if (head.starts_with("POST /api/v3/order")) {
    const std::string_view whole = text.substr(0, end + 4 + body_size);
    peer.held = HttpAnswer(OrderBody(whole, ++orders_, absl::Now()));
  } else if (head.starts_with("POST /info")) {
    const std::string_view request = text.substr(end + 4, body_size);
    snapshots_ += request.find("\"l2Book\"") == std::string_view::npos ? 0 : 1;
    peer.socket.Write(HttpAnswer(InfoBody(request, pairs_, absl::Now())));
  } else {
    peer.socket.Write(HttpAnswer(BodyFor(target.substr(0, target.find(' ')))));
  }
  peer.socket.Drop(end + 4 + body_size);
  return true;
}

bool VenueStub::ServeFrame(Peer& peer) {
  const WireFrame frame = ReadFrame(peer.socket.bytes());
  if (frame.size == 0) {
    return false;
  }
  std::string answer;
  const std::string_view id = IdOf(frame.payload);
  if (frame.opcode != 1) {
    // A close or a ping: benchmarks are shorter than their limits.
  } else if (frame.payload.find("SUBSCRIBE") != std::string_view::npos) {
    NoteStreams(frame.payload, peer);
    AppendServerFrame(StrCat("{\"result\":null,\"id\":", id, "}"), answer);
    peer.socket.Write(answer);
  } else if (frame.payload.find("\"subscribe\"") != std::string_view::npos) {
    NoteStreams(frame.payload, peer);
    AppendServerFrame(StrCat("{\"channel\":\"subscriptionResponse\",\"data\":", frame.payload, "}"),
                      answer);
    peer.socket.Write(answer);
  } else if (frame.payload.find("order.place") != std::string_view::npos) {
    AppendServerFrame(StrCat("{\"id\":",
                             id,
                             ",\"status\":200,\"result\":",
                             OrderBody(frame.payload, ++orders_, absl::Now()),
                             "}"),
                      peer.held);
  } else {
    AppendServerFrame(StrCat("{\"id\":", id, ",\"status\":200,\"result\":{\"subscriptionId\":0}}"),
                      answer);
    peer.socket.Write(answer);
  }
  peer.socket.Drop(frame.size);
  return true;
}

std::string VenueStub::BodyFor(std::string_view target) {
  const std::string_view path = target.substr(0, target.find('?'));
  if (path == "/api/v3/depth") {
    ++snapshots_;
    return snapshot_;
  }
  return path == "/api/v3/exchangeInfo" ? rules_ : PlainBody(path, absl::Now());
}

}  // namespace colibri::bench
