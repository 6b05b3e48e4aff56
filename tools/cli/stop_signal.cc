#include "tools/cli/stop_signal.h"

#include <csignal>
#include <unistd.h>
#include <utility>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/signal_set.hpp>

#include "connector/async_event.h"

namespace colibri::cli {

struct StopSignal::State {
  State(AsioEnvironment& the_environment, CliIo& the_io, OpenOrders orders)
      : environment(the_environment),
        io(the_io),
        open_orders(std::move(orders)),
        signals(the_environment.io_context(), SIGINT, SIGTERM) {}

  AsioEnvironment& environment;
  CliIo& io;
  OpenOrders open_orders;
  boost::asio::signal_set signals;
  AsyncEvent requested_event;
  std::string message = "stopping: canceling orders";
  bool is_requested = false;
};

StopSignal::StopSignal(AsioEnvironment& environment, CliIo& io, OpenOrders open_orders)
    : state_(std::make_shared<State>(environment, io, std::move(open_orders))) {
  Listen(state_);
}

StopSignal::~StopSignal() {
  boost::system::error_code ignored;
  state_->signals.cancel(ignored);
}

void StopSignal::set_message(std::string message) {
  state_->message = std::move(message);
}

bool StopSignal::is_requested() const {
  return state_->is_requested;
}

Task<bool> StopSignal::Wait(absl::Duration timeout) {
  if (!state_->is_requested) {
    co_await state_->requested_event.Wait(state_->environment, timeout);
  }
  co_return state_->is_requested;
}

Task<void> StopSignal::WaitForRequest(std::shared_ptr<State> state) {
  while (!state->is_requested) {
    co_await state->requested_event.Wait();
  }
}

Task<void> StopSignal::UntilStop(Task<void> task) {
  using boost::asio::experimental::awaitable_operators::operator||;
  co_await (std::move(task) || WaitForRequest(state_));
}

void StopSignal::Listen(const std::shared_ptr<State>& state) {
  state->signals.async_wait([state](const boost::system::error_code& error, int) {
    if (error) {
      return;
    }
    if (!state->is_requested) {
      state->is_requested = true;
      state->requested_event.Set();
      state->io.err << '\n' << state->message << "; Ctrl-C again quits at once\n" << std::flush;
      Listen(state);
      return;
    }
    state->io.err << "\nquit at once";
    const std::vector<const Order*> orders = state->open_orders();
    state->io.err << (orders.empty() ? ": no open order is known\n"
                                     : "; these may be left open:\n");
    for (const Order* order : orders) {
      state->io.err << "  " << order->client_order_id << ' ' << ToString(order->side) << ' '
                    << order->remaining() << ' ' << order->pair << '\n';
    }
    state->io.err << std::flush;
    state->io.out << std::flush;
    _exit(kExitQuit);  // no destructor may wait for anything now
  });
}

}  // namespace colibri::cli
