// Host names to addresses, without ever blocking the loop, and without waiting for a dead name
// server at shutdown.
//
//   ASSIGN_OR_RETURN(auto addresses, co_await resolver.Resolve("api.binance.com", timeout));
//
// The system's resolver blocks and cannot be canceled, so each look-up has a thread of its own,
// which nobody joins: an answer that comes too late is dropped. Thread: the loop's.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>

#include "connector/task.h"
#include "core/clock.h"

namespace colibri {

using IpAddresses = std::vector<boost::asio::ip::address>;
// Runs on a thread of its own and may block.
using BlockingResolve = std::function<absl::StatusOr<IpAddresses>(const std::string& host)>;

// The system's: /etc/hosts, DNS, in the order that the system prefers.
absl::StatusOr<IpAddresses> ResolveBySystem(const std::string& host);

class Resolver {
 public:
  Resolver(boost::asio::io_context& context, Clock& clock, BlockingResolve resolve);
  ~Resolver();

  // Never empty. An address in text form is itself. Unavailable with the system's reason;
  // DeadlineExceeded.
  Task<absl::StatusOr<IpAddresses>> Resolve(std::string host, absl::Duration timeout);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace colibri
