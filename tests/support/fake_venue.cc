#include "tests/support/fake_venue.h"

#include <cstdio>
#include <utility>

#include "core/check.h"
#include "core/strings.h"

namespace colibri {

VenueSpec FakeVenueSpec() {
  VenueSpec spec;
  spec.name = "fake";
  spec.display_name = "Fake";
  DomainSpec live;
  live.name = "live";
  live.hosts = {.rest_url = "http://fake",
                .market_stream_url = "ws://fake/market",
                .private_stream_url = "ws://fake/private"};
  DomainSpec testnet = live;
  testnet.name = "testnet";
  spec.domains = {live, testnet};
  spec.capabilities.can_cancel_all_on_pair = true;
  spec.client_order_id_alphabet = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-";
  spec.limits = {
      {.name = "weight",
       .limit = 6000,
       .interval = absl::Minutes(1),
       .used_header = "x-used-weight"},
      {.name = "orders", .limit = 100, .interval = absl::Seconds(10), .used_header = ""}};
  spec.fees.percent = {.maker = Decimal::FromScaled(1, 3), .taker = Decimal::FromScaled(1, 3)};
  return spec;
}

VenueSpec FakePerpetualSpec() {
  VenueSpec spec = FakeVenueSpec();
  spec.position_modes = {PositionMode::kOneWay, PositionMode::kHedge};
  spec.margin_modes = {MarginMode::kCross, MarginMode::kIsolated};
  spec.capabilities.has_dead_mans_switch = true;
  return spec;
}

FakeVenue::FakeVenue(bool with_keys, VenueSpec venue_spec)
    : environment(/*seed=*/1, http, web_sockets), spec(std::move(venue_spec)), has_keys(with_keys) {
  config.venue = spec.name;
  config.pairs = {kPair};
  http.set_responder([this](const HttpRequest& request) -> std::optional<HttpResult> {
    if (request.url.path.starts_with("/time")) {
      return FakeHttpTransport::Ok(StrCat(now_ms()));
    }
    return std::nullopt;
  });
  http.AnswerAlways("GET /rules",
                    "rule BTC-USDT BTCUSDT 0.01 0.00001\nrule ETH-USDT ETHUSDT 0.01 0.0001");
  http.AnswerAlways("GET /balances", "balance USDT 10000 10000 -\nbalance BTC 10 10 -");
  http.AnswerAlways("GET /fees", "0.0005 0.0007");
  http.AnswerAlways("GET /open", "");
  http.AnswerAlways("GET /trades", "");
  http.AnswerAlways("GET /depth", "snapshot 100 b99:5 b98:5 a101:5 a102:5");
  if (spec.is_perpetual()) {
    http.AnswerAlways("GET /mode", "one_way");
    http.AnswerAlways("GET /leverage", "leverage 10 cross");
    http.AnswerAlways("GET /positions", "");
    http.AnswerAlways("GET /funding", "funding 100 0.0001 - -");
    http.AnswerAlways("GET /paid", "");
  }
  web_sockets.set_on_connect([this](FakeWebSocketPeer& peer) {
    peer.set_on_write([this, &peer](const std::string& frame) {
      if (frame.starts_with("subscribe")) {
        peer.Push("subscribed");
      } else if (frame.starts_with("login") && answers_login) {
        peer.Push(login_answer);
      }
    });
  });
}

FakeVenue::~FakeVenue() {
  if (exchange != nullptr && !is_stopped_) {
    http.set_down(absl::UnavailableError("the test is over"));
    Stop(absl::Milliseconds(1));
  }
}

void FakeVenue::Destroy() {
  subscriptions_.clear();
  exchange.reset();
  is_stopped_ = false;
}

void FakeVenue::Build() {
  exchange = MakeFakeExchange(environment, spec, config, has_keys);
  subscriptions_.push_back(exchange->events().SubscribeAll([this](const Event& event) {
    const std::string_view name = EventName(event);
    if (name.starts_with("order_") || name.ends_with("_rejected") || name.starts_with("foreign_")) {
      seen.emplace_back(name);
    }
    events.push_back(event);
  }));
}

absl::Status FakeVenue::Start(absl::Duration timeout) {
  if (exchange == nullptr) {
    Build();
  }
  return environment.Await(exchange->Start(timeout));
}

ShutdownReport FakeVenue::Stop(absl::Duration timeout) {
  is_stopped_ = true;
  return environment.Await(exchange->Stop(timeout));
}

OrderRequest FakeVenue::Buy(std::string_view price, std::string_view quantity) const {
  OrderRequest request;
  request.pair = kPair;
  request.price = *Price::Parse(price);
  request.quantity = *Quantity::Parse(quantity);
  return request;
}

OrderRequest FakeVenue::Sell(std::string_view price, std::string_view quantity) const {
  OrderRequest request = Buy(price, quantity);
  request.side = Side::kSell;
  return request;
}

ClientOrderId FakeVenue::Place(const OrderRequest& request) {
  const absl::StatusOr<ClientOrderId> id = exchange->Place(request);
  if (!id.ok()) {
    std::fprintf(stderr, "Place: %s\n", id.status().ToString().c_str());
  }
  CHECK(id.ok());
  environment.RunUntilIdle();
  return *id;
}

ClientOrderId FakeVenue::PlaceOpen(const OrderRequest& request) {
  http.Answer("POST /order", StrCat("order - X1 open 0 ", now_ms()));
  return Place(request);
}

std::string FakeVenue::OrderLine(const ClientOrderId& id,
                                 std::string_view exchange_id,
                                 std::string_view state,
                                 std::string_view filled) const {
  return StrCat("order ", id, " ", exchange_id, " ", state, " ", filled, " ", now_ms());
}

std::string FakeVenue::TradeLine(std::string_view trade_id,
                                 const ClientOrderId& id,
                                 std::string_view exchange_id,
                                 std::string_view price,
                                 std::string_view quantity) const {
  return StrCat("trade ",
                trade_id,
                " ",
                id.empty() ? "-" : id.ToString(),
                " ",
                exchange_id,
                " buy ",
                price,
                " ",
                quantity,
                " ",
                now_ms());
}

int64_t FakeVenue::now_ms() const {
  return absl::ToUnixMillis(const_cast<SimulatedEnvironment&>(environment).clock().now());
}

}  // namespace colibri
