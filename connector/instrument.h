// The instruments a connector works with, by dense index: no string is looked up twice per message.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "core/book_message.h"
#include "core/strings.h"
#include "core/trading_pair.h"

namespace colibri {

using InstrumentIndex = uint32_t;

struct Instrument {
  InstrumentIndex index = 0;
  TradingPair pair;
  std::string symbol;         // the venue's, "BTCUSDT"
  std::string stream_symbol;  // as stream names write it, "btcusdt"
  BookScale scale;
  int64_t venue_id = 0;  // the venue's number of it, where requests name it so
};

class InstrumentTable {
 public:
  // References stay valid. CHECKs that pair and symbol are new.
  const Instrument& Add(TradingPair pair,
                        std::string symbol,
                        std::string stream_symbol,
                        BookScale scale,
                        int64_t venue_id = 0);

  const Instrument* FindSymbol(std::string_view symbol) const;
  const Instrument* FindPair(const TradingPair& pair) const;
  const Instrument& at(InstrumentIndex index) const { return instruments_[index]; }
  size_t size() const { return instruments_.size(); }
  auto begin() const { return instruments_.begin(); }
  auto end() const { return instruments_.end(); }
  void SetScale(InstrumentIndex index, BookScale scale) { instruments_[index].scale = scale; }

 private:
  std::deque<Instrument> instruments_;
  StringMap<InstrumentIndex> by_symbol_;
  absl::flat_hash_map<TradingPair, InstrumentIndex> by_pair_;
  mutable InstrumentIndex last_found_ = 0;  // by pair: one is looked up several times in a row
};

}  // namespace colibri
