#include "core/event_bus.h"

#include <algorithm>
#include <exception>
#include <iterator>

#include "core/check.h"

namespace colibri {
namespace {

// A backlog of this size is a loop of handlers that feed each other, not work.
constexpr size_t kPendingMax = size_t{1} << 16;

}  // namespace

struct Subscription::Handler {
  EventBus* bus = nullptr;  // null once canceled, or when the bus is gone
  std::function<void(const Event&)> callback;
};

Subscription::Subscription(std::shared_ptr<Handler> handler) : handler_(std::move(handler)) {}

Subscription::Subscription(Subscription&& other) noexcept : handler_(std::move(other.handler_)) {}

Subscription& Subscription::operator=(Subscription&& other) noexcept {
  if (this != &other) {
    Cancel();
    handler_ = std::move(other.handler_);
  }
  return *this;
}

Subscription::~Subscription() {
  Cancel();
}

void Subscription::Cancel() {
  const std::shared_ptr<Handler> handler = std::move(handler_);
  if (handler != nullptr && handler->bus != nullptr) {
    std::exchange(handler->bus, nullptr)->OnCanceled();
  }
}

bool Subscription::active() const {
  return handler_ != nullptr && handler_->bus != nullptr;
}

EventBus::EventBus() = default;

EventBus::~EventBus() {
  CHECK(!is_delivering_);
  for (const Handlers& handlers : handlers_) {
    for (const std::shared_ptr<Subscription::Handler>& handler : handlers) {
      handler->bus = nullptr;
    }
  }
}

std::shared_ptr<Subscription::Handler> EventBus::MakeHandler(
    std::function<void(const Event&)> callback) {
  auto handler = std::make_shared<Subscription::Handler>();
  handler->bus = this;
  handler->callback = std::move(callback);
  return handler;
}

Subscription EventBus::SubscribeAll(std::function<void(const Event&)> handler) {
  std::shared_ptr<Subscription::Handler> made = MakeHandler(std::move(handler));
  for (Handlers& handlers : handlers_) {
    handlers.push_back(made);
  }
  return Subscription(std::move(made));
}

Subscription EventBus::SubscribeIndex(size_t index, std::function<void(const Event&)> callback) {
  std::shared_ptr<Subscription::Handler> made = MakeHandler(std::move(callback));
  handlers_[index].push_back(made);
  return Subscription(std::move(made));
}

void EventBus::set_exception_reporter(std::function<void(std::string_view)> reporter) {
  exception_reporter_ = std::move(reporter);
}

void EventBus::Publish(Event event) {
  HeaderOf(event).sequence = ++last_sequence_;
  if (is_delivering_) {
    CHECK(pending_.size() < kPendingMax);
    pending_.push_back(std::move(event));
    return;
  }
  is_delivering_ = true;
  Deliver(event);
  while (next_pending_ < pending_.size()) {
    // Out of the queue first: a handler that publishes may move the queue's storage.
    event = std::move(pending_[next_pending_]);
    if (++next_pending_ == pending_.size()) {
      pending_.clear();
      next_pending_ = 0;
    }
    Deliver(event);
  }
  is_delivering_ = false;
  if (has_canceled_) {
    EraseCanceled();
  }
}

void EventBus::Deliver(const Event& event) {
  // Handlers added from here on hear from the next event.
  const Handlers& handlers = handlers_[event.index()];
  const size_t count = handlers.size();
  for (size_t i = 0; i < count; ++i) {
    // The list keeps a canceled handler until the delivery has ended, and may move when it grows.
    Subscription::Handler* const handler = handlers[i].get();
    if (handler->bus == nullptr) {
      continue;
    }
    try {
      handler->callback(event);
    } catch (const std::exception& exception) {
      ReportException(exception.what());
    } catch (...) {
      ReportException("an exception that is no std::exception");
    }
  }
}

void EventBus::ReportException(std::string_view what) {
  ++handler_exceptions_;
  if (exception_reporter_ != nullptr) {
    exception_reporter_(what);
  }
}

void EventBus::OnCanceled() {
  if (is_delivering_) {
    has_canceled_ = true;
  } else {
    EraseCanceled();
  }
}

void EventBus::EraseCanceled() {
  has_canceled_ = false;
  // What a callback holds may own subscriptions, whose end comes back here: destroyed after the
  // lists are whole.
  Handlers dropped;
  const auto is_canceled = [](const auto& handler) { return handler->bus == nullptr; };
  for (Handlers& handlers : handlers_) {
    std::copy_if(handlers.begin(), handlers.end(), std::back_inserter(dropped), is_canceled);
    std::erase_if(handlers, is_canceled);
  }
}

}  // namespace colibri
