#include "connector/instrument.h"

#include <utility>

#include "core/check.h"

namespace colibri {

const Instrument& InstrumentTable::Add(TradingPair pair,
                                       std::string symbol,
                                       std::string stream_symbol,
                                       BookScale scale,
                                       int64_t venue_id) {
  const auto index = static_cast<InstrumentIndex>(instruments_.size());
  CHECK(by_symbol_.emplace(symbol, index).second);
  CHECK(by_pair_.emplace(pair, index).second);
  return instruments_.emplace_back(Instrument{.index = index,
                                              .pair = std::move(pair),
                                              .symbol = std::move(symbol),
                                              .stream_symbol = std::move(stream_symbol),
                                              .scale = scale,
                                              .venue_id = venue_id});
}

const Instrument* InstrumentTable::FindSymbol(std::string_view symbol) const {
  const auto found = by_symbol_.find(symbol);
  return found == by_symbol_.end() ? nullptr : &instruments_[found->second];
}

const Instrument* InstrumentTable::FindPair(const TradingPair& pair) const {
  if (last_found_ < instruments_.size() && instruments_[last_found_].pair == pair) {
    return &instruments_[last_found_];
  }
  const auto found = by_pair_.find(pair);
  if (found == by_pair_.end()) {
    return nullptr;
  }
  last_found_ = found->second;
  return &instruments_[last_found_];
}

}  // namespace colibri
