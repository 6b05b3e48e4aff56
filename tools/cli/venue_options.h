// Which venue, where it is and with which keys: the options that commands share, and what they
// lead to.
//
//   AddVenueOptions(*command, *options);
//   ...
//   ASSIGN_OR_RETURN(VenueAccess access, OpenVenue(*options, {pair}, Keys::kNone, context));
//   access.environment->Await(Main(*access.connector));
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

#include "connector/connector.h"
#include "connector/net/asio_environment.h"
#include "connector/registry.h"
#include "tools/cli/command.h"

namespace colibri::cli {

struct VenueOptions {
  std::string venue;
  std::string domain = "live";
  VenueHosts hosts;  // each overrides the domain's when not empty
  std::string ca_file;
  std::string credential_file;
  double timeout_seconds = 20;
};

enum class Keys : uint8_t { kNone, kRequired };

struct VenueAccess {
  std::unique_ptr<AsioEnvironment> environment;  // goes last
  std::unique_ptr<Connector> connector;
};

// VENUE, --domain, --rest-url, --stream-url, --private-url, --ca-file, --timeout; with keys
// --credentials, too.
void AddVenueOptions(CLI::App& command, VenueOptions& options, Keys keys);

// NotFound with the nearest known names.
absl::Status CheckDomain(const VenueEntry& venue, std::string_view domain);
// The text of a file of certificates; empty for an empty path. InvalidArgument when it can't be
// read or holds no certificate.
absl::StatusOr<std::string> ReadCaFile(const std::string& path);
// Unimplemented unless the venue has a connector, NotFound for an unknown venue or domain.
absl::StatusOr<VenueAccess> OpenVenue(const VenueOptions& options,
                                      std::vector<TradingPair> pairs,
                                      Keys keys,
                                      CommandContext& context);

// "; did you mean a, b?" of the known names nearest to the word; empty when none is near.
std::string DidYouMean(std::string_view word, const std::vector<std::string>& known);

// While it lives, tells what a connector waits for, on io.err, a line per change.
class StartProgress {
 public:
  StartProgress(CliIo& io, Connector& connector);

 private:
  CliIo& io_;
  Subscription subscription_;
};

}  // namespace colibri::cli
