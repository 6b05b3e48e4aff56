// A certificate authority and a server certificate from it, made in memory.
//
//   const TestCertificate& certificate = LocalhostCertificate();
//   AsioEnvironment environment({.extra_ca_pem = certificate.ca_pem});
#pragma once

#include <string>

namespace colibri {

struct TestCertificate {
  std::string ca_pem;
  std::string certificate_pem;
  std::string key_pem;
};

// `names` in OpenSSL's form: "DNS:localhost,IP:127.0.0.1".
TestCertificate MakeTestCertificate(const std::string& names);
// For localhost, 127.0.0.1 and ::1; made once.
const TestCertificate& LocalhostCertificate();

}  // namespace colibri
