// Runs a client beside a stub of the venue, each on a core of its own.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/bench/wire/client.h"
#include "tools/bench/wire/venue_stub.h"

namespace colibri::bench {

// A stub, plain or with TLS, and the file of the authority that clients trust.
class LocalVenue {
 public:
  LocalVenue(int pairs, bool is_tls);
  ~LocalVenue();

  VenueStub& stub() { return *stub_; }
  const std::string& ca_file() const { return ca_file_; }

 private:
  TlsContext context_;
  std::string ca_file_;
  std::unique_ptr<VenueStub> stub_;
};

// A program of its own that is ended when this goes.
class Child {
 public:
  // The words of its command line; on the last core.
  explicit Child(const std::vector<std::string>& words);
  ~Child();

  bool is_running();
  // So far.
  std::string_view output();
  // Asks it to end, and waits.
  void End();

 private:
  int pid_ = -1;
  int pipe_ = -1;
  std::string output_;
};

// The same under callgrind, which writes what it counted to `out` when the client ends.
std::vector<std::string> UnderCallgrind(std::vector<std::string> words, const std::string& out);
// What is in that file; 0: nothing was counted.
int64_t ReadInstructions(const std::string& out);

// This program again, as the client of that name: "connector", "naive", "floor".
std::vector<std::string> ClientWords(std::string_view name, const ClientOptions& options);
// A program of somebody else by its command line: its words are separated by spaces, and the first
// of each pair becomes the second.
std::vector<std::string> PeerWords(std::string_view line,
                                   const std::vector<std::pair<std::string, std::string>>& values);
// When this program was started as a client: its exit code.
std::optional<int> RunAsClient(int argc, char** argv);

void PinTo(int core);
// {"cpu":"...","cores":2,"kernel":"...","compiler":"...","build":"release"}
std::string MachineJson();
// What is in the middle of them, of an odd number.
double Median(std::vector<double> values);

}  // namespace colibri::bench
