#include "connector/net/tls_context.h"

#include <memory>
#include <utility>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "core/check.h"
#include "core/strings.h"

namespace colibri {

std::string TakeTlsError() {
  // ERR_get_error takes the oldest entry, which is the cause.
  const auto code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) {
    return "unknown TLS error";
  }
  if (const char* reason = ERR_reason_error_string(code); reason != nullptr) {
    return reason;
  }
  return StrCat("TLS error ", code);
}

TlsContext::TlsContext(std::string extra_ca_pem) : extra_ca_pem_(std::move(extra_ca_pem)) {}

absl::Status TlsContext::Load() {
  if (context_ != nullptr) {
    return status_;
  }
  context_ = SSL_CTX_new(TLS_client_method());
  CHECK(context_ != nullptr && "OpenSSL has no memory");
  SSL_CTX_set_min_proto_version(context_, TLS1_2_VERSION);
  SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_default_verify_paths(context_);
  SSL_CTX_set_mode(context_, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(context_, SSL_SESS_CACHE_OFF);
  if (!extra_ca_pem_.empty()) {
    status_ = AddAuthorities(extra_ca_pem_);
  }
  ERR_clear_error();
  return status_;
}

TlsContext::~TlsContext() {
  SSL_CTX_free(context_);
}

absl::Status TlsContext::AddAuthorities(const std::string& pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  size_t count = 0;
  while (X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    const bool is_added = X509_STORE_add_cert(SSL_CTX_get_cert_store(context_), certificate) == 1;
    X509_free(certificate);
    if (!is_added) {
      return absl::InvalidArgumentError(
          StrCat("extra CA certificate ", count + 1, " can't be used: ", TakeTlsError()));
    }
    ++count;
  }
  // The end of the text is reported as "no start line" too.
  if (count == 0 || ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) {
    return absl::InvalidArgumentError(
        StrCat("extra CA certificate ", count + 1, " is not in PEM form: ", TakeTlsError()));
  }
  return absl::OkStatus();
}

}  // namespace colibri
