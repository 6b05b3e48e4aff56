// Task<T>: the one coroutine type. Parameters by value, or references to what outlives the loop.
//
//   Task<absl::Status> Refresh(Environment& environment, std::string pair);
//
// Long tasks start only through TaskGroup::Spawn. A canceled task unwinds by exception: let it.
#pragma once

#include <boost/asio/awaitable.hpp>

namespace colibri {

template <typename T>
using Task = boost::asio::awaitable<T>;

}  // namespace colibri
