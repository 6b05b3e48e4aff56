#include "tools/bench/wire/client.h"

#include <cstdio>
#include <ctime>

#include <sys/resource.h>

namespace colibri::bench {

FrameMeter::Times FrameMeter::Now() {
  timespec wall = {};
  clock_gettime(CLOCK_MONOTONIC, &wall);
  timespec cpu = {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
  const auto seconds = [](const timespec& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
  };
  return {.wall = seconds(wall), .cpu = seconds(cpu)};
}

void FrameMeter::Print() const {
  const Times end = Now();
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("{\"frames\":%lld,\"seconds\":%.6f,\"cpu_seconds\":%.6f,\"rss_kb\":%lld}\n",
              static_cast<long long>(last_ - first_),
              end.wall - start_.wall,
              end.cpu - start_.cpu,
              static_cast<long long>(usage.ru_maxrss));
  std::fflush(stdout);
}

}  // namespace colibri::bench
