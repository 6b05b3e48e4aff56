#include "tools/cli/venue_options.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

#include "core/status_macros.h"
#include "core/strings.h"
#include <CLI/CLI.hpp>

namespace colibri::cli {
namespace {

// A name is near when most of its letters are right.
bool IsNear(std::string_view word, std::string_view name) {
  size_t shared = 0;
  std::string left(name);
  for (const char c : word) {
    const size_t at = left.find(c);
    if (at != std::string::npos) {
      left.erase(at, 1);
      ++shared;
    }
  }
  return 2 * shared >= std::max(word.size(), name.size());
}

}  // namespace

void AddVenueOptions(CLI::App& command, VenueOptions& options, Keys keys) {
  command.add_option("VENUE", options.venue, "The venue; see `colibri venues`")->required();
  command.add_option("--domain", options.domain, "live, testnet, local, or a region of the venue")
      ->capture_default_str();
  command.add_option("--rest-url", options.hosts.rest_url, "Instead of the domain's REST host");
  command.add_option(
      "--stream-url", options.hosts.market_stream_url, "Instead of the domain's stream host");
  command.add_option("--private-url",
                     options.hosts.private_stream_url,
                     "Instead of the domain's private stream host");
  command.add_option(
      "--ca-file", options.ca_file, "Trust this certificate authority (PEM), beside the system's");
  command.add_option("--timeout", options.timeout_seconds, "Seconds to wait until all is there")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  if (keys == Keys::kRequired) {
    command.add_option("--credentials", options.credential_file, "Keys from this file (mode 0600)");
  }
}

absl::Status CheckDomain(const VenueEntry& venue, std::string_view domain) {
  if (venue.spec.FindDomain(domain) != nullptr) {
    return absl::OkStatus();
  }
  std::vector<std::string> known;
  std::string all;
  for (const DomainSpec& entry : venue.spec.domains) {
    known.push_back(entry.name);
    all += StrCat(all.empty() ? "" : ", ", entry.name);
  }
  return absl::NotFoundError(StrCat(venue.spec.name,
                                    " has no domain \"",
                                    domain,
                                    "\"",
                                    DidYouMean(domain, known),
                                    " (it has ",
                                    all,
                                    ")"));
}

absl::StatusOr<std::string> ReadCaFile(const std::string& path) {
  if (path.empty()) {
    return std::string();
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file || text.str().find("-----BEGIN CERTIFICATE-----") == std::string::npos) {
    return absl::InvalidArgumentError(
        StrCat(path, " (--ca-file) ", file ? "holds no certificate in PEM" : "can't be read"));
  }
  return text.str();
}

absl::StatusOr<VenueAccess> OpenVenue(const VenueOptions& options,
                                      std::vector<TradingPair> pairs,
                                      Keys keys,
                                      CommandContext& context) {
  ASSIGN_OR_RETURN(const VenueEntry* venue, context.registry.Find(options.venue));
  RETURN_IF_ERROR(CheckDomain(*venue, options.domain));
  if (venue->make_connector == nullptr) {
    return absl::UnimplementedError(StrCat(
        options.venue, " has no connector yet: its recordings can be replayed, no more than that"));
  }
  ASSIGN_OR_RETURN(std::string ca_pem, ReadCaFile(options.ca_file));
  Credentials credentials;
  if (keys == Keys::kRequired) {
    ASSIGN_OR_RETURN(credentials,
                     ReadCredentials(context.io, options.venue, options.credential_file));
  }
  VenueAccess access;
  access.environment =
      std::make_unique<AsioEnvironment>(AsioEnvironmentOptions{.extra_ca_pem = std::move(ca_pem)});
  ASSIGN_OR_RETURN(access.connector,
                   venue->make_connector(*access.environment,
                                         ExchangeConfig{.venue = options.venue,
                                                        .domain = options.domain,
                                                        .pairs = std::move(pairs),
                                                        .hosts = options.hosts},
                                         keys == Keys::kRequired ? &credentials : nullptr));
  return access;
}

std::string DidYouMean(std::string_view word, const std::vector<std::string>& known) {
  std::string text;
  for (const std::string& name : NearestNames(word, known)) {
    if (IsNear(word, name)) {
      text += StrCat(text.empty() ? "; did you mean " : ", ", name);
    }
  }
  return text.empty() ? text : text + "?";
}

StartProgress::StartProgress(CliIo& io, Connector& connector)
    : io_(io), subscription_(connector.events().Subscribe<HealthChanged>([this](const auto& event) {
        if (!event.is_healthy) {
          io_.err << event.capability << ": " << event.reason << "; trying again\n" << std::flush;
        }
      })) {}

}  // namespace colibri::cli
