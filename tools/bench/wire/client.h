// The clients that are measured, each a process of its own: what they are told, what they tell.
//
//   the connector   Colibri's, whole: the exchange of the registry, its book and its events
//   the naive twin  Beast, nlohmann, std::map: what is written in an afternoon
//   the floor       a bare socket, its own framing and scanning, an array for a book
//
// A reader takes `warmup` frames, then `frames` more, prints one line and ends:
//   {"frames":200000,"seconds":0.31,"cpu_seconds":0.30}
// A responder (frames == 0) answers each ticker frame with one signed order, until it is cut off.
#pragma once

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>

#include "tools/bench/wire/frames.h"

namespace colibri::bench {

// How a client waits for what comes next.
enum class Waiting : uint8_t {
  kBlocking,    // in the kernel
  kCoalescing,  // in the kernel, and not again for a tenth of a millisecond after each turn
  kSpinning,    // not at all
};
// "blocking", "coalescing", "spinning"; false when it is none.
bool ParseWaiting(std::string_view text, Waiting& waiting);
std::string_view ToString(Waiting waiting);

// In this order on a client's command line, after its name.
struct ClientOptions {
  uint16_t port = 0;    // on 127.0.0.1
  std::string ca_file;  // of the server; empty: plain
  FrameKind kind = FrameKind::kTicker;
  int pairs = 1;
  int loops = 1;  // each a connector with a connection of its own, which reads so many frames
  int64_t warmup = 0;
  int64_t frames = 0;
  Waiting waiting = Waiting::kBlocking;  // the naive twin knows no other

  bool is_tls() const { return !ca_file.empty(); }
  bool is_responder() const { return frames == 0; }
};

// Each gives the exit code.
int RunConnector(const ClientOptions& options);
int RunNaive(const ClientOptions& options);
int RunFloor(const ClientOptions& options);

// Counts frames; takes the times, and prints them.
class FrameMeter {
 public:
  // Takes the CPU's time by that clock: of the process, or of the calling thread.
  explicit FrameMeter(const ClientOptions& options, clockid_t cpu_clock = CLOCK_PROCESS_CPUTIME_ID)
      : first_(options.warmup), last_(options.warmup + options.frames), cpu_clock_(cpu_clock) {}

  // After each frame; true: that was the last.
  bool Count() {
    ++count_;
    if (count_ == first_) {
      start_ = Now(cpu_clock_);
    }
    return count_ == last_;
  }

  struct Times {
    double wall = 0;  // seconds
    double cpu = 0;
  };
  // Since the warm-up.
  Times Elapsed() const;
  static void Print(int64_t frames, const Times& times);
  void Print() const { Print(last_ - first_, Elapsed()); }

 private:
  static Times Now(clockid_t cpu_clock);

  int64_t first_;
  int64_t last_;
  clockid_t cpu_clock_;
  int64_t count_ = 0;
  Times start_;
};

// Of the test account; HMAC-SHA256.
inline constexpr char kApiKey[] = "bench";
inline constexpr char kApiSecret[] =
    "a benchmark signs just as fast with these words as with the keys";

}  // namespace colibri::bench
