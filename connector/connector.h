// An exchange with its lifecycle: what a runner holds, and a strategy does not see.
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "connector/exchange.h"
#include "connector/task.h"

namespace colibri {

struct ShutdownReport {
  int open_orders_left = 0;  // by the venue's own answer
  bool is_verified = false;  // the venue was reached and asked, and no order is in doubt
  std::vector<std::string> may_be_open;  // client order ids, when not verified
};

struct ConnectorCounters {
  int64_t market_frames = 0;
  int64_t private_frames = 0;
  int64_t parse_errors = 0;
  int64_t book_resyncs = 0;
  int64_t reconnects = 0;
  int64_t request_errors = 0;
  absl::Duration order_latency_last;  // request written to answer parsed
  absl::Duration order_latency_max;
};

class Connector : public Exchange {
 public:
  // Connects and returns when ready to trade all pairs, or with the first thing that can't be
  // mended by waiting (Unauthenticated, PermissionDenied, NotFound of a pair); DeadlineExceeded
  // with health's reasons after `timeout`. What can be mended goes on being mended in the
  // background. Whatever this returns, Stop comes before the destructor.
  virtual Task<absl::Status> Start(absl::Duration timeout) = 0;
  // Cancels all open orders, asks the venue what is left, and ends all tasks.
  virtual Task<ShutdownReport> Stop(absl::Duration timeout) = 0;
  // Cancels all that is open on the pairs, whoever placed it, asks the venue what is left, and goes
  // on. May be called again until nothing is.
  virtual Task<ShutdownReport> CancelEverything(absl::Duration timeout) = 0;
  virtual ConnectorCounters counters() const = 0;
  // Fetches the balances by REST now.
  virtual Task<absl::Status> RefreshBalances() = 0;
};

}  // namespace colibri
