// What one call of the book did, until the accounts are told. Inside margin alone.
#pragma once

#include <map>
#include <vector>

#include "tools/venue_sim/margin/margin_exchange.h"

namespace colibri::venue_sim::margin {

struct MarginExchange::Batch {
  std::map<AccountId, AccountNote> accounts = {};
  std::vector<TapeTrade> tape = {};
  std::vector<MarginTrade> taker_fills = {};
};

// A position that is closed by force.
struct MarginExchange::Forced {
  Instrument& instrument;
  MarginAccount& account;
  MarginOrder& order;
  int64_t limit = 0;  // the price that leaves nothing
};

}  // namespace colibri::venue_sim::margin
