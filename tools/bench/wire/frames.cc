#include "tools/bench/wire/frames.h"

#include <algorithm>

#include "absl/strings/str_format.h"

#include "core/random.h"
#include "core/strings.h"

namespace colibri::bench {
namespace {

constexpr size_t kRingSize = 8192;
constexpr int kIdDigits = 12;
constexpr std::string_view kIdSpace = "000000000000";
constexpr int kMiddle = 5'000'000;  // ticks of a hundredth

std::string Price(int ticks) {
  return absl::StrFormat("%d.%02d000000", ticks / 100, ticks % 100);
}
std::string Quantity(Random& random) {
  const auto units = static_cast<int>(random.Uniform(9'000'000)) + 1'000'000;
  return absl::StrFormat("%d.%05d000", units / 100'000, units % 100'000);
}

// Half of the changes are in the first 86 levels, as on a spot venue.
int RandomLevel(Random& random) {
  const auto range = random.Uniform(2) == 0 ? 86 : kBookLevels;
  return static_cast<int>(random.Uniform(range));
}

// [["50000.00000000","12.34500000"],...], the best first, each level once.
std::string DiffSide(int sign, Random& random) {
  std::vector<int> levels;
  while (levels.size() < 10) {
    const int level = RandomLevel(random);
    if (std::find(levels.begin(), levels.end(), level) == levels.end()) {
      levels.push_back(level);
    }
  }
  std::sort(levels.begin(), levels.end());
  std::string text = "[";
  for (const int level : levels) {
    // The best stay, so that the book has two sides.
    const bool is_deleted = level > 4 && random.Uniform(3) == 0;
    const std::string quantity = is_deleted ? "0.00000000" : Quantity(random);
    text += StrCat(text.size() == 1 ? "" : ",",
                   "[\"",
                   Price(kMiddle + sign * (level + 1)),
                   "\",\"",
                   quantity,
                   "\"]");
  }
  return text + "]";
}

std::string Stream(int pair, std::string_view kind) {
  std::string symbol = SymbolOf(pair);
  std::transform(symbol.begin(), symbol.end(), symbol.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return StrCat("{\"stream\":\"", symbol, "@", kind, "\",\"data\":{");
}

std::string TickerText(int pair, Random& random) {
  const int bid = kMiddle - 1 - static_cast<int>(random.Uniform(4));
  return StrCat(Stream(pair, "bookTicker"),
                "\"u\":",
                kIdSpace,
                ",\"s\":\"",
                SymbolOf(pair),
                "\",\"b\":\"",
                Price(bid),
                "\",\"B\":\"",
                Quantity(random),
                "\",\"a\":\"",
                Price(bid + 2),
                "\",\"A\":\"",
                Quantity(random),
                "\"}}");
}

std::string DiffText(int pair, Random& random) {
  return StrCat(Stream(pair, "depth@100ms"),
                "\"e\":\"depthUpdate\",\"E\":1700000000000,\"s\":\"",
                SymbolOf(pair),
                "\",\"U\":",
                kIdSpace,
                ",\"u\":",
                kIdSpace,
                ",\"b\":",
                DiffSide(-1, random),
                ",\"a\":",
                DiffSide(1, random),
                "}}");
}

// [{"px":"49999.0","sz":"3.03622","n":5},...], the best first.
std::string BookSide(int sign, int best, Random& random) {
  constexpr int kLevels = 20;
  std::string text = "[";
  for (int level = 0; level < kLevels; ++level) {
    const auto units = static_cast<int>(random.Uniform(900'000)) + 100'000;
    text += absl::StrFormat("%s{\"px\":\"%d.0\",\"sz\":\"%d.%05d\",\"n\":%d}",
                            level == 0 ? "" : ",",
                            best + sign * level,
                            units / 100'000,
                            units % 100'000,
                            static_cast<int>(random.Uniform(20)) + 1);
  }
  return text + "]";
}

// Of l2Book: what is an update's number elsewhere is its time here.
std::string BookData(int pair, Random& random) {
  const int bid = kMiddle / 100 - static_cast<int>(random.Uniform(4));
  return StrCat("{\"coin\":\"",
                CoinOf(pair),
                "\",\"time\":1",
                kIdSpace,
                ",\"levels\":[",
                BookSide(-1, bid, random),
                ",",
                BookSide(1, bid + 1, random),
                "]}");
}

std::string TextOf(FrameKind kind, int pair, Random& random) {
  switch (kind) {
    case FrameKind::kTicker:
      return TickerText(pair, random);
    case FrameKind::kDiff:
      return DiffText(pair, random);
    case FrameKind::kBook:
      break;
  }
  return StrCat("{\"channel\":\"l2Book\",\"data\":", BookData(pair, random), "}");
}

void WriteId(int64_t id, char* at) {
  for (int i = kIdDigits - 1; i >= 0; --i) {
    at[i] = static_cast<char>('0' + id % 10);
    id /= 10;
  }
}

}  // namespace

bool ParseFrameKind(std::string_view text, FrameKind& kind) {
  for (const FrameKind known : {FrameKind::kTicker, FrameKind::kDiff, FrameKind::kBook}) {
    if (text == ToString(known)) {
      kind = known;
      return true;
    }
  }
  return false;
}

std::string_view ToString(FrameKind kind) {
  return kind == FrameKind::kTicker ? "ticker" : kind == FrameKind::kDiff ? "diff" : "book";
}

std::string SymbolOf(int pair) {
  return absl::StrFormat("P%04dUSDT", pair);
}

std::string CoinOf(int pair) {
  return absl::StrFormat("P%04d", pair);
}

std::string FirstBook(int pair) {
  Random random(/*seed=*/5);
  return BookData(pair, random);
}

std::string SnapshotBody() {
  Random random(/*seed=*/7);
  std::string text = StrCat("{\"lastUpdateId\":", kSnapshotId, ",\"bids\":[");
  for (const int sign : {-1, 1}) {
    for (int level = 0; level < kBookLevels; ++level) {
      text += StrCat(level == 0 ? "" : ",",
                     "[\"",
                     Price(kMiddle + sign * (level + 1)),
                     "\",\"",
                     Quantity(random),
                     "\"]");
    }
    text += sign < 0 ? "],\"asks\":[" : "]}";
  }
  return text;
}

std::string DiffAfter(int64_t diffs_before) {
  Random random(/*seed=*/3);
  std::string text = DiffText(/*pair=*/0, random);
  for (size_t at = 0; (at = text.find(kIdSpace, at)) != std::string::npos; at += kIdDigits) {
    WriteId(kSnapshotId + diffs_before + 1, text.data() + at);
  }
  return text;
}

FrameRing::FrameRing(FrameKind kind, int pairs) : ids_(static_cast<size_t>(pairs), kSnapshotId) {
  Random random(/*seed=*/42);
  // A multiple of the pairs: each frame stays its pair's.
  const size_t size = (kRingSize + ids_.size() - 1) / ids_.size() * ids_.size();
  for (size_t i = 0; i < size; ++i) {
    const int pair = static_cast<int>(i % ids_.size());
    Frame frame = {.text = TextOf(kind, pair, random), .id_at = {}};
    for (size_t at = 0; (at = frame.text.find(kIdSpace, at)) != std::string::npos;
         at += kIdDigits) {
      frame.id_at.push_back(at);
    }
    frames_.push_back(std::move(frame));
  }
}

std::string_view FrameRing::Next() {
  Frame& frame = frames_[at_];
  pair_ = static_cast<int>(at_ % ids_.size());
  const int64_t id = ++ids_[static_cast<size_t>(pair_)];
  for (const size_t at : frame.id_at) {
    WriteId(id, frame.text.data() + at);
  }
  at_ = (at_ + 1) % frames_.size();
  return frame.text;
}

}  // namespace colibri::bench
