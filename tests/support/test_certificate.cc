#include "tests/support/test_certificate.h"

#include <memory>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "core/check.h"

namespace colibri {

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Key MakeKey() {
  return Key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
}

void AddExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  CHECK(extension != nullptr);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Certificate MakeCertificate(const std::string& name, int serial, EVP_PKEY* key) {
  Certificate certificate(X509_new(), &X509_free);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 86400);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()),
                             "CN",
                             MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()),
                             -1,
                             -1,
                             0);
  return certificate;
}

template <typename Write>
std::string ToPem(Write write) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), &BIO_free);
  CHECK(write(bio.get()) == 1);
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &bytes);
  return std::string(bytes, static_cast<size_t>(size));
}

}  // namespace

TestCertificate MakeTestCertificate(const std::string& names) {
  const Key ca_key = MakeKey();
  // A name of its own: OpenSSL looks for an authority by its name.
  static int authorities = 0;
  const Certificate ca =
      MakeCertificate("Colibri test authority " + std::to_string(++authorities), 1, ca_key.get());
  X509_set_issuer_name(ca.get(), X509_get_subject_name(ca.get()));
  AddExtension(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE");
  CHECK(X509_sign(ca.get(), ca_key.get(), EVP_sha256()) != 0);

  const Key key = MakeKey();
  const Certificate leaf = MakeCertificate("Colibri test server", 2, key.get());
  X509_set_issuer_name(leaf.get(), X509_get_subject_name(ca.get()));
  AddExtension(leaf.get(), ca.get(), NID_subject_alt_name, names);
  CHECK(X509_sign(leaf.get(), ca_key.get(), EVP_sha256()) != 0);

  return {.ca_pem = ToPem([&](BIO* bio) { return PEM_write_bio_X509(bio, ca.get()); }),
          .certificate_pem = ToPem([&](BIO* bio) { return PEM_write_bio_X509(bio, leaf.get()); }),
          .key_pem = ToPem([&](BIO* bio) {
            return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          })};
}

const TestCertificate& LocalhostCertificate() {
  static const TestCertificate& certificate =
      *new TestCertificate(MakeTestCertificate("DNS:localhost,IP:127.0.0.1,IP:::1"));
  return certificate;
}

}  // namespace colibri
