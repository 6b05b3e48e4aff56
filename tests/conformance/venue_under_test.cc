#include "tests/conformance/venue_under_test.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "gtest/gtest.h"
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "core/check.h"
#include "core/fill_key.h"
#include "core/strings.h"
#include "exchanges/registry.h"
#include "nlohmann/json.hpp"
#include "tests/support/status_matchers.h"

namespace colibri::conformance {
namespace {

Credentials CredentialsOf(const Json& session) {
  const Json given = session.value("credentials", Json::object());
  Credentials credentials;
  credentials.api_key = Secret(given.value("api_key", ""));
  credentials.api_secret = Secret(given.value("api_secret", ""));
  credentials.passphrase = Secret(given.value("passphrase", ""));
  credentials.wallet_key = Secret(given.value("wallet_key", ""));
  credentials.account_address = given.value("account_address", "");
  return credentials;
}

bool IsOfOrders(std::string_view name) {
  return name.starts_with("order_") || name.ends_with("_rejected") || name.starts_with("foreign_");
}

}  // namespace

const VenueEntry& EntryOf(std::string_view venue) {
  static const Registry registry = MakeRegistry();
  const absl::StatusOr<const VenueEntry*> entry = registry.Find(venue);
  CHECK(entry.ok() && "a folder of envelopes is named like no venue of the registry");
  return **entry;
}

Decimal DecimalOf(const Json& text) {
  const absl::StatusOr<Decimal> value = Decimal::Parse(text.is_string() ? BodyText(text) : "");
  EXPECT_OK(value.status()) << text.dump();
  return value.value_or(Decimal());
}

Side SideOf(const Json& text) {
  return text == "sell" ? Side::kSell : Side::kBuy;
}

VenueUnderTest::VenueUnderTest(std::string_view name)
    : entry(EntryOf(name)),
      spec(entry.spec),
      environment(1, http, web_sockets),
      venue(name, environment, http, web_sockets),
      settings(std::make_shared<const Json>(venue.Read("venue"))),
      pair(TradingPair::Parse(session().value("pair", "")).value()) {
  venue.set_frame_encoding(spec.frame_encoding);
  environment.UseFiles(disk);
  config.venue = spec.name;
  config.domain = session().value("domain", "live");
  config.pairs = {pair};
  config.order_entry = OrderChannel::kRest;  // what the envelopes answer
}

VenueUnderTest::~VenueUnderTest() {
  venue.set_is_over(true);
  if (exchange != nullptr && !is_stopped_) {
    Stop();
  }
}

void VenueUnderTest::Build() {
  const Credentials credentials = CredentialsOf(session());
  absl::StatusOr<std::unique_ptr<Connector>> made =
      entry.make_connector(environment, config, has_keys ? &credentials : nullptr);
  CHECK(made.ok() && "venue.json: domain or credentials are not of this venue");
  exchange = *std::move(made);
  subscriptions_.push_back(exchange->events().SubscribeAll([this](const Event& event) {
    const std::string_view name = EventName(event);
    if (IsOfOrders(name)) {
      seen.emplace_back(name);
    }
    events.push_back(event);
  }));
}

absl::Status VenueUnderTest::Start(absl::Duration timeout) {
  if (exchange == nullptr) {
    Build();
  }
  return environment.Await(exchange->Start(timeout));
}

absl::Status VenueUnderTest::StartAndStopAfter(absl::Duration delay) {
  Build();
  is_stopped_ = true;
  boost::asio::co_spawn(
      environment.executor(),
      [this, delay]() -> Task<void> {
        co_await environment.Sleep(delay);
        co_await exchange->Stop(absl::Seconds(1));
      },
      boost::asio::detached);
  const absl::Status status = environment.Await(exchange->Start(absl::Minutes(10)));
  Run(absl::Minutes(1));
  return status;
}

ShutdownReport VenueUnderTest::Stop(absl::Duration timeout) {
  is_stopped_ = true;
  return environment.Await(exchange->Stop(timeout));
}

void VenueUnderTest::Kill() {
  disk.Crash();
  http.set_down(absl::UnavailableError("the process is dead"));
  Stop(absl::Milliseconds(1));
  subscriptions_.clear();
  exchange.reset();
  is_stopped_ = false;
  http.set_down(std::nullopt);
  disk.Restart();
  events.clear();
  seen.clear();
}

OrderRequest VenueUnderTest::Request(Side side) const {
  const Json& given = session().at("order");
  OrderRequest request;
  request.pair = pair;
  request.side = side;
  request.quantity = Quantity(DecimalOf(given.at("quantity")));
  request.price = Price(DecimalOf(given.at(side == Side::kBuy ? "buy_price" : "sell_price")));
  return request;
}

ClientOrderId VenueUnderTest::Place(const OrderRequest& request) {
  const absl::StatusOr<ClientOrderId> id = exchange->Place(request);
  EXPECT_OK(id.status());
  Run(absl::Milliseconds(100));
  return id.value_or(ClientOrderId());
}

const Order& VenueUnderTest::OrderOf(const ClientOrderId& id) const {
  static const Order kNone;
  const Order* const order = exchange->FindOrder(id);
  EXPECT_NE(order, nullptr) << "order " << id << " is not known";
  return order == nullptr ? kNone : *order;
}

OrderState VenueUnderTest::StateOf(const ClientOrderId& id) const {
  return OrderOf(id).state;
}

int VenueUnderTest::Count(std::string_view name) const {
  return static_cast<int>(std::count_if(
      events.begin(), events.end(), [&](const Event& event) { return EventName(event) == name; }));
}

void VenueUnderTest::ExpectFill(const Fill& fill, const Json& expected) const {
  EXPECT_EQ(fill.pair, pair);
  EXPECT_EQ(fill.side, SideOf(expected.at("side")));
  EXPECT_EQ(fill.price, Price(DecimalOf(expected.at("price"))));
  EXPECT_EQ(fill.quantity, Quantity(DecimalOf(expected.at("quantity"))));
  EXPECT_EQ(fill.trade_id.view(), BodyText(expected.at("trade_id")));
  if (expected.contains("is_maker")) {
    EXPECT_EQ(fill.is_maker, expected.at("is_maker").get<bool>());
  }
  FeeAmounts fees;
  if (expected.contains("fee")) {
    fees.push_back({BodyText(expected.at("fee_asset")), DecimalOf(expected.at("fee"))});
  }
  EXPECT_EQ(fill.fees, fees);
}

void VenueUnderTest::ExpectPosition(const Position& position, const Json& expected) const {
  EXPECT_EQ(position.pair, pair);
  EXPECT_EQ(position.quantity, Quantity(DecimalOf(expected.at("quantity"))));
  EXPECT_EQ(position.entry_price, Price(DecimalOf(expected.at("entry_price"))));
  if (expected.contains("unrealised_profit")) {
    EXPECT_EQ(position.unrealised_profit, Notional(DecimalOf(expected.at("unrealised_profit"))));
  }
}

void VenueUnderTest::CheckInvariants() const {
  struct History {
    int created = 0;
    int ends = 0;
    Quantity filled;
    std::set<FillKey> fills;
  };
  std::map<ClientOrderId, History> histories;
  const auto end = [&](const Order& order, bool needs_created) {
    History& history = histories[order.client_order_id];
    EXPECT_EQ(++history.ends, 1) << order.client_order_id << " ended twice";
    EXPECT_TRUE(!needs_created || history.created == 1 || order.is_restored)
        << order.client_order_id << " ended before it was created";
    EXPECT_EQ(order.filled, history.filled) << order.client_order_id << " does not add up";
  };
  for (const Event& event : events) {
    if (const auto* created = std::get_if<OrderCreated>(&event)) {
      History& history = histories[created->order.client_order_id];
      EXPECT_EQ(++history.created, 1) << created->order.client_order_id << " was created twice";
      EXPECT_EQ(history.fills.size() + static_cast<size_t>(history.ends), 0u)
          << created->order.client_order_id << " was created late";
    } else if (const auto* filled = std::get_if<OrderFilled>(&event)) {
      History& history = histories[filled->order.client_order_id];
      EXPECT_TRUE(history.created == 1 || filled->order.is_restored);
      EXPECT_TRUE(history.fills.insert(FillKey::Of(filled->fill)).second)
          << "trade " << filled->fill.trade_id << " was told twice";
      history.filled += filled->fill.quantity;
      EXPECT_LE(history.filled, filled->order.quantity);
    } else if (const auto* completed = std::get_if<OrderCompleted>(&event)) {
      end(completed->order, /*needs_created=*/true);
    } else if (const auto* canceled = std::get_if<OrderCanceled>(&event)) {
      end(canceled->order, /*needs_created=*/true);
    } else if (const auto* expired = std::get_if<OrderExpired>(&event)) {
      end(expired->order, /*needs_created=*/true);
    } else if (const auto* rejected = std::get_if<OrderRejected>(&event)) {
      end(rejected->order, /*needs_created=*/false);
    }
  }
}

}  // namespace colibri::conformance
