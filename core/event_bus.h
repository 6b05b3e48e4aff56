// Delivers events synchronously, in order, on the loop.
//
//   Subscription s = bus.Subscribe<OrderFilled>([&](const OrderFilled& e) { ... });
//   Subscription all = bus.SubscribeAll([&](const Event& e) { ... });
//
// Handlers run in the order of their subscription. Subscribing and unsubscribing inside a handler
// is safe: a new one hears from the next event on. An exception in one handler is caught, reported
// and counted, and stops no other. An event published inside a handler is delivered after the
// current one, so every handler sees one order of events. Publishing allocates nothing for
// market-data events once warm. Handlers that feed each other without end are a programmer's
// mistake, and CHECKed at a backlog of 65,536 events. The bus may not be destroyed inside a
// handler.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "core/event.h"

namespace colibri {

class EventBus;

// Ends its subscription when destroyed. May outlive the bus.
class [[nodiscard]] Subscription {
 public:
  Subscription() = default;
  Subscription(Subscription&& other) noexcept;
  Subscription& operator=(Subscription&& other) noexcept;
  ~Subscription();

  void Cancel();
  bool active() const;

 private:
  friend class EventBus;  // shares Handler
  struct Handler;
  explicit Subscription(std::shared_ptr<Handler> handler);

  std::shared_ptr<Handler> handler_;
};

class EventBus {
 public:
  EventBus();
  ~EventBus();
  EventBus(const EventBus&) = delete;
  EventBus& operator=(const EventBus&) = delete;

  template <typename E>
  Subscription Subscribe(std::function<void(const E&)> handler) {
    return SubscribeIndex(IndexOf<E>(), [handler = std::move(handler)](const Event& event) {
      handler(std::get<E>(event));
    });
  }
  Subscription SubscribeAll(std::function<void(const Event&)> handler);

  // Gives the event its sequence number and delivers it.
  void Publish(Event event);

  uint64_t last_sequence() const { return last_sequence_; }
  int64_t handler_exceptions() const { return handler_exceptions_; }
  // Called with what() of each exception that a handler let out; must not throw. Default: does
  // nothing.
  void set_exception_reporter(std::function<void(std::string_view what)> reporter);

 private:
  friend class Subscription;  // tells of its end

  template <typename E, size_t I = 0>
  static constexpr size_t IndexOf() {
    if constexpr (std::is_same_v<E, std::variant_alternative_t<I, Event>>) {
      return I;
    } else {
      return IndexOf<E, I + 1>();
    }
  }

  Subscription SubscribeIndex(size_t index, std::function<void(const Event&)> callback);
  std::shared_ptr<Subscription::Handler> MakeHandler(std::function<void(const Event&)> callback);
  void Deliver(const Event& event);
  void ReportException(std::string_view what);
  void OnCanceled();
  void EraseCanceled();

  using Handlers = std::vector<std::shared_ptr<Subscription::Handler>>;

  // By kind of event, in order of subscription; who wants all is in each.
  std::array<Handlers, std::variant_size_v<Event>> handlers_;
  // Published inside a handler, from next_pending_ on. A vector keeps its storage, a deque gives it
  // back.
  std::vector<Event> pending_;
  size_t next_pending_ = 0;
  bool is_delivering_ = false;
  bool has_canceled_ = false;
  uint64_t last_sequence_ = 0;
  int64_t handler_exceptions_ = 0;
  std::function<void(std::string_view)> exception_reporter_;
};

}  // namespace colibri
