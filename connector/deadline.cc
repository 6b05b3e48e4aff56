#include "connector/deadline.h"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>

namespace colibri {

namespace asio = boost::asio;

Task<bool> WithTimeout(Environment& environment, absl::Duration timeout, Task<void> task) {
  using asio::experimental::awaitable_operators::operator||;
  std::exception_ptr error;
  try {
    const auto winner = co_await (std::move(task) || environment.Sleep(timeout));
    co_return winner.index() == 0;
  } catch (const asio::multiple_exceptions& both) {
    // The caller was canceled: both halves ended so, and one exception is enough.
    error = both.first_exception();
  }
  std::rethrow_exception(error);
}

}  // namespace colibri
