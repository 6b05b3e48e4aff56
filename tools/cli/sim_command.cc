// colibri sim: a simulated venue as a person's local testnet.
#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include <nlohmann/json.hpp>

#include "connector/net/asio_environment.h"
#include "core/status_macros.h"
#include "core/strings.h"
#include "tools/cli/command.h"
#include "tools/cli/stop_signal.h"
#include "tools/venue_sim/fault_plan.h"
#include "tools/venue_sim/sim_server.h"
#include <CLI/CLI.hpp>

namespace colibri::cli {
namespace {

using nlohmann::ordered_json;

constexpr char kSimulatedVenue[] = "binance";
constexpr uint16_t kDefaultPort = 8080;  // where the connector's domain "local" looks

struct SimOptions {
  std::string venue;
  uint16_t port = kDefaultPort;
  bool is_tls = false;
  uint64_t seed = 1;
  std::string ca_file;
  double seconds = 0;  // 0: until Ctrl-C
  std::string faults_file;
  std::optional<uint64_t> fault_seed;
  bool is_json = false;
};

absl::Status CheckVenue(const std::string& venue, const Registry& registry) {
  if (venue == kSimulatedVenue) {
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(registry.Find(venue).status());
  return absl::NotFoundError(
      StrCat("there is no simulation of ", venue, " yet; there is one of ", kSimulatedVenue));
}

absl::Status WriteCa(const std::string& path, const std::string& pem) {
  if (path.empty()) {
    return absl::OkStatus();
  }
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << pem << std::flush;
  return file.good() ? absl::OkStatus()
                     : absl::UnavailableError(StrCat("cannot write ", path, " (--ca-out)"));
}

// From the file; without one from the seed, over the time that the venue runs; else empty.
absl::StatusOr<venue_sim::FaultPlan> ReadFaults(const SimOptions& options) {
  if (!options.faults_file.empty()) {
    std::ifstream file(options.faults_file, std::ios::binary);
    std::string text;
    char block[4096];
    while (file.read(block, sizeof(block)), file.gcount() > 0) {
      text.append(block, static_cast<size_t>(file.gcount()));
    }
    if (!file.is_open() || file.bad()) {
      return absl::NotFoundError(StrCat("cannot read ", options.faults_file, " (--faults)"));
    }
    return venue_sim::FaultPlan::Parse(text, options.faults_file);
  }
  if (!options.fault_seed.has_value()) {
    return venue_sim::FaultPlan();
  }
  venue_sim::FaultSeedOptions drawn;
  if (options.seconds > 0) {
    drawn.duration = absl::Seconds(options.seconds);
    drawn.quiet_tail = std::min(drawn.quiet_tail, drawn.duration / 4);
  }
  return venue_sim::FaultPlan::FromSeed(*options.fault_seed, drawn);
}

ordered_json Describe(const venue_sim::SimServer& server,
                      const SimOptions& options,
                      const venue_sim::FaultPlan& faults) {
  const std::string rest = StrCat(options.is_tls ? "https://" : "http://", server.authority());
  const std::string socket = StrCat(options.is_tls ? "wss://" : "ws://", server.authority());
  const std::vector<std::string> lines = absl::StrSplit(faults.ToString(), '\n', absl::SkipEmpty());
  ordered_json account = ordered_json::object();
  for (const auto& [asset, amount] : venue_sim::DefaultBalances()) {
    account[asset] = amount.ToString();
  }
  return {{"venue", options.venue},
          {"port", server.port()},
          {"seed", options.seed},
          {"rest_url", rest},
          {"stream_url", StrCat(socket, "/stream")},
          {"websocket_api_url", StrCat(socket, "/ws-api/v3")},
          {"api_key", venue_sim::kTestApiKey},
          {"api_secret", venue_sim::kTestApiSecret},
          {"balances", account},
          {"faults", lines},
          {"ca_file", options.ca_file},
          {"ca_pem", server.ca_pem()}};
}

// The options that lead the program to this server; none when it is where it looks by itself.
std::string OverrideWords(const ordered_json& described, const SimOptions& options) {
  if (!options.is_tls && described["port"] == kDefaultPort) {
    return "";
  }
  std::string words;
  for (const auto& [option, key] : {std::pair<const char*, const char*>{"--rest-url", "rest_url"},
                                    {"--stream-url", "stream_url"},
                                    {"--private-url", "websocket_api_url"}}) {
    words += StrCat(" \\\n    ", option, " ", described[key].get<std::string>());
  }
  if (options.is_tls) {
    words += StrCat(
        " \\\n    --ca-file ",
        options.ca_file.empty() ? "FILE (start with --ca-out FILE to have it)" : options.ca_file);
  }
  return words;
}

void Tell(CliIo& io, const ordered_json& described, const SimOptions& options) {
  if (options.is_json) {
    io.out << described.dump() << '\n' << std::flush;
    return;
  }
  const auto text = [&](const char* key) { return described[key].get<std::string>(); };
  const std::string words = OverrideWords(described, options);
  io.out << "Simulated " << options.venue << ", seed " << options.seed << "\n\n"
         << "  REST           " << text("rest_url") << "\n  streams        " << text("stream_url")
         << "\n  WebSocket API  " << text("websocket_api_url") << "\n\nThe test account:\n\n"
         << "  export " << CredentialVariable(options.venue, "API_KEY") << '=' << text("api_key")
         << "\n  export " << CredentialVariable(options.venue, "API_SECRET") << '='
         << text("api_secret") << "\n  balances ";
  for (const auto& [asset, amount] : described["balances"].items()) {
    io.out << ' ' << amount.get<std::string>() << ' ' << asset;
  }
  io.out << "\n\nFrom another terminal:\n\n  colibri book " << options.venue
         << " BTC-USDT --domain local" << words << "\n  colibri balance " << options.venue
         << " --domain local" << words << "\n\n";
  if (options.is_tls) {
    io.out << (options.ca_file.empty() ? "Trust this certificate authority:\n\n" + text("ca_pem")
                                       : "Trust the certificate authority in " + options.ca_file)
           << "\n\n";
  }
  if (!described["faults"].empty()) {
    io.out << "What will go wrong, counted from now:\n\n";
    for (const auto& line : described["faults"]) {
      io.out << "  " << line.get<std::string>() << '\n';
    }
    io.out << '\n';
  }
  io.out << "Ctrl-C ends it.\n" << std::flush;
}

absl::StatusOr<int> Simulate(const SimOptions& options, CommandContext& context) {
  RETURN_IF_ERROR(CheckVenue(options.venue, context.registry));
  if (!options.is_tls && !options.ca_file.empty()) {
    return absl::InvalidArgumentError("--ca-out needs --tls: without TLS there is no certificate");
  }
  ASSIGN_OR_RETURN(const venue_sim::FaultPlan faults, ReadFaults(options));
  venue_sim::SimServerOptions server_options;
  server_options.port = options.port;
  server_options.tls = options.is_tls;
  server_options.venue.seed = options.seed;
  AsioEnvironment environment;
  StopSignal stop(environment, context.io, [] { return std::vector<const Order*>(); });
  stop.set_message("stopping");
  const absl::StatusOr<std::unique_ptr<venue_sim::SimServer>> server =
      venue_sim::SimServer::Start(server_options);
  RETURN_IF_ERROR(server.status());
  RETURN_IF_ERROR(WriteCa(options.ca_file, (*server)->ca_pem()));
  Tell(context.io, Describe(**server, options, faults), options);
  (*server)->RunFaults(faults, options.fault_seed.value_or(options.seed));
  environment.Await(
      stop.Wait(options.seconds > 0 ? absl::Seconds(options.seconds) : absl::InfiniteDuration()));
  (*server)->Stop();
  return kExitOk;
}

}  // namespace

void AddSimCommand(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<SimOptions>();
  CLI::App* command = app.add_subcommand(
      "sim", "Run a simulated venue as a local testnet, with a living market and a test account");
  command->footer(
      "Speaks the venue's own protocol on 127.0.0.1: any client of the venue can use it.\n"
      "Example:\n  colibri sim binance --port 8443 --tls --ca-out /tmp/ca.pem --seed 7\n"
      "A line of --faults, as tools/venue_sim/README.md tells:\n"
      "  at 20s orders fail_after 503 x2");
  command->add_option("VENUE", options->venue, "Which venue: binance")->required();
  command->add_option("--port", options->port, "Port to listen on; 0 takes a free one")
      ->capture_default_str();
  command->add_flag("--tls", options->is_tls, "HTTPS and WSS, by a certificate authority made now");
  command->add_option("--ca-out", options->ca_file, "Write that authority's certificate here");
  command->add_option("--seed", options->seed, "Of the market: same seed, same traders")
      ->capture_default_str();
  command->add_option("--seconds", options->seconds, "End after this long; without: at Ctrl-C")
      ->check(CLI::PositiveNumber);
  command->add_option("--faults", options->faults_file, "What goes wrong and when, a fault a line");
  command->add_option("--fault-seed",
                      options->fault_seed,
                      "Of the faults' jitter; without --faults, draws the faults themselves");
  command->add_flag("--json", options->is_json, "One line of JSON at the start instead of text");
  command->callback([options, &context] {
    context.run = [options, &context] {
      const absl::StatusOr<int> code = Simulate(*options, context);
      return code.ok() ? *code : Fail(context.io, code.status());
    };
  });
}

}  // namespace colibri::cli
