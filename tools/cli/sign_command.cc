// colibri sign: prints a signed request, for contributors who debug a signature.
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include <nlohmann/json.hpp>

#include "auth/credentials.h"
#include "auth/encoding.h"
#include "core/status_macros.h"
#include "core/strings.h"
#include "tools/cli/command.h"
#include "tools/cli/venue_options.h"
#include <CLI/CLI.hpp>

namespace colibri::cli {
namespace {

using nlohmann::ordered_json;
using Parameters = std::vector<std::pair<std::string, std::string>>;

struct SignOptions {
  std::string venue;
  std::string method;
  std::string path;
  std::vector<std::string> parameters;
  std::vector<std::string> body_parameters;
  std::string raw_body;
  std::string domain = "live";
  std::string credential_file;
  int64_t time_ms = -1;
  bool is_json = false;
};

absl::StatusOr<Parameters> Split(const std::vector<std::string>& words) {
  Parameters parameters;
  for (const std::string& word : words) {
    const size_t equals = word.find('=');
    if (equals == std::string::npos || equals == 0) {
      return absl::InvalidArgumentError(StrCat("a parameter is key=value, \"", word, "\" is not"));
    }
    parameters.emplace_back(word.substr(0, equals), word.substr(equals + 1));
  }
  return parameters;
}

absl::StatusOr<HttpMethod> ParseMethod(std::string_view text) {
  const std::string upper = absl::AsciiStrToUpper(Abs(text));
  for (const HttpMethod method :
       {HttpMethod::kGet, HttpMethod::kPost, HttpMethod::kPut, HttpMethod::kDelete}) {
    if (upper == ToString(method)) {
      return method;
    }
  }
  return absl::InvalidArgumentError(
      StrCat("unknown method \"", text, "\"; use GET, POST, PUT, DELETE, or WS for a frame"));
}

absl::StatusOr<ordered_json> SignRest(const Auth& auth,
                                      const SignOptions& options,
                                      const VenueHosts& hosts,
                                      absl::Time now) {
  RestRequest request;
  ASSIGN_OR_RETURN(request.method, ParseMethod(options.method));
  request.path = options.path;
  ASSIGN_OR_RETURN(const Parameters query, Split(options.parameters));
  for (const auto& [name, value] : query) {
    request.AddParameter(name, value);
  }
  request.body = options.raw_body;
  ASSIGN_OR_RETURN(const Parameters body, Split(options.body_parameters));
  for (const auto& [name, value] : body) {
    request.body += StrCat(request.body.empty() ? "" : "&", name, "=", PercentEncode(value));
  }
  RETURN_IF_ERROR(auth.SignRest(request, now));
  ordered_json headers = ordered_json::object();
  for (const auto& [name, value] : request.headers) {
    headers[name] = value;
  }
  return ordered_json{{"method", ToString(request.method)},
                      {"url", StrCat(hosts.rest_url, request.Target())},
                      {"headers", headers},
                      {"body", request.body}};
}

absl::StatusOr<ordered_json> SignFrame(const Auth& auth,
                                       const SignOptions& options,
                                       const VenueHosts& hosts,
                                       absl::Time now) {
  ASSIGN_OR_RETURN(const Parameters parameters, Split(options.parameters));
  ASSIGN_OR_RETURN(const std::string frame,
                   auth.SignFrame(options.path,
                                  FrameParameters(parameters.begin(), parameters.end()),
                                  /*request_id=*/"1",
                                  now));
  return ordered_json{{"method", "WS"}, {"url", hosts.private_stream_url}, {"frame", frame}};
}

absl::StatusOr<ordered_json> Sign(const SignOptions& options, const CommandContext& context) {
  ASSIGN_OR_RETURN(const VenueEntry* venue, context.registry.Find(options.venue));
  RETURN_IF_ERROR(CheckDomain(*venue, options.domain));
  const VenueHosts& hosts = venue->spec.FindDomain(options.domain)->hosts;
  ASSIGN_OR_RETURN(const Credentials credentials,
                   ReadCredentials(context.io, options.venue, options.credential_file));
  ExchangeConfig config;
  config.venue = options.venue;
  config.domain = options.domain;
  config.receive_window = absl::ZeroDuration();  // signs what is given, and the time
  ASSIGN_OR_RETURN(const std::unique_ptr<Auth> auth, venue->make_auth(config, credentials));
  const absl::Time now = options.time_ms < 0 ? absl::Now() : absl::FromUnixMillis(options.time_ms);
  return absl::EqualsIgnoreCase(options.method, "WS") ? SignFrame(*auth, options, hosts, now)
                                                      : SignRest(*auth, options, hosts, now);
}

int Print(CliIo& io, const ordered_json& request, bool is_json) {
  if (is_json) {
    io.out << request.dump(1) << '\n';
    return kExitOk;
  }
  io.out << request["method"].get<std::string>() << ' ' << request["url"].get<std::string>()
         << '\n';
  if (request.contains("frame")) {
    io.out << request["frame"].get<std::string>() << '\n';
    return kExitOk;
  }
  for (const auto& [name, value] : request["headers"].items()) {
    io.out << name << ": " << value.get<std::string>() << '\n';
  }
  io.out << '\n' << request["body"].get<std::string>() << '\n';
  return kExitOk;
}

}  // namespace

absl::StatusOr<Credentials> ReadCredentials(const CliIo& io,
                                            const std::string& venue,
                                            const std::string& file) {
  // The lookup hands out pointers: the values live as long as it does.
  auto values = std::make_shared<std::deque<std::string>>();
  return LoadCredentials(
      {.venue = venue, .file = file, .environment = [&io, values](const char* name) -> const char* {
         const std::optional<std::string> value =
             io.environment == nullptr ? std::nullopt : io.environment(name);
         if (!value.has_value()) {
           return nullptr;
         }
         values->push_back(*value);
         return values->back().c_str();
       }});
}

void AddSignCommand(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<SignOptions>();
  CLI::App* command =
      app.add_subcommand("sign", "Print a signed request as it would be sent; nothing is sent");
  command->footer(
      "The parameters are signed in the order given. A timestamp is added unless one is given.\n"
      "Examples:\n"
      "  colibri sign binance POST /api/v3/order symbol=LTCBTC side=BUY type=MARKET quantity=1\n"
      "  colibri sign binance WS order.status symbol=BTCUSDT orderId=12 --time-ms 1660801715431\n"
      "  colibri sign hyperliquid_perpetual POST /exchange --raw-body '{\"type\":\"noop\"}'");
  command->add_option("VENUE", options->venue, "The venue; see `colibri venues`")->required();
  command->add_option("METHOD", options->method, "GET, POST, PUT, DELETE, or WS for a frame")
      ->required();
  command->add_option("PATH", options->path, "The path, or a frame's method")->required();
  command->add_option("key=value", options->parameters, "Parameters of the query, or of the frame");
  CLI::Option* body =
      command
          ->add_option("--body", options->body_parameters, "key=value in the body; may be repeated")
          ->expected(1)
          ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command
      ->add_option(
          "--raw-body", options->raw_body, "The body as it is, not encoded: to compare bytes")
      ->excludes(body);
  command->add_option("--domain", options->domain, "The venue's domain")->capture_default_str();
  command->add_option("--credentials", options->credential_file, "Keys from this file (mode 0600)");
  command->add_option("--time-ms", options->time_ms, "Sign as of this time, ms since the epoch")
      ->check(CLI::NonNegativeNumber);
  command->add_flag("--json", options->is_json, "One JSON object instead of text");
  command->callback([options, &context] {
    context.run = [options, &context] {
      const absl::StatusOr<ordered_json> request = Sign(*options, context);
      return request.ok() ? Print(context.io, *request, options->is_json)
                          : Fail(context.io, request.status());
    };
  });
}

}  // namespace colibri::cli
