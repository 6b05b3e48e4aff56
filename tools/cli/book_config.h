// How a file chooses the kind of each pair's book.
//
//   exchange: {pairs: [BTC-USDT, ETH-USDT, DOGE-USDT], books: {BTC-USDT: hot, DOGE-USDT: plain}}
//
// Pairs left out are auto. Thread: any.
#pragma once

#include <map>
#include <vector>

#include "core/book_heat.h"
#include "core/trading_pair.h"
#include "tools/cli/config_section.h"

namespace colibri::cli {

// Reads exchange.books, of exchange.pairs.
std::map<TradingPair, BookKind> ReadBookKinds(ConfigSection& exchange,
                                              const std::vector<TradingPair>& pairs);

}  // namespace colibri::cli
