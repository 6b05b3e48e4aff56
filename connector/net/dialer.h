// Makes connections: name to addresses, TCP, TLS, all under one time limit.
//
//   Dialer dialer(context, clock, tls_context, &ResolveBySystem);
//   ASSIGN_OR_RETURN(auto stream, co_await dialer.Dial(url, absl::Seconds(10)));
//
// The stream keeps its deadline, `timeout` from the start of Dial. Errors name host, port, step
// and reason: "api.binance.com:443: connect: Connection refused". Thread: the loop's.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include <boost/asio/io_context.hpp>

#include "connector/net/net_stream.h"
#include "connector/net/resolver.h"
#include "connector/net/tls_context.h"
#include "connector/task.h"
#include "connector/url.h"
#include "core/clock.h"

namespace colibri {

// The same code, its message prefixed with "host:port: step: "; a deadline also says how long it
// was.
absl::Status AtStep(const absl::Status& status,
                    const Url& url,
                    std::string_view step,
                    absl::Duration timeout);

class Dialer {
 public:
  Dialer(boost::asio::io_context& context, Clock& clock, TlsContext& tls, BlockingResolve resolve);

  Task<absl::StatusOr<std::unique_ptr<NetStream>>> Dial(Url url, absl::Duration timeout);

 private:
  boost::asio::io_context& context_;
  Clock& clock_;
  TlsContext& tls_;
  Resolver resolver_;
};

}  // namespace colibri
