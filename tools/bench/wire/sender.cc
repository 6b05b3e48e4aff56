#include "tools/bench/wire/sender.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/time/clock.h"

#include "core/check.h"

namespace colibri::bench {
namespace {

// To one loop before the next one's turn; also how many go without a look at the client.
constexpr int kFramesAtOnce = 64;

// Lets them go at their times: a late one at once, so that the rate holds on the whole.
class Pacer {
 public:
  explicit Pacer(int rate) : rate_(rate), start_ns_(absl::GetCurrentTimeNanos()) {}

  void Wait() {
    const int64_t due_ns = start_ns_ + sent_++ * 1'000'000'000 / rate_;
    int64_t now_ns = absl::GetCurrentTimeNanos();
    late_ += now_ns > due_ns + absl::ToInt64Nanoseconds(Sender::kLate) ? 1 : 0;
    while (now_ns < due_ns) {
      now_ns = absl::GetCurrentTimeNanos();
    }
  }
  double late_percent() const {
    return sent_ == 0 ? 0 : 100 * static_cast<double>(late_) / static_cast<double>(sent_);
  }

 private:
  int rate_;
  int64_t start_ns_;
  int64_t sent_ = 0;
  int64_t late_ = 0;
};

}  // namespace

std::vector<std::vector<Socket*>> Sender::StreamsOfPairs() const {
  std::vector<std::vector<Socket*>> streams(static_cast<size_t>(sending_.pairs));
  for (const VenueStub::Market& market : stub_.markets()) {
    for (size_t pair = 0; pair < streams.size(); ++pair) {
      if (market.pairs.empty() || market.pairs.contains(static_cast<int>(pair))) {
        streams[pair].push_back(market.socket);
      }
    }
  }
  return streams;
}

bool Sender::is_ready() const {
  const std::vector<std::vector<Socket*>> streams = StreamsOfPairs();
  return std::all_of(streams.begin(), streams.end(), [this](const auto& of_pair) {
    return of_pair.size() >= static_cast<size_t>(sending_.loops);
  });
}

double Sender::Send(int64_t frames, const std::function<bool()>& goes_on) const {
  const std::vector<VenueStub::Market> markets = stub_.markets();
  const auto loops = static_cast<size_t>(sending_.loops);
  CHECK(is_ready());
  const std::vector<std::vector<Socket*>> streams = StreamsOfPairs();
  std::vector<FrameRing> rings(loops, FrameRing(sending_.kind, sending_.pairs));
  const int lost = stub_.markets_lost();
  Pacer pacer(sending_.rate);
  std::string frame;
  for (int64_t sent = 0; sent < frames && goes_on() && stub_.markets_lost() == lost;
       sent += kFramesAtOnce) {
    for (size_t loop = 0; loop < loops; ++loop) {
      for (int i = 0; i < kFramesAtOnce; ++i) {
        frame.clear();
        AppendServerFrame(rings[loop].Next(), frame);
        Socket& stream = *streams[static_cast<size_t>(rings[loop].pair())][loop];
        stream.Queue(frame);
        if (sending_.rate > 0) {
          pacer.Wait();
          stream.Flush();
        }
      }
      for (const VenueStub::Market& market : markets) {
        market.socket->Flush();
      }
    }
    stub_.Poll();
  }
  return pacer.late_percent();
}

}  // namespace colibri::bench
