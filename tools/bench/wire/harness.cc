#include "tools/bench/wire/harness.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sched.h>
#include <unistd.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

#include "core/check.h"
#include "core/strings.h"
#include "tools/venue_sim/net/certificates.h"
#include <sys/utsname.h>
#include <sys/wait.h>

namespace colibri::bench {
namespace {

constexpr char kClientWord[] = "--as-client";

std::string CpuName() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("model name")) {
      return line.substr(line.find(':') + 2);
    }
  }
  return "unknown";
}

}  // namespace

LocalVenue::LocalVenue(int pairs, bool is_tls) {
  if (is_tls) {
    const absl::StatusOr<venue_sim::Certificates> made = venue_sim::MakeCertificates();
    CHECK(made.ok());
    context_ = MakeServerContext(made->server_chain_pem, made->server_key_pem);
    ca_file_ = StrCat(std::getenv("TMPDIR") == nullptr ? "/tmp" : std::getenv("TMPDIR"),
                      "/colibri-bench-XXXXXX");
    const int file = mkstemp(ca_file_.data());
    CHECK(file >= 0);
    CHECK(write(file, made->ca_pem.data(), made->ca_pem.size()) ==
          static_cast<ssize_t>(made->ca_pem.size()));
    close(file);
  }
  stub_ = std::make_unique<VenueStub>(pairs, context_.get());
}

LocalVenue::~LocalVenue() {
  if (!ca_file_.empty()) {
    unlink(ca_file_.c_str());
  }
}

Child::Child(const std::vector<std::string>& words) {
  int ends[2];
  CHECK(pipe2(ends, O_CLOEXEC) == 0);
  pid_ = fork();
  CHECK(pid_ >= 0);
  if (pid_ == 0) {
    PinTo(static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN)) - 1);
    dup2(ends[1], STDOUT_FILENO);
    std::vector<char*> arguments;
    for (const std::string& word : words) {
      arguments.push_back(const_cast<char*>(word.c_str()));
    }
    arguments.push_back(nullptr);
    execvp(arguments[0], arguments.data());
    std::perror(arguments[0]);
    std::_Exit(127);
  }
  close(ends[1]);
  pipe_ = ends[0];
  fcntl(pipe_, F_SETFL, O_NONBLOCK);
}

Child::~Child() {
  End();
  close(pipe_);
}

void Child::End() {
  if (pid_ > 0) {
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
}

bool Child::is_running() {
  int status = 0;
  if (pid_ > 0 && waitpid(pid_, &status, WNOHANG) == pid_) {
    pid_ = -1;
  }
  return pid_ > 0;
}

std::string_view Child::output() {
  char bytes[4096];
  for (ssize_t n = 0; (n = read(pipe_, bytes, sizeof(bytes))) > 0;) {
    output_.append(bytes, static_cast<size_t>(n));
  }
  return output_;
}

std::vector<std::string> ClientWords(std::string_view name, const ClientOptions& options) {
  return {std::filesystem::read_symlink("/proc/self/exe").string(),
          kClientWord,
          std::string(name),
          std::to_string(options.port),
          options.ca_file,
          std::string(ToString(options.kind)),
          std::to_string(options.pairs),
          std::to_string(options.loops),
          std::to_string(options.warmup),
          std::to_string(options.frames),
          std::string(ToString(options.waiting))};
}

std::vector<std::string> PeerWords(std::string_view line,
                                   const std::vector<std::pair<std::string, std::string>>& values) {
  const std::string filled = absl::StrReplaceAll(Abs(line), values);
  return absl::StrSplit(filled, ' ', absl::SkipEmpty());
}

std::vector<std::string> UnderCallgrind(std::vector<std::string> words, const std::string& out) {
  const std::string file = StrCat("--callgrind-out-file=", out);
  words.insert(words.begin(), {"valgrind", "-q", "--tool=callgrind", file});
  return words;
}

int64_t ReadInstructions(const std::string& out) {
  constexpr std::string_view kTotals = "totals: ";
  std::ifstream file(out);
  int64_t count = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(kTotals)) {
      (void)absl::SimpleAtoi(line.substr(kTotals.size()), &count);
    }
  }
  return count;
}

std::optional<int> RunAsClient(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() != 10 || words[0] != kClientWord) {
    return std::nullopt;
  }
  ClientOptions options;
  int port = 0;
  CHECK(absl::SimpleAtoi(words[2], &port) && ParseFrameKind(words[4], options.kind) &&
        absl::SimpleAtoi(words[5], &options.pairs) && absl::SimpleAtoi(words[6], &options.loops) &&
        absl::SimpleAtoi(words[7], &options.warmup) &&
        absl::SimpleAtoi(words[8], &options.frames) && ParseWaiting(words[9], options.waiting));
  options.port = static_cast<uint16_t>(port);
  options.ca_file = words[3];
  return words[1] == "floor"   ? RunFloor(options)
         : words[1] == "naive" ? RunNaive(options)
                               : RunConnector(options);
}

void PinTo(int core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(core, &cores);
  sched_setaffinity(0, sizeof(cores), &cores);  // where it is refused the run is noisier
}

std::string MachineJson() {
  utsname system = {};
  uname(&system);
  return StrCat("{\"cpu\":\"",
                CpuName(),
                "\",\"cores\":",
                sysconf(_SC_NPROCESSORS_ONLN),
                ",\"kernel\":\"",
                system.release,
                "\",\"compiler\":\"",
                __VERSION__,
                "\"}");
}

double Median(std::vector<double> values) {
  CHECK(!values.empty());
  std::nth_element(
      values.begin(), values.begin() + static_cast<long>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

}  // namespace colibri::bench
