#include "tools/venue_sim/net/certificates.h"

#include <memory>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri::venue_sim {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

constexpr int64_t kDaySeconds = 86'400;
constexpr int64_t kValidDays = 90;

absl::Status Failed(std::string_view step) {
  return absl::InternalError(StrCat("OpenSSL could not ", step, " for the simulated venue's TLS"));
}

std::string Text(BIO* bio) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<size_t>(size));
}

std::string Pem(X509* certificate) {
  const Bio bio(BIO_new(BIO_s_mem()), &BIO_free);
  PEM_write_bio_X509(bio.get(), certificate);
  return Text(bio.get());
}

std::string Pem(EVP_PKEY* key) {
  const Bio bio(BIO_new(BIO_s_mem()), &BIO_free);
  PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return Text(bio.get());
}

bool AddExtension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
  if (extension == nullptr) {
    return false;
  }
  const bool is_added = X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return is_added;
}

// Everything but extensions and signature.
Certificate Draft(EVP_PKEY* key, const char* name) {
  Certificate certificate(X509_new(), &X509_free);
  X509_set_version(certificate.get(), 2);
  uint64_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof(serial));
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kDaySeconds);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kValidDays * kDaySeconds);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()),
                             "CN",
                             MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name),
                             -1,
                             -1,
                             0);
  return certificate;
}

}  // namespace

absl::StatusOr<Certificates> MakeCertificates() {
  const Key ca_key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  const Key server_key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  if (ca_key == nullptr || server_key == nullptr) {
    return Failed("make keys");
  }
  const Certificate ca = Draft(ca_key.get(), "Colibri simulated venue CA");
  X509_set_issuer_name(ca.get(), X509_get_subject_name(ca.get()));
  if (!AddExtension(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
      !AddExtension(ca.get(), ca.get(), NID_key_usage, "critical,keyCertSign,cRLSign") ||
      !AddExtension(ca.get(), ca.get(), NID_subject_key_identifier, "hash") ||
      X509_sign(ca.get(), ca_key.get(), EVP_sha256()) == 0) {
    return Failed("make the certificate authority");
  }
  const Certificate server = Draft(server_key.get(), "localhost");
  X509_set_issuer_name(server.get(), X509_get_subject_name(ca.get()));
  if (!AddExtension(server.get(), ca.get(), NID_basic_constraints, "critical,CA:FALSE") ||
      !AddExtension(server.get(), ca.get(), NID_key_usage, "critical,digitalSignature") ||
      !AddExtension(server.get(), ca.get(), NID_ext_key_usage, "serverAuth") ||
      !AddExtension(server.get(), ca.get(), NID_subject_key_identifier, "hash") ||
      !AddExtension(server.get(), ca.get(), NID_authority_key_identifier, "keyid:always") ||
      !AddExtension(
          server.get(), ca.get(), NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1") ||
      X509_sign(server.get(), ca_key.get(), EVP_sha256()) == 0) {
    return Failed("make the server certificate");
  }
  Certificates made{.ca_pem = Pem(ca.get()), .server_chain_pem = "", .server_key_pem = ""};
  made.server_chain_pem = Pem(server.get()) + made.ca_pem;
  made.server_key_pem = Pem(server_key.get());
  return made;
}

}  // namespace colibri::venue_sim
