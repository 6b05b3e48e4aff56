// Sends frames to the market streams of a stub, on each those of the pairs that it asked for.
//
//   Sender sender(stub, {.kind = FrameKind::kDiff, .pairs = 1000, .loops = 2});
//   while (!sender.is_ready()) stub.Poll();
//   sender.Send(250'000, [&] { return child.is_running(); });
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/time/time.h"

#include "tools/bench/wire/frames.h"
#include "tools/bench/wire/venue_stub.h"

namespace colibri::bench {

struct Sending {
  FrameKind kind = FrameKind::kTicker;
  int pairs = 1;
  int loops = 1;  // of the client, each with streams of its own for all pairs
  int rate = 0;   // frames a second, each on the wire by itself; 0: as fast as they are read
};

class Sender {
 public:
  // The stub outlives the sender.
  Sender(VenueStub& stub, const Sending& sending) : stub_(stub), sending_(sending) {}

  // Whether every loop has asked for every pair. A client that names no pairs gets all on its one
  // stream.
  bool is_ready() const;
  // At least so many to each loop, of one pair after the other, each on the stream that the loop
  // has it on; asks now and then whether to go on. Ends early when a stream is lost. Gives the
  // percentage that left later than the rate wants by more than kLate: many, and they came in
  // bursts, which cost less.
  static constexpr absl::Duration kLate = absl::Microseconds(50);
  double Send(int64_t frames, const std::function<bool()>& goes_on) const;

 private:
  // By pair: the stream of each loop. Which loop it is matters not, as long as it stays the same.
  std::vector<std::vector<Socket*>> StreamsOfPairs() const;

  VenueStub& stub_;
  Sending sending_;
};

}  // namespace colibri::bench
