// A certificate authority made on the spot, and a server certificate for this machine signed by it.
//
//   ASSIGN_OR_RETURN(const Certificates made, MakeCertificates());
//   // trust made.ca_pem, serve made.server_chain_pem with made.server_key_pem
//
// Nothing is written to disk; the authority's key is gone when the call returns.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace colibri::venue_sim {

struct Certificates {
  std::string ca_pem;
  std::string server_chain_pem;  // for localhost, 127.0.0.1 and ::1
  std::string server_key_pem;
};

[[nodiscard]] absl::StatusOr<Certificates> MakeCertificates();

}  // namespace colibri::venue_sim
