// What all TLS connections share: which certificates are trusted, which versions are spoken.
//
//   TlsContext context(extra_ca_pem);
//   RETURN_IF_ERROR(context.Load());
//   SSL* ssl = SSL_new(context.native());
//
// Trusts the system's authorities and those in `extra_ca_pem`. Verification cannot be turned off.
// TLS 1.2 and later. Thread: the loop's.
#pragma once

#include <string>

#include "absl/status/status.h"

struct ssl_ctx_st;  // OpenSSL's SSL_CTX

namespace colibri {

// The oldest entry of OpenSSL's error queue in words; empties the queue.
std::string TakeTlsError();

class TlsContext {
 public:
  // `extra_ca_pem` holds any number of certificates; may be empty.
  explicit TlsContext(std::string extra_ca_pem);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // Reads the authorities, the first time; that takes tens of milliseconds. InvalidArgument when
  // extra_ca_pem can't be read; no connection is made then.
  absl::Status Load();
  // After Load.
  ssl_ctx_st* native() { return context_; }

 private:
  absl::Status AddAuthorities(const std::string& pem);

  std::string extra_ca_pem_;
  ssl_ctx_st* context_ = nullptr;
  absl::Status status_;
};

}  // namespace colibri
