// The Binance connector and the simulated Binance in one process on virtual time, with a
// counterparty to trade against.
//
//   class MyTest : public BinanceVenueTest {};
//   TEST_F(MyTest, ...) { StartConnector(); const ClientOrderId id = PlaceLimit(Side::kBuy, "0.01",
//   "59000"); ... }
//
// The book is made by the counterparty alone: bids from 59900 down, asks from 60100 up, 0.1 BTC
// each 100 USDT.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "auth/credentials.h"
#include "connector/connector.h"
#include "connector/simulated_environment.h"
#include "core/strings.h"
#include "exchanges/registry.h"
#include "tests/auth/test_keys.h"
#include "tests/integration/book_truth.h"
#include "tests/simulation/network.h"
#include "tests/support/status_matchers.h"
#include "tools/venue_sim/binance_sim.h"

namespace colibri {

class BinanceVenueTest : public testing::Test {
 protected:
  static constexpr char kOther[] = "counterparty";
  static constexpr char kModern[] = "with-an-ed25519-key";  // kEd25519Pem

  BinanceVenueTest()
      : sim_(environment_.clock(), SimOptions()), network_(environment_, sim_, /*seed=*/1) {
    network_.set_weather({.latency_max = absl::Milliseconds(1)});
    environment_.UseTransports(network_, network_);
    sim_.Start();
    for (int level = 0; level < 10; ++level) {
      OtherLimit("BUY", "0.1", StrCat(59900 - 100 * level));
      OtherLimit("SELL", "0.1", StrCat(60100 + 100 * level));
    }
  }

  ~BinanceVenueTest() override {
    if (connector_ != nullptr) {
      environment_.Await(connector_->Stop(absl::Seconds(10)));
    }
  }

  static venue_sim::BinanceSimOptions SimOptions() {
    venue_sim::BinanceSimOptions options;
    options.seed = 7;
    options.background_traders = false;
    options.accounts.push_back({.api_key = kOther, .api_secret = "secret of the counterparty"});
    options.accounts.push_back(
        {.api_key = kModern, .ed25519_public_key = std::string(kEd25519PublicKey)});
    return options;
  }

  void StartConnector(std::string self_trade_prevention = "") {
    StartConnector({.api_key = Secret(venue_sim::kTestApiKey),
                    .api_secret = Secret(venue_sim::kTestApiSecret)},
                   std::move(self_trade_prevention));
  }
  void StartConnector(const Credentials& credentials, std::string self_trade_prevention = "") {
    ExchangeConfig config;
    config.venue = "binance";
    config.domain = "local";
    config.pairs = {pair_};
    config.self_trade_prevention = std::move(self_trade_prevention);
    absl::StatusOr<std::unique_ptr<Connector>> made =
        (*registry_.Find("binance"))->make_connector(environment_, config, &credentials);
    ASSERT_THAT(made, IsOk());
    connector_ = *std::move(made);
    subscription_ = connector_->events().SubscribeAll([this](const Event& event) {
      if (EventName(event).starts_with("order_") || EventName(event).ends_with("_rejected")) {
        events_.push_back(event);
      }
    });
    ASSERT_THAT(environment_.Await(connector_->Start(absl::Seconds(30))), IsOk());
  }

  // A call of the counterparty, by the venue's back door.
  void OtherLimit(std::string_view side, std::string_view quantity, std::string_view price) {
    const venue_sim::HttpReply reply =
        sim_.AdminCall(kOther,
                       "POST",
                       StrCat("/api/v3/order?symbol=BTCUSDT&type=LIMIT&timeInForce=GTC&side=",
                              side,
                              "&quantity=",
                              quantity,
                              "&price=",
                              price));
    ASSERT_EQ(reply.status, 200) << reply.body;
  }

  OrderRequest Limit(Side side, std::string_view quantity, std::string_view price) const {
    OrderRequest request;
    request.pair = pair_;
    request.side = side;
    request.quantity = *Quantity::Parse(quantity);
    request.price = *Price::Parse(price);
    return request;
  }

  // Places and returns at once: nothing has reached the venue yet.
  ClientOrderId Place(const OrderRequest& request) {
    const absl::StatusOr<ClientOrderId> id = connector_->Place(request);
    EXPECT_THAT(id, IsOk());
    return id.value_or(ClientOrderId());
  }
  ClientOrderId PlaceAndSettle(const OrderRequest& request) {
    const ClientOrderId id = Place(request);
    Settle();
    return id;
  }

  // Long enough for every message under way.
  void Settle() { environment_.RunFor(absl::Seconds(1)); }

  const Order& order(const ClientOrderId& id) const { return *connector_->FindOrder(id); }
  std::string StateOf(const ClientOrderId& id) const {
    return std::string(ToString(order(id).state));
  }

  // Of one order: "order_created", ...
  std::vector<std::string> EventsOf(const ClientOrderId& id) const {
    std::vector<std::string> names;
    for (const Event& event : events_) {
      std::visit(
          [&](const auto& e) {
            if constexpr (requires { e.order.client_order_id; }) {
              if (e.order.client_order_id == id) {
                names.emplace_back(EventName(event));
              }
            }
          },
          event);
    }
    return names;
  }

  // Requests that reached the venue, as "POST /api/v3/order".
  int64_t request_count(const std::string& method_and_path) const {
    const std::map<std::string, int64_t> requests = sim_.traffic().requests;
    const auto it = requests.find(method_and_path);
    return it == requests.end() ? 0 : it->second;
  }

  // Orders, balances and book are the venue's, to the last digit.
  void ExpectTruth() {
    const venue_sim::SimAccountView account = *sim_.account(venue_sim::kTestApiKey);
    EXPECT_EQ(connector_->open_orders().size(), account.open_order_count());
    for (const auto& [asset, balance] : account.balances) {
      EXPECT_EQ(connector_->balance(asset).total, balance.total()) << asset;
      EXPECT_EQ(connector_->balance(asset).available, balance.free) << asset;
    }
    for (const venue_sim::SimOrderView& theirs : account.orders) {
      const Order* ours = connector_->FindOrder(ClientOrderId(theirs.client_order_id));
      if (ours == nullptr) {
        ADD_FAILURE() << "unknown to us: " << theirs.client_order_id;
        continue;
      }
      EXPECT_EQ(ours->filled.value(), theirs.executed_quantity) << theirs.client_order_id;
      EXPECT_EQ(ours->filled_notional.value(), theirs.executed_quote) << theirs.client_order_id;
      EXPECT_EQ(ours->is_open(), theirs.is_open) << theirs.client_order_id;
    }
    ExpectBookIsTheVenues();
  }

  void ExpectBookIsTheVenues() { ExpectSameBook(*connector_, pair_, *sim_.book("BTCUSDT")); }

  const TradingPair pair_{"BTC", "USDT"};
  const Registry registry_ = MakeRegistry();
  SimulatedEnvironment environment_{/*seed=*/1};
  venue_sim::BinanceSim sim_;
  simulation::Network network_;
  std::unique_ptr<Connector> connector_;
  std::vector<Event> events_;
  Subscription subscription_;
};

}  // namespace colibri
