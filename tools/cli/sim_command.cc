// colibri sim: a simulated venue as a person's local testnet.
#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
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

constexpr char kSpot[] = "binance";
constexpr char kPerpetual[] = "binance_perpetual";
constexpr char kHyperliquid[] = "hyperliquid";  // one server: spot and perpetuals
constexpr char kHyperliquidPerpetual[] = "hyperliquid_perpetual";
constexpr uint16_t kDefaultPort = 8080;  // where the connector's domain "local" looks

bool IsHyperliquid(std::string_view venue) {
  return venue == kHyperliquid || venue == kHyperliquidPerpetual;
}

struct SimOptions {
  std::string venue;
  uint16_t port = kDefaultPort;
  bool is_tls = false;
  uint64_t seed = 1;
  std::string ca_file;
  double seconds = 0;  // 0: until Ctrl-C
  std::string faults_file;
  std::optional<uint64_t> fault_seed;
  std::optional<double> funding_seconds;  // of futures
  std::optional<int> leverage;
  bool is_json = false;
};

// Where a client finds the parts of a venue below its root.
struct SimPaths {
  std::string stream = {};
  std::string websocket_api = {};
  std::string private_stream = {};  // empty: the WebSocket API carries the user events
};

SimPaths PathsOf(const std::string& venue) {
  if (const venue_sim::TwinEntry* const twin = venue_sim::FindTwin(venue)) {
    return {.stream = twin->market_stream_path, .websocket_api = twin->private_stream_path};
  }
  if (IsHyperliquid(venue)) {
    return {.stream = "/ws", .websocket_api = "/ws"};
  }
  return venue == kSpot ? SimPaths{.stream = "/stream", .websocket_api = "/ws-api/v3"}
                        : SimPaths{.websocket_api = "/ws-fapi/v1", .private_stream = "/private"};
}

// Who may trade there, and with what.
struct SimAccount {
  std::map<std::string, Decimal> balances = {};                       // by asset
  std::vector<std::pair<std::string, std::string>> credentials = {};  // "API_KEY", its value
  // Beside these: "second_account", its value.
  std::vector<std::pair<std::string, std::string>> more = {};
};

// Of spot its tokens; those of one name are told as one.
std::map<std::string, Decimal> BalancesOf(const venue_sim::HyperliquidSimOptions& options,
                                          std::string_view venue) {
  const venue_sim::HyperliquidAccount& account = options.accounts.front();
  if (venue == kHyperliquidPerpetual) {
    return {{"USDC", account.balance}};
  }
  std::map<std::string, Decimal> balances;
  for (const venue_sim::HyperliquidToken& token : options.tokens) {
    if (const auto held = account.spot_balances.find(token.index);
        held != account.spot_balances.end()) {
      balances[token.name] += held->second;
    }
  }
  return balances;
}

SimAccount AccountOf(const venue_sim::HyperliquidSimOptions& options, std::string_view venue) {
  return {.balances = BalancesOf(options, venue),
          .credentials = {{"WALLET_KEY", venue_sim::kTestWallet.private_key},
                          {"ACCOUNT_ADDRESS", venue_sim::kTestWallet.address}},
          .more = {{"agent_key", venue_sim::kTestAgent.private_key},
                   {"second_wallet_key", venue_sim::kSecondWallet.private_key},
                   {"second_account_address", venue_sim::kSecondWallet.address}}};
}

SimAccount AccountOf(const venue_sim::TwinOptions& options, std::string_view /*venue*/) {
  const venue_sim::TwinEntry* const twin = venue_sim::FindTwin(options.name);
  return {.balances = twin->balances, .credentials = twin->credentials};
}

template <typename VenueOptions>
SimAccount AccountOf(const VenueOptions& options, std::string_view /*venue*/) {
  return {.balances = options.balances,
          .credentials = {{"API_KEY", venue_sim::kTestApiKey},
                          {"API_SECRET", venue_sim::kTestApiSecret}}};
}

// "binance, binance_perpetual, hyperliquid, hyperliquid_perpetual"
std::string Names() {
  std::vector<std::string> names = {kSpot, kPerpetual, kHyperliquid, kHyperliquidPerpetual};
  for (const venue_sim::TwinEntry& twin : venue_sim::AllTwins()) {
    names.push_back(twin.name);
  }
  return absl::StrJoin(names, ", ");
}

absl::Status CheckVenue(const std::string& venue, const Registry& registry) {
  if (venue == kSpot || venue == kPerpetual || IsHyperliquid(venue) ||
      venue_sim::FindTwin(venue) != nullptr) {
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(registry.Find(venue).status());
  return absl::NotFoundError(
      StrCat("there is no simulation of ", venue, " yet; there are those of ", Names()));
}

std::string ExamplePair(const std::string& venue) {
  if (const venue_sim::TwinEntry* const twin = venue_sim::FindTwin(venue)) {
    return twin->pair;
  }
  if (venue == kHyperliquid) {
    return "HYPE-USDC";
  }
  return venue == kHyperliquidPerpetual ? "BTC-USD" : "BTC-USDT";
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

template <typename Server>
ordered_json Describe(const Server& server,
                      const SimAccount& account,
                      const SimOptions& options,
                      const venue_sim::FaultPlan& faults) {
  const SimPaths paths = PathsOf(options.venue);
  const std::string rest = StrCat(options.is_tls ? "https://" : "http://", server.authority());
  const std::string socket = StrCat(options.is_tls ? "wss://" : "ws://", server.authority());
  const std::vector<std::string> lines = absl::StrSplit(faults.ToString(), '\n', absl::SkipEmpty());
  ordered_json balances = ordered_json::object();
  for (const auto& [asset, amount] : account.balances) {
    balances[asset] = amount.ToString();
  }
  ordered_json described = {
      {"venue", options.venue},
      {"port", server.port()},
      {"seed", options.seed},
      {"rest_url", rest},
      {"stream_url", StrCat(socket, std::string_view(paths.stream))},
      {"websocket_api_url", StrCat(socket, std::string_view(paths.websocket_api))},
      {"private_url",
       StrCat(socket,
              std::string_view(paths.private_stream.empty() ? paths.websocket_api
                                                            : paths.private_stream))},
      {"balances", balances},
      {"faults", lines},
      {"ca_file", options.ca_file},
      {"ca_pem", server.ca_pem()}};
  for (const auto& [name, value] : account.credentials) {
    described[absl::AsciiStrToLower(name)] = value;
  }
  for (const auto& [name, value] : account.more) {
    described[name] = value;
  }
  return described;
}

// The options that lead the program to this server; none when it is where it looks by itself.
std::string OverrideWords(const ordered_json& described, const SimOptions& options) {
  if (!options.is_tls && described["port"] == kDefaultPort) {
    return "";
  }
  std::string words;
  for (const auto& [option, key] : {std::pair<const char*, const char*>{"--rest-url", "rest_url"},
                                    {"--stream-url", "stream_url"},
                                    {"--private-url", "private_url"}}) {
    words += StrCat(" \\\n    ", option, " ", described[key].get<std::string>());
  }
  if (options.is_tls) {
    words += StrCat(
        " \\\n    --ca-file ",
        options.ca_file.empty() ? "FILE (start with --ca-out FILE to have it)" : options.ca_file);
  }
  return words;
}

void TellAccount(CliIo& io,
                 const ordered_json& described,
                 const SimAccount& account,
                 const SimOptions& options) {
  io.out << "\n\nThe test account:\n\n";
  for (const auto& [name, value] : account.credentials) {
    io.out << "  export " << CredentialVariable(options.venue, name) << '=' << value << '\n';
  }
  io.out << "  balances ";
  for (const auto& [asset, amount] : described["balances"].items()) {
    io.out << ' ' << amount.get<std::string>() << ' ' << asset;
  }
  if (!account.more.empty()) {
    io.out << "\n\nAnother one, and an agent that may sign for the first:\n";
  }
  for (const auto& [name, value] : account.more) {
    io.out << "\n  " << name << ' ' << value;
  }
}

void Tell(CliIo& io,
          const ordered_json& described,
          const SimAccount& account,
          const SimOptions& options) {
  if (options.is_json) {
    io.out << described.dump() << '\n' << std::flush;
    return;
  }
  const auto text = [&](const char* key) { return described[key].get<std::string>(); };
  const std::string words = OverrideWords(described, options);
  io.out << "Simulated " << options.venue << ", seed " << options.seed << "\n\n"
         << "  REST           " << text("rest_url") << "\n  streams        " << text("stream_url")
         << "\n  WebSocket API  " << text("websocket_api_url");
  TellAccount(io, described, account, options);
  io.out << "\n\nFrom another terminal:\n\n  colibri book " << options.venue << ' '
         << ExamplePair(options.venue) << " --domain local" << words << "\n  colibri balance "
         << options.venue << " --domain local" << words << "\n\n";
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

// Runs the venue until the time is over or somebody ends it.
template <typename Server>
absl::StatusOr<int> Serve(typename Server::Options server_options,
                          const SimOptions& options,
                          const venue_sim::FaultPlan& faults,
                          CommandContext& context) {
  server_options.port = options.port;
  server_options.tls = options.is_tls;
  server_options.venue.seed = options.seed;
  const SimAccount account = AccountOf(server_options.venue, options.venue);
  AsioEnvironment environment;
  StopSignal stop(environment, context.io, [] { return std::vector<const Order*>(); });
  stop.set_message("stopping");
  const absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(std::move(server_options));
  RETURN_IF_ERROR(server.status());
  RETURN_IF_ERROR(WriteCa(options.ca_file, (*server)->ca_pem()));
  Tell(context.io, Describe(**server, account, options, faults), account, options);
  (*server)->RunFaults(faults, options.fault_seed.value_or(options.seed));
  environment.Await(
      stop.Wait(options.seconds > 0 ? absl::Seconds(options.seconds) : absl::InfiniteDuration()));
  (*server)->Stop();
  return kExitOk;
}

absl::StatusOr<int> Simulate(const SimOptions& options, CommandContext& context) {
  RETURN_IF_ERROR(CheckVenue(options.venue, context.registry));
  if (!options.is_tls && !options.ca_file.empty()) {
    return absl::InvalidArgumentError("--ca-out needs --tls: without TLS there is no certificate");
  }
  ASSIGN_OR_RETURN(const venue_sim::FaultPlan faults, ReadFaults(options));
  if (options.venue == kSpot) {
    if (options.funding_seconds.has_value() || options.leverage.has_value()) {
      return absl::InvalidArgumentError(
          StrCat("--funding-interval and --leverage are of ", kPerpetual, ", not of ", kSpot));
    }
    return Serve<venue_sim::SimServer>({}, options, faults, context);
  }
  if (IsHyperliquid(options.venue)) {
    if (options.leverage.has_value()) {
      return absl::InvalidArgumentError(
          StrCat("--leverage is of ", kPerpetual, ": a client sets it"));
    }
    venue_sim::HyperliquidServer::Options server_options;
    if (options.funding_seconds.has_value()) {
      server_options.venue.funding_interval = absl::Seconds(*options.funding_seconds);
    }
    return Serve<venue_sim::HyperliquidServer>(std::move(server_options), options, faults, context);
  }
  if (venue_sim::FindTwin(options.venue) != nullptr) {
    if (options.funding_seconds.has_value() || options.leverage.has_value()) {
      return absl::InvalidArgumentError(
          StrCat("--funding-interval and --leverage are not of ", options.venue));
    }
    venue_sim::TwinServer::Options server_options;
    server_options.venue.name = options.venue;
    return Serve<venue_sim::TwinServer>(std::move(server_options), options, faults, context);
  }
  venue_sim::BinancePerpetualServer::Options server_options;
  if (options.funding_seconds.has_value()) {
    server_options.venue.funding_interval = absl::Seconds(*options.funding_seconds);
  }
  server_options.venue.leverage = options.leverage.value_or(server_options.venue.leverage);
  return Serve<venue_sim::BinancePerpetualServer>(
      std::move(server_options), options, faults, context);
}

}  // namespace

void AddSimCommand(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<SimOptions>();
  CLI::App* command = app.add_subcommand(
      "sim", "Run a simulated venue as a local testnet, with a living market and a test account");
  command->footer(
      "Speaks the venue's own protocol on 127.0.0.1: any client of the venue can use it.\n"
      "Example:\n  colibri sim binance --port 8443 --tls --ca-out /tmp/ca.pem --seed 7\n"
      "  colibri sim binance_perpetual --funding-interval 60 --leverage 10\n"
      "  colibri sim hyperliquid_perpetual --funding-interval 60\n"
      "hyperliquid is the same server as hyperliquid_perpetual: it has spot and perpetuals.\n"
      "A line of --faults, as tools/venue_sim/README.md tells:\n"
      "  at 20s orders fail_after 503 x2");
  command->add_option("VENUE", options->venue, StrCat("Which venue: ", Names()))->required();
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
  command
      ->add_option("--funding-interval",
                   options->funding_seconds,
                   "Seconds between fundings of perpetuals; without: 8 hours, or the hour of "
                   "hyperliquid and hyperliquid_perpetual")
      ->check(CLI::PositiveNumber);
  command
      ->add_option(
          "--leverage", options->leverage, "Of futures, until a client sets it; without: 20")
      ->check(CLI::Range(1, 50));
  command->add_flag("--json", options->is_json, "One line of JSON at the start instead of text");
  command->callback([options, &context] {
    context.run = [options, &context] {
      const absl::StatusOr<int> code = Simulate(*options, context);
      return code.ok() ? *code : Fail(context.io, code.status());
    };
  });
}

}  // namespace colibri::cli
