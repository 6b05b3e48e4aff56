// The frames of a benchmark, made before it: Binance's combined stream over so many pairs, or
// Hyperliquid's, the numbers of the updates written in as they are sent.
//
//   FrameRing ring(FrameKind::kDiff, /*pairs=*/100);
//   std::string_view text = ring.Next();     // valid until the next call
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace colibri::bench {

enum class FrameKind : uint8_t {
  kTicker,  // bookTicker, 146 bytes
  kDiff,    // depthUpdate of ten levels a side, 764 bytes
  kBook,    // l2Book of Hyperliquid: a whole book of 20 levels a side, 1.5 KiB
};
// "ticker", "diff", "book"; false when it is none.
bool ParseFrameKind(std::string_view text, FrameKind& kind);
std::string_view ToString(FrameKind kind);

// Of the snapshots that the frames follow.
inline constexpr int64_t kSnapshotId = 100'000'000'000;
inline constexpr int kBookLevels = 1000;  // a side

std::string SymbolOf(int pair);  // "P0000USDT"
std::string CoinOf(int pair);    // "P0000", on both venues
// The first diff after the snapshot of the first pair, and that of so many before: keeps its book
// alive while tickers alone flow.
std::string DiffAfter(int64_t diffs_before);
std::string SnapshotBody();
// Hyperliquid's, older than every frame.
std::string FirstBook(int pair);

class FrameRing {
 public:
  FrameRing(FrameKind kind, int pairs);

  // Of one pair after the other.
  std::string_view Next();
  // That the last frame was of.
  int pair() const { return pair_; }

 private:
  struct Frame {
    std::string text;
    std::vector<size_t> id_at;  // where the twelve digits of its first and last update are
  };

  std::vector<Frame> frames_;
  std::vector<int64_t> ids_;  // by pair
  size_t at_ = 0;
  int pair_ = 0;
};

}  // namespace colibri::bench
