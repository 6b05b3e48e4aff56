#include "tools/bench/guard/ready_connector.h"

#include <string>
#include <utility>

#include "absl/time/clock.h"
#include <boost/asio/post.hpp>

#include "auth/credentials.h"
#include "connector/net/http_codec.h"
#include "connector/net/ws_frame.h"
#include "core/check.h"
#include "core/strings.h"
#include "core/text_pool.h"
#include "exchanges/registry.h"
#include "tests/auth/test_keys.h"
#include "tests/support/counting_allocator.h"
#include "tools/bench/wire/bodies.h"
#include "tools/bench/wire/frames.h"

namespace colibri::bench {

namespace {

Credentials CredentialsOf(KeyKind key) {
  // As long as the venue's are.
  return {.api_key = Secret("ColibriBenchmarkApiKey000000000000000000000000000000000000000001"),
          .api_secret = Secret(key == KeyKind::kEd25519
                                   ? kEd25519Pem
                                   : "a benchmark signs just as fast with these words as any")};
}

TradingPair PairOf(int pair) {
  std::string symbol = SymbolOf(pair);
  return {symbol.substr(0, symbol.size() - 4), "USDT"};
}

}  // namespace

ReadyConnector::ReadyConnector(OrderChannel channel, KeyKind key, int pairs)
    : pairs_(pairs), registry_(MakeRegistry()) {
  http_.set_responder([this](const HttpRequest& request) { return Answer(request); });
  // The transports' own part of an order's bytes belongs to its way.
  http_.set_on_try_send([this](const HttpRequest& request) {
    EncodeHttpRequest(request, "colibri/0.1", text_);
    NoteDeparture();
  });
  web_sockets_.set_on_connect([this](FakeWebSocketPeer& peer) {
    peer.set_on_write([this, &peer](const std::string& frame) { AnswerFrame(peer, frame); });
    peer.set_on_try_write([this](std::string_view text) {
      std::string frame = EncodeWsFrame(WsOpcode::kText, text, /*mask=*/0x9E3779B9);
      NoteDeparture();
      GiveText(std::move(frame));
    });
  });
  const absl::StatusOr<const VenueEntry*> venue = registry_.Find("binance");
  CHECK(venue.ok());
  const Credentials credentials = CredentialsOf(key);
  ExchangeConfig config{.venue = "binance", .order_entry = channel};
  for (int pair = 0; pair < pairs; ++pair) {
    config.pairs.push_back(PairOf(pair));
  }
  absl::StatusOr<std::unique_ptr<Connector>> made =
      (*venue)->make_connector(environment_, config, &credentials);
  CHECK(made.ok());
  connector_ = *std::move(made);
  CHECK(environment_.Await(connector_->Start(absl::Seconds(20))).ok());
  environment_.RunUntilIdle();
  market_ = web_sockets_.find("/stream");
  CHECK(market_ != nullptr);
}

ReadyConnector::~ReadyConnector() {
  environment_.Await(connector_->Stop(absl::Seconds(5)));
}

void ReadyConnector::Queue(std::string_view frame) {
  market_->Push(std::string(frame));
}

void ReadyConnector::TakeQueued() {
  environment_.RunUntilIdle();
}

void ReadyConnector::Receive(std::string_view frame) {
  Queue(frame);
  TakeQueued();
}

void ReadyConnector::Send() {
  boost::asio::post(environment_.executor(), [this] { PlaceNow(); });
  const int64_t sent = orders_sent_;
  environment_.RunUntilTrue([this, sent] { return orders_sent_ > sent; });
}

void ReadyConnector::PlaceNow() {
  const OrderRequest order = {.pair = PairOf(0),
                              .time_in_force = TimeInForce::kIoc,
                              .quantity = Quantity::FromScaled(1, 3),
                              .price = Price::FromScaled(4'999'900, 2)};
  allocations_before_ = AllocationsOfThread();
  begun_ns_ = absl::GetCurrentTimeNanos();
  CHECK(connector_->Place(order).ok());
  ++orders_sent_;
}

void ReadyConnector::Settle() {
  environment_.RunUntilIdle();
  http_.ClearRequests();
  for (size_t i = 0; i < web_sockets_.size(); ++i) {
    web_sockets_.peer(i).ClearWritten();
  }
}

void ReadyConnector::Place() {
  Send();
  Settle();
}

void ReadyConnector::NoteDeparture() {
  if (on_wire_) {
    on_wire_({.allocations = AllocationsOfThread() - allocations_before_,
              .elapsed = absl::Nanoseconds(absl::GetCurrentTimeNanos() - begun_ns_)});
  }
}

std::optional<HttpResult> ReadyConnector::Answer(const HttpRequest& request) {
  const std::string_view path =
      std::string_view(request.url.path).substr(0, request.url.path.find('?'));
  const absl::Time now = environment_.clock().now();
  return FakeHttpTransport::Ok(path == "/api/v3/depth"          ? SnapshotBody()
                               : path == "/api/v3/exchangeInfo" ? RulesBody(pairs_)
                               : path == "/api/v3/order"
                                   ? OrderBody(request.url.path, ++orders_, now)
                                   : PlainBody(path, now));
}

void ReadyConnector::AnswerFrame(FakeWebSocketPeer& peer, std::string_view frame) {
  const std::string result = frame.find("\"order.place\"") == std::string_view::npos
                                 ? "{\"subscriptionId\":0}"
                                 : OrderBody(frame, ++orders_, environment_.clock().now());
  peer.Push(StrCat("{\"id\":", IdOf(frame), ",\"status\":200,\"result\":", result, "}"));
}

}  // namespace colibri::bench
