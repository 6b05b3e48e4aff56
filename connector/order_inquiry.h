// Asks the venue what became of single orders, until it says.
//
//   inquiry.Resolve(id);         // in doubt, or the venue's words contradict: query with backoff
//   inquiry.FetchFills(id);      // the status ran ahead of the fills
//
// A query goes out at once and then after 0.5, 1, 2, 4, 8, 8 ... s, and as soon as a second "not
// found" counts. It counts only when the venue said it cleanly and the order is neither among the
// open orders nor named by a trade; the tracker decides when that suffices. Failures to reach the
// venue are never evidence. What is asked for twice runs once, and orders that are in doubt
// together share the lists. Thread: the loop's. The state's tasks are joined before destruction.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "connector/async_event.h"
#include "connector/exchange_state.h"
#include "connector/task.h"
#include "core/order.h"

namespace colibri {

class OrderInquiry {
 public:
  static constexpr absl::Duration kDelayMin = absl::Milliseconds(500);
  static constexpr absl::Duration kDelayMax = absl::Seconds(8);
  // An order that is not in doubt is left to the reconciler after so many failures.
  static constexpr int kFailuresMax = 6;
  static constexpr int kFillAttempts = 5;

  enum class Answer : uint8_t {
    kKnown,     // the venue told its status, and it was applied
    kNotFound,  // the venue said cleanly that there is no such order
    kNoAnswer,  // nothing was learned
  };

  explicit OrderInquiry(ExchangeState& state) : state_(state) {}

  void Resolve(const ClientOrderId& id);
  void FetchFills(const ClientOrderId& id);
  // The venue is being asked about it.
  bool is_resolving(const ClientOrderId& id) const { return resolving_.contains(id); }
  // One query.
  Task<Answer> Query(ClientOrderId id);

  // What the venue says is open on a pair; every one of ours is applied.
  Task<absl::StatusOr<std::vector<OrderUpdate>>> FetchOpenOrders(InstrumentIndex instrument);

 private:
  // What the venue lists of a pair, asked for once for all orders that wait for it.
  struct Lists {
    absl::Time since;  // of the trades
    bool is_done = false;
    AsyncEvent done;
    absl::Status status;
    std::vector<OrderUpdate> open;
    std::vector<TradeUpdate> trades;
  };
  using ListsPtr = std::shared_ptr<Lists>;

  Task<void> ResolveInTask(ClientOrderId id);
  Task<void> FetchFillsInTask(ClientOrderId id);
  Task<absl::Status> FetchTrades(Order order);
  // Neither open nor traded. Not OK when the venue did not answer.
  Task<absl::StatusOr<bool>> IsAbsentElsewhere(Order order);
  // Asked for after this was called.
  Task<ListsPtr> FetchLists(InstrumentIndex instrument, absl::Time since);
  Task<absl::Status> FillLists(InstrumentIndex instrument, ListsPtr lists);
  // What one list of open orders says, added to `open`.
  Task<absl::Status> ReadOpenOrders(VenueCall call,
                                    InstrumentIndex instrument,
                                    std::vector<OrderUpdate>& open);

  ExchangeState& state_;
  absl::flat_hash_set<ClientOrderId> resolving_;
  absl::flat_hash_set<ClientOrderId> fetching_;
  // By instrument: those on their way, and those that will be asked for after them.
  absl::flat_hash_map<InstrumentIndex, ListsPtr> lists_asked_;
  absl::flat_hash_map<InstrumentIndex, ListsPtr> lists_next_;
};

}  // namespace colibri
