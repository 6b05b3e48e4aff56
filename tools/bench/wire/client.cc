#include "tools/bench/wire/client.h"

#include <cstdio>
#include <ctime>

#include <sys/resource.h>

namespace colibri::bench {

bool ParseWaiting(std::string_view text, Waiting& waiting) {
  for (const Waiting known : {Waiting::kBlocking, Waiting::kCoalescing, Waiting::kSpinning}) {
    if (text == ToString(known)) {
      waiting = known;
      return true;
    }
  }
  return false;
}

std::string_view ToString(Waiting waiting) {
  return waiting == Waiting::kBlocking     ? "blocking"
         : waiting == Waiting::kCoalescing ? "coalescing"
                                           : "spinning";
}

FrameMeter::Times FrameMeter::Now(clockid_t cpu_clock) {
  timespec wall = {};
  clock_gettime(CLOCK_MONOTONIC, &wall);
  timespec cpu = {};
  clock_gettime(cpu_clock, &cpu);
  const auto seconds = [](const timespec& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
  };
  return {.wall = seconds(wall), .cpu = seconds(cpu)};
}

FrameMeter::Times FrameMeter::Elapsed() const {
  const Times end = Now(cpu_clock_);
  return {.wall = end.wall - start_.wall, .cpu = end.cpu - start_.cpu};
}

void FrameMeter::Print(int64_t frames, const Times& times) {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("{\"frames\":%lld,\"seconds\":%.6f,\"cpu_seconds\":%.6f,\"rss_kb\":%lld}\n",
              static_cast<long long>(frames),
              times.wall,
              times.cpu,
              static_cast<long long>(usage.ru_maxrss));
  std::fflush(stdout);
}

}  // namespace colibri::bench
