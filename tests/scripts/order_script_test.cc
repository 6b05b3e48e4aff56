// Runs tests/scripts/orders/*.orders: order life cycles as text, one case a file, against
// ClientOrderTracker.
//
//   place          B1 buy 0.5 BTC-USDT @ 100         -> pending_create
//   place          B2 sell 0.5 BTC-USDT @ 94 when stop 95 last  -> pending_create
//   ack            B1 as X9                          -> open
//   triggered      B2 as X10                         -> open
//   status_of      X10 canceled                      # names only the exchange id
//   status         B1 filled cumulative=0.5          -> open   needs=fills
//   fill           B1 T1 0.2 @ 100                   -> partially_filled  filled=0.2
//   fill_of        X9 T1 0.2 @ 100                   -> ...     # names only the exchange id
//   reject         B1 no money                       -> rejected
//   doubt          B1 timed out                      -> pending_create in_doubt=true
//   not_found      B1                                -> unchanged
//   found_elsewhere B1                               -> unchanged
//   cancel         B1                                -> cancel_requested
//   cancel_reject  B1 unknown_order                  -> unchanged
//   advance        10s                               -> unchanged
//   log            created filled completed          # every order event so far, in order
//
// After "->": the state of the order (or "unchanged", or "cancel_requested"), then key=value
// checks: filled, in_doubt, triggered, id (the exchange id), needs (fills, status, cancel: what the
// tracker asked for during the line), awaiting_fills, reason (up to the end). In every script:
// Created at most once and first, fills add up, one terminal event at most unless readopted.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "connector/client_order_tracker.h"
#include "core/simulated_clock.h"
#include "core/strings.h"

namespace colibri {
namespace {

namespace fs = std::filesystem;

class OrderScript {
 public:
  OrderScript()
      : tracker_("venue",
                 clock_,
                 bus_,
                 {.need_fills = [this](const Order&) { needs_.push_back("fills"); },
                  .need_status = [this](const Order&) { needs_.push_back("status"); },
                  .send_cancel = [this](const Order&) { needs_.push_back("cancel"); }},
                 [](const TradingPair&) { return Quantity::FromScaled(1, 3); }) {
    subscription_ = bus_.SubscribeAll([this](const Event& event) { Record(event); });
  }

  void Run(const fs::path& path) {
    std::ifstream in(path);
    ASSERT_TRUE(in) << path;
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
      SCOPED_TRACE(path.filename().string() + ":" + std::to_string(number) + ": " + line);
      RunLine(line.substr(0, line.find('#')));
      if (testing::Test::HasFailure()) {
        return;
      }
    }
    CheckInvariants();
  }

 private:
  void Record(const Event& event) {
    log_.emplace_back(EventName(event));
    if (const auto* fill = std::get_if<OrderFilled>(&event)) {
      filled_by_events_[fill->order.client_order_id.ToString()] += fill->fill.quantity;
      if (fill->is_after_terminal) {
        log_.back() = "filled_late";
      }
    }
    if (const auto* completed = std::get_if<OrderCompleted>(&event)) {
      if (completed->is_incomplete) {
        log_.back() = "completed_incomplete";
      }
    }
    if (log_.back().starts_with("order_")) {
      log_.back() = log_.back().substr(6);
    }
  }

  void RunLine(const std::string& line) {
    const size_t arrow = line.find("->");
    const std::vector<std::string> words = Words(line.substr(0, arrow));
    if (words.empty()) {
      return;
    }
    if (words[0] == "log") {
      EXPECT_THAT(log_, testing::ElementsAreArray(words.begin() + 1, words.end()));
      return;
    }
    const std::string id = words[0] == "advance" ? last_id_ : OrderOf(words);
    const Order* before = tracker_.Find(ClientOrderId(id));
    const OrderState state_before = before == nullptr ? OrderState::kPendingCreate : before->state;
    needs_.clear();
    Command(words);
    if (tracker_.Find(ClientOrderId(id)) != nullptr) {
      last_id_ = id;
    }
    if (arrow != std::string::npos) {
      Expect(Words(line.substr(arrow + 2)), id, state_before);
    }
  }

  // The order that a line is about: its second word, or the owner of that exchange id.
  std::string OrderOf(const std::vector<std::string>& words) const {
    const auto it = ids_by_exchange_id_.find(words.at(1));
    return it != ids_by_exchange_id_.end() ? it->second : words.at(1);
  }

  void Command(const std::vector<std::string>& words) {
    const std::string& verb = words[0];
    const std::string& name = words.at(1);
    if (verb == "place") {
      Place(words);
    } else if (verb == "ack") {
      ids_by_exchange_id_[words.at(3)] = name;
      tracker_.Apply(Status(name, OrderState::kOpen, words.at(3)));
    } else if (verb == "triggered") {
      OrderUpdate update =
          Status(name, OrderState::kOpen, words.size() > 3 ? words.at(3) : std::string());
      update.is_triggered = true;
      ids_by_exchange_id_[update.exchange_order_id.ToString()] = name;
      tracker_.Apply(update);
    } else if (verb == "status_of") {
      tracker_.Apply(Status("", ParseState(words.at(2)), name));
    } else if (verb == "status") {
      OrderUpdate update = Status(name, ParseState(words.at(2)), "");
      for (const std::string& word : words) {
        if (word.starts_with("cumulative=")) {
          update.cumulative_filled = *Quantity::Parse(word.substr(11));
        } else if (word.starts_with("as=")) {
          update.exchange_order_id = ExchangeOrderId(word.substr(3));
        }
      }
      tracker_.Apply(update);
    } else if (verb == "fill" || verb == "fill_of") {
      ApplyFill(words);
    } else if (verb == "reject") {
      tracker_.MarkRejected(ClientOrderId(name), Rest(words));
    } else if (verb == "doubt") {
      tracker_.MarkInDoubt(ClientOrderId(name), Rest(words));
    } else if (verb == "not_found" || verb == "found_elsewhere") {
      tracker_.NoteNotFound(ClientOrderId(name), verb == "not_found");
    } else if (verb == "cancel" || verb == "cancel_by_exchange_id") {
      cancel_may_go_ = tracker_.MarkCancelRequested(ClientOrderId(name), verb == "cancel");
    } else if (verb == "cancel_reject") {
      tracker_.MarkCancelRejected(ClientOrderId(name), Rest(words));
    } else if (verb == "advance") {
      absl::Duration duration;
      ASSERT_TRUE(absl::ParseDuration(name, &duration)) << name;
      clock_.AdvanceBy(duration);
    } else {
      FAIL() << "unknown verb " << verb;
    }
  }

  void Place(const std::vector<std::string>& words) {
    Order order;
    order.client_order_id = ClientOrderId(words.at(1));
    order.side = *ParseSide(words.at(2));
    order.quantity = *Quantity::Parse(words.at(3));
    order.pair = *TradingPair::Parse(words.at(4));
    if (words.size() > 6) {
      order.price = *Price::Parse(words.at(6));
    }
    if (words.size() > 10) {
      order.trigger = OrderTrigger{
          .price = *Price::Parse(words.at(9)),
          .kind = words.at(8) == "stop" ? TriggerKind::kStop : TriggerKind::kTakeProfit,
          .source = words.at(10) == "last" ? TriggerSource::kLast : TriggerSource::kMark};
    }
    order.created_at = clock_.now();
    tracker_.StartTracking(order);
  }

  OrderUpdate Status(const std::string& name, OrderState state, const std::string& exchange_id) {
    OrderUpdate update;
    update.client_order_id = ClientOrderId(name);
    update.exchange_order_id = ExchangeOrderId(exchange_id);
    update.pair = {"BTC", "USDT"};
    update.state = state;
    update.venue_time = clock_.now();
    return update;
  }

  void ApplyFill(const std::vector<std::string>& words) {
    TradeUpdate update;
    Fill& fill = update.fill;
    if (words[0] == "fill") {
      fill.client_order_id = ClientOrderId(words.at(1));
    } else {
      fill.exchange_order_id = ExchangeOrderId(words.at(1));
    }
    fill.trade_id = TradeId(words.at(2));
    fill.quantity = *Quantity::Parse(words.at(3));
    fill.price = *Price::Parse(words.at(5));
    fill.pair = {"BTC", "USDT"};
    fill.venue_time = clock_.now();
    tracker_.Apply(update);
  }

  void Expect(const std::vector<std::string>& words, const std::string& id, OrderState before) {
    const Order* order = tracker_.Find(ClientOrderId(id));
    ASSERT_NE(order, nullptr);
    std::string needs;
    for (const std::string& word : words) {
      const size_t equals = word.find('=');
      if (equals == std::string::npos) {
        ExpectState(word, *order, before);
        continue;
      }
      const std::string key = word.substr(0, equals);
      const std::string value = word.substr(equals + 1);
      if (key == "filled") {
        EXPECT_EQ(order->filled, *Quantity::Parse(value));
      } else if (key == "in_doubt") {
        EXPECT_EQ(order->is_in_doubt, value == "true");
      } else if (key == "triggered") {
        EXPECT_EQ(order->is_triggered, value == "true");
      } else if (key == "id") {
        EXPECT_EQ(order->exchange_order_id, ExchangeOrderId(value));
      } else if (key == "awaiting_fills") {
        EXPECT_EQ(tracker_.is_awaiting_fills(order->client_order_id), value == "true");
      } else if (key == "needs") {
        needs = value;
      } else {
        FAIL() << "unknown check " << word;
      }
    }
    EXPECT_EQ(absl::StrJoin(needs_, ","), needs);
  }

  void ExpectState(const std::string& word, const Order& order, OrderState before) {
    if (word == "unchanged") {
      EXPECT_EQ(ToString(order.state), ToString(before));
    } else if (word == "cancel_requested") {
      EXPECT_TRUE(order.is_cancel_requested);
      EXPECT_TRUE(cancel_may_go_);
    } else if (word == "cancel_queued") {
      EXPECT_TRUE(order.is_cancel_requested);
      EXPECT_FALSE(cancel_may_go_);
    } else {
      EXPECT_EQ(ToString(order.state), word);
    }
  }

  void CheckInvariants() {
    EXPECT_LE(std::count(log_.begin(), log_.end(), "created"), 1);
    for (const auto& [id, filled] : filled_by_events_) {
      EXPECT_EQ(tracker_.Find(ClientOrderId(id))->filled, filled) << id;
    }
    EXPECT_FALSE(log_.empty()) << "a script ends with its log";
  }

  static OrderState ParseState(const std::string& word) {
    for (const OrderState state : {OrderState::kPendingCreate,
                                   OrderState::kOpen,
                                   OrderState::kPartiallyFilled,
                                   OrderState::kFilled,
                                   OrderState::kCanceled,
                                   OrderState::kRejected,
                                   OrderState::kExpired}) {
      if (ToString(state) == word) {
        return state;
      }
    }
    ADD_FAILURE() << "unknown state " << word;
    return OrderState::kOpen;
  }
  static std::vector<std::string> Words(const std::string& text) {
    std::istringstream in(text);
    return {std::istream_iterator<std::string>(in), {}};
  }
  static std::string Rest(const std::vector<std::string>& words) {
    return absl::StrJoin(words.begin() + 2, words.end(), " ");
  }

  SimulatedClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  EventBus bus_;
  std::vector<std::string> needs_;
  std::vector<std::string> log_;
  std::map<std::string, Quantity> filled_by_events_;
  std::map<std::string, std::string> ids_by_exchange_id_;
  std::string last_id_;
  bool cancel_may_go_ = false;
  ClientOrderTracker tracker_;
  Subscription subscription_;
};

std::vector<fs::path> Scripts() {
  std::vector<fs::path> paths;
  for (const fs::directory_entry& entry : fs::directory_iterator("tests/scripts/orders")) {
    if (entry.path().extension() == ".orders") {
      paths.push_back(entry.path());
    }
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

class OrderScriptTest : public testing::TestWithParam<fs::path> {};

TEST_P(OrderScriptTest, Holds) {
  OrderScript().Run(GetParam());
}

INSTANTIATE_TEST_SUITE_P(Orders,
                         OrderScriptTest,
                         testing::ValuesIn(Scripts()),
                         [](const testing::TestParamInfo<fs::path>& script) {
                           return script.param.stem().string();
                         });

}  // namespace
}  // namespace colibri
