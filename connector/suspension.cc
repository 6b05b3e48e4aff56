#include "connector/suspension.h"

#include <utility>

#include "absl/functional/any_invocable.h"
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace colibri {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;

struct Resumer::State {
  asio::any_io_executor executor;
  absl::AnyInvocable<void(ErrorCode)> handler;  // empty once used

  void Complete(ErrorCode error) {
    if (!handler) {
      return;
    }
    asio::post(executor,
               [handler = std::exchange(handler, nullptr), error]() mutable { handler(error); });
  }
};

void Resumer::operator()() const {
  state_->Complete({});
}

namespace {

// A functor, not a lambda: Asio keeps it in the suspended frame, where it must own nothing.
struct InitiateSuspension {
  // By value: `start` ends with this call, not with the suspension.
  template <typename Handler>
  // NOLINTNEXTLINE(performance-unnecessary-value-param)
  void operator()(Handler&& handler, StartSuspension start) const {
    auto state = std::make_shared<Resumer::State>();
    state->executor = asio::get_associated_executor(handler);
    auto slot = asio::get_associated_cancellation_slot(handler);
    state->handler = std::forward<Handler>(handler);
    OnCancel on_cancel = start(Resumer(state));
    if (slot.is_connected()) {
      slot.assign([weak = std::weak_ptr(state),
                   on_cancel = std::move(on_cancel)](asio::cancellation_type type) {
        const std::shared_ptr<Resumer::State> state = weak.lock();
        if (type == asio::cancellation_type::none || state == nullptr || !state->handler) {
          return;
        }
        if (on_cancel) {
          on_cancel();
        }
        state->Complete(asio::error::operation_aborted);
      });
    }
  }
};

}  // namespace

Task<void> Suspend(StartSuspension start) {
  return asio::async_initiate<const asio::use_awaitable_t<>&, void(ErrorCode)>(
      InitiateSuspension{}, asio::use_awaitable, std::move(start));
}

}  // namespace colibri
