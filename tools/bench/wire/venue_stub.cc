#include "tools/bench/wire/venue_stub.h"

#include <algorithm>
#include <unistd.h>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/time/clock.h"

#include "core/strings.h"
#include "tools/bench/wire/frames.h"
#include <sys/socket.h>

namespace colibri::bench {
namespace {

// Far above what a benchmark sends: the client's throttler must not be what is measured.
std::string RulesBody(int pairs) {
  std::string text =
      "{\"timezone\":\"UTC\",\"serverTime\":1700000000000,\"rateLimits\":[{\"rateLimitType\":"
      "\"REQUEST_WEIGHT\",\"interval\":\"MINUTE\",\"intervalNum\":1,\"limit\":100000000},"
      "{\"rateLimitType\":\"ORDERS\",\"interval\":\"SECOND\",\"intervalNum\":10,\"limit\":10000000}"
      ","
      "{\"rateLimitType\":\"ORDERS\",\"interval\":\"DAY\",\"intervalNum\":1,\"limit\":100000000}],"
      "\"symbols\":[";
  for (int pair = 0; pair < pairs; ++pair) {
    const std::string symbol = SymbolOf(pair);
    text += StrCat(
        pair == 0 ? "" : ",",
        "{\"symbol\":\"",
        symbol,
        "\",\"status\":\"TRADING\",\"baseAsset\":\"",
        symbol.substr(0, symbol.size() - 4),
        "\",\"baseAssetPrecision\":8,\"quoteAsset\":\"USDT\",\"quoteAssetPrecision\":8,"
        "\"orderTypes\":[\"LIMIT\",\"LIMIT_MAKER\",\"MARKET\"],\"isSpotTradingAllowed\":true,"
        "\"quoteOrderQtyMarketAllowed\":true,\"permissions\":[\"SPOT\"],\"filters\":["
        "{\"filterType\":\"PRICE_FILTER\",\"minPrice\":\"0.01000000\",\"maxPrice\":"
        "\"1000000.00000000\",\"tickSize\":\"0.01000000\"},{\"filterType\":\"LOT_SIZE\","
        "\"minQty\":\"0.00001000\",\"maxQty\":\"9000.00000000\",\"stepSize\":\"0.00001000\"},"
        "{\"filterType\":\"NOTIONAL\",\"minNotional\":\"5.00000000\",\"applyMinToMarket\":true,"
        "\"maxNotional\":\"9000000.00000000\",\"applyMaxToMarket\":false,\"avgPriceMins\":5}]}");
  }
  return text + "]}";
}

constexpr std::string_view kAccount =
    "{\"makerCommission\":10,\"takerCommission\":10,\"canTrade\":true,\"updateTime\":1,"
    "\"accountType\":\"SPOT\",\"balances\":[{\"asset\":\"USDT\",\"free\":\"1000000.00000000\","
    "\"locked\":\"0.00000000\"},{\"asset\":\"P0000\",\"free\":\"1000.00000000\",\"locked\":"
    "\"0.00000000\"}]}";
constexpr std::string_view kFees =
    "{\"symbol\":\"P0000USDT\",\"standardCommission\":{\"maker\":\"0.00100000\",\"taker\":"
    "\"0.00100000\",\"buyer\":\"0\",\"seller\":\"0\"},\"taxCommission\":{\"maker\":\"0\",\"taker\":"
    "\"0\",\"buyer\":\"0\",\"seller\":\"0\"},\"discount\":{\"enabledForAccount\":false,"
    "\"enabledForSymbol\":false,\"discountAsset\":\"BNB\",\"discount\":\"0\"}}";

// The value of a parameter, of a query or of a JSON object; empty when there is none.
std::string_view ParameterOf(std::string_view text, std::string_view name) {
  for (const std::string& start : {StrCat(name, "="), StrCat("\"", name, "\":\"")}) {
    if (const size_t at = text.find(start); at != std::string_view::npos) {
      const std::string_view rest = text.substr(at + start.size());
      return rest.substr(0, rest.find_first_of("&\" "));
    }
  }
  return {};
}

// Immediate or cancel, and nobody to trade with.
std::string OrderBody(std::string_view parameters, int64_t number) {
  return StrCat(
      "{\"symbol\":\"",
      ParameterOf(parameters, "symbol"),
      "\",\"orderId\":",
      number,
      ",\"orderListId\":-1,\"clientOrderId\":\"",
      ParameterOf(parameters, "newClientOrderId"),
      "\",\"transactTime\":",
      absl::ToUnixMillis(absl::Now()),
      ",\"price\":\"",
      ParameterOf(parameters, "price"),
      "\",\"origQty\":\"",
      ParameterOf(parameters, "quantity"),
      "\",\"executedQty\":\"0.00000000\",\"cummulativeQuoteQty\":\"0.00000000\","
      "\"status\":\"EXPIRED\",\"timeInForce\":\"IOC\",\"type\":\"LIMIT\",\"side\":\"BUY\","
      "\"fills\":[]}");
}

std::string HttpAnswer(std::string_view body) {
  return StrCat("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ",
                body.size(),
                "\r\n\r\n",
                body);
}

// The value of "id" of a request frame, with its quotes where it has some.
std::string_view IdOf(std::string_view frame) {
  const size_t at = frame.find("\"id\":");
  const std::string_view rest = at == std::string_view::npos ? "0" : frame.substr(at + 5);
  return rest.substr(0, rest.find_first_of(",}"));
}

}  // namespace

VenueStub::VenueStub(int pairs, SSL_CTX* context)
    : context_(context), rules_(RulesBody(pairs)), snapshot_(SnapshotBody()) {
  std::tie(listener_, port_) = Listen();
}

VenueStub::~VenueStub() {
  close(listener_);
}

Socket* VenueStub::market() {
  return market_ == nullptr ? nullptr : &market_->socket;
}

void VenueStub::Poll() {
  const int accepted = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (accepted >= 0) {
    peers_.push_back({Socket::Accepted(accepted, context_)});
  }
  for (auto it = peers_.begin(); it != peers_.end();) {
    Serve(*it);
    if (it->socket.is_closed()) {
      market_ = market_ == &*it ? nullptr : market_;
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
    market_ = target.starts_with("/stream") ? &peer : market_;
  } else if (head.starts_with("POST /api/v3/order")) {
    const std::string_view whole = text.substr(0, end + 4 + body_size);
    peer.held = HttpAnswer(OrderBody(whole, ++orders_));
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
    AppendServerFrame(StrCat("{\"result\":null,\"id\":", id, "}"), answer);
    peer.socket.Write(answer);
  } else if (frame.payload.find("order.place") != std::string_view::npos) {
    AppendServerFrame(StrCat("{\"id\":",
                             id,
                             ",\"status\":200,\"result\":",
                             OrderBody(frame.payload, ++orders_),
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
  if (path == "/api/v3/exchangeInfo") {
    return rules_;
  }
  if (path == "/api/v3/time") {
    return StrCat("{\"serverTime\":", absl::ToUnixMillis(absl::Now()), "}");
  }
  if (path == "/api/v3/account") {
    return std::string(kAccount);
  }
  if (path == "/api/v3/account/commission") {
    return std::string(kFees);
  }
  return "[]";  // open orders, trades
}

}  // namespace colibri::bench
