// The connector of Binance USD-M futures and its simulated venue in one process on virtual time,
// with a counterparty to trade against.
//
//   class MyTest : public BinancePerpetualTest {};
//   TEST_F(MyTest, ...) { StartConnector({}); PlaceAndSettle(Limit(Side::kBuy, "0.01", "60100"));
//   ... }
//
// The book is made by the counterparty alone: bids from 59900 down, asks from 60100 up, 0.1 BTC
// each 100 USDT; mark and index price stand at 60000. What the venue holds for true is read by its
// back door.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "auth/credentials.h"
#include "connector/connector.h"
#include "connector/json_fields.h"
#include "connector/perpetual_exchange.h"
#include "connector/simulated_environment.h"
#include "core/strings.h"
#include "exchanges/registry.h"
#include "tests/auth/test_keys.h"
#include "tests/integration/book_truth.h"
#include "tests/simulation/network.h"
#include "tests/support/status_matchers.h"
#include "tools/venue_sim/binance_perpetual_sim.h"

namespace colibri {

class BinancePerpetualTest : public testing::Test {
 protected:
  static constexpr char kOther[] = "counterparty";
  static constexpr char kModern[] = "with-an-ed25519-key";  // kEd25519Pem
  static constexpr char kPoor[] = "with 150 USDT";
  static constexpr char kSymbol[] = "BTCUSDT";

  // Lively: the venue's own traders make book and prices, and nothing stands still.
  explicit BinancePerpetualTest(venue_sim::BinancePerpetualSimOptions options = {},
                                bool is_lively = false)
      : sim_(environment_.clock(), WithAccounts(std::move(options), is_lively)),
        network_(environment_, sim_, /*seed=*/1) {
    network_.set_weather({.latency_max = absl::Milliseconds(1)});
    environment_.UseTransports(network_, network_);
    sim_.Start();
    if (is_lively) {
      return;
    }
    SetPrice("60000");
    for (int level = 0; level < 10; ++level) {
      OtherLimit("BUY", "0.1", StrCat(59900 - 100 * level));
      OtherLimit("SELL", "0.1", StrCat(60100 + 100 * level));
    }
  }

  ~BinancePerpetualTest() override {
    if (connector_ != nullptr) {
      environment_.Await(connector_->Stop(absl::Seconds(10)));
    }
  }

  static venue_sim::BinancePerpetualSimOptions WithAccounts(
      venue_sim::BinancePerpetualSimOptions options, bool is_lively) {
    options.seed = 7;
    options.background_traders = is_lively;
    options.accounts.push_back({.api_key = kOther,
                                .api_secret = "secret of the counterparty",
                                .balances = {{"USDT", Decimal::FromInteger(10'000'000)}}});
    options.accounts.push_back({.api_key = kModern,
                                .ed25519_public_key = std::string(kEd25519PublicKey),
                                .balances = {{"USDT", Decimal::FromInteger(10'000)}}});
    options.accounts.push_back({.api_key = kPoor,
                                .api_secret = "secret of the poor",
                                .balances = {{"USDT", Decimal::FromInteger(150)}}});
    return options;
  }

  void StartConnector(PerpetualConfig perpetual) {
    StartConnector({.api_key = Secret(venue_sim::kTestApiKey),
                    .api_secret = Secret(venue_sim::kTestApiSecret)},
                   std::move(perpetual));
  }
  void StartConnector(const Credentials& credentials, PerpetualConfig perpetual) {
    ExchangeConfig config;
    config.venue = "binance_perpetual";
    config.domain = "local";
    config.pairs = {pair_};
    config.perpetual = std::move(perpetual);
    absl::StatusOr<std::unique_ptr<Connector>> made =
        (*registry_.Find(config.venue))->make_connector(environment_, config, &credentials);
    ASSERT_THAT(made, IsOk());
    connector_ = *std::move(made);
    subscription_ = connector_->events().SubscribeAll([this](const Event& event) {
      if (!std::holds_alternative<FundingInfoChanged>(event) &&
          !std::holds_alternative<PublicLiquidation>(event)) {
        events_.push_back(event);
      }
    });
    ASSERT_THAT(environment_.Await(connector_->Start(absl::Seconds(30))), IsOk());
  }
  PerpetualExchange& perpetual() { return *connector_->perpetual(); }

  // A call of any account by the venue's back door; its answer.
  std::string Ask(std::string_view key, std::string_view method, std::string_view target) {
    const venue_sim::HttpReply reply = sim_.AdminCall(key, method, target);
    EXPECT_EQ(reply.status, 200) << target << ": " << reply.body;
    return reply.body;
  }
  void LimitOf(std::string_view key,
               std::string_view side,
               std::string_view quantity,
               std::string_view price) {
    Ask(key,
        "POST",
        StrCat("/fapi/v1/order?symbol=BTCUSDT&type=LIMIT&timeInForce=GTC&side=",
               side,
               "&quantity=",
               quantity,
               "&price=",
               price));
  }
  void OtherLimit(std::string_view side, std::string_view quantity, std::string_view price) {
    LimitOf(kOther, side, quantity, price);
  }
  void SetPrice(std::string_view price) {
    sim_.SetPrices(kSymbol, *Decimal::Parse(price), *Decimal::Parse(price));
  }

  OrderRequest Limit(Side side, std::string_view quantity, std::string_view price) const {
    OrderRequest request;
    request.pair = pair_;
    request.side = side;
    request.quantity = *Quantity::Parse(quantity);
    request.price = *Price::Parse(price);
    return request;
  }
  OrderRequest Close(Side side, std::string_view quantity, std::string_view price) const {
    OrderRequest request = Limit(side, quantity, price);
    request.position_action = PositionAction::kClose;
    return request;
  }
  ClientOrderId PlaceAndSettle(const OrderRequest& request) {
    const absl::StatusOr<ClientOrderId> id = connector_->Place(request);
    EXPECT_THAT(id, IsOk());
    Settle();
    return id.value_or(ClientOrderId());
  }
  // Long enough for every message under way.
  void Settle() { environment_.RunFor(absl::Seconds(2)); }

  const Order& order(const ClientOrderId& id) const { return *connector_->FindOrder(id); }
  std::string StateOf(const ClientOrderId& id) const {
    return std::string(ToString(order(id).state));
  }
  std::string PositionText(PositionSide side) {
    return perpetual().position(pair_, side).quantity.ToString();
  }

  template <class T>
  std::vector<T> Events() const {
    std::vector<T> found;
    for (const Event& event : events_) {
      if (const T* wanted = std::get_if<T>(&event)) {
        found.push_back(*wanted);
      }
    }
    return found;
  }
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
  int64_t request_count(const std::string& method_and_path) const {
    const std::map<std::string, int64_t> requests = sim_.traffic().requests;
    const auto it = requests.find(method_and_path);
    return it == requests.end() ? 0 : it->second;
  }

  // Orders, positions, balances and book are the venue's, to the last digit.
  void ExpectTruth() {
    ASSERT_THAT(environment_.Await(connector_->RefreshBalances()), IsOk());
    const venue_sim::PerpetualAccountView account = *sim_.account(venue_sim::kTestApiKey);
    EXPECT_EQ(connector_->open_orders().size(), account.open_order_count());
    for (const venue_sim::PerpetualOrderView& theirs : account.orders) {
      const Order* ours = connector_->FindOrder(ClientOrderId(theirs.client_order_id));
      if (ours != nullptr) {
        EXPECT_EQ(ours->filled.value(), theirs.executed_quantity) << theirs.client_order_id;
        EXPECT_EQ(ours->filled_notional.value(), theirs.executed_quote) << theirs.client_order_id;
        EXPECT_EQ(ours->is_open(), theirs.is_open) << theirs.client_order_id;
      }
    }
    EXPECT_EQ(perpetual().positions().size(), account.positions.size());
    for (const venue_sim::PerpetualPositionView& theirs : account.positions) {
      const PositionSide side = theirs.position_side == "BOTH"   ? PositionSide::kNet
                                : theirs.position_side == "LONG" ? PositionSide::kLong
                                                                 : PositionSide::kShort;
      const Position ours = perpetual().position(pair_, side);
      EXPECT_EQ(ours.quantity.value(), theirs.quantity) << theirs.position_side;
      EXPECT_EQ(ours.entry_price.value(), theirs.entry_price) << theirs.position_side;
    }
    ExpectBalancesAreTheVenues();
    EXPECT_TRUE(Events<PositionMismatch>().empty());
    ExpectBookIsTheVenues();
  }

  void ExpectBalancesAreTheVenues() {
    const std::string body = Ask(venue_sim::kTestApiKey, "GET", "/fapi/v3/balance");
    simdjson::dom::parser parser;
    const simdjson::dom::array balances = *ParseArray(parser, body, "venue", "balances");
    for (const simdjson::dom::element entry : balances) {
      const JsonFields theirs = *ObjectOf(entry, "venue", "balances");
      const Balance ours = connector_->balance(*theirs.Text("asset"));
      EXPECT_EQ(ours.total, *theirs.Number("balance")) << body;
      EXPECT_EQ(ours.available, *theirs.Number("availableBalance")) << body;
    }
  }

  void ExpectBookIsTheVenues() { ExpectSameBook(*connector_, pair_, *sim_.book(kSymbol)); }

  const TradingPair pair_{"BTC", "USDT"};
  const Registry registry_ = MakeRegistry();
  SimulatedEnvironment environment_{/*seed=*/1};
  venue_sim::BinancePerpetualSim sim_;
  simulation::Network network_;
  std::unique_ptr<Connector> connector_;
  std::vector<Event> events_;
  Subscription subscription_;
};

}  // namespace colibri
