// Keys for tests. Private ones are made when asked for, so that none stands in the tree but the one
// whose seed is the bytes 00..1f.
//
//   Ed25519Signer::FromPem(NewRsaPem())   // InvalidArgument
#pragma once

#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "auth/encoding.h"

namespace colibri {

// PKCS#8 of the seed 00..1f.
inline constexpr std::string_view kEd25519Pem =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n"
    "-----END PRIVATE KEY-----\n";

// Its public key, as hex.
inline constexpr std::string_view kEd25519PublicKey =
    "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8";

inline std::string Ed25519Seed() {
  std::string seed(32, '\0');
  for (size_t i = 0; i < seed.size(); ++i) {
    seed[i] = static_cast<char>(i);
  }
  return seed;
}

// What `write` puts into a BIO.
template <typename Write>
std::string PemText(Write write) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), &BIO_free);
  write(bio.get());
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return std::string(text, static_cast<size_t>(size));
}

using TestKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

inline std::string PrivatePem(const TestKey& key) {
  return PemText([&](BIO* bio) {
    PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

inline TestKey PublicKeyFromPem(std::string_view pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  return TestKey(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
}

// RSASSA-PKCS1-v1_5 for an RSA key.
inline bool VerifiesWithSha256(const TestKey& key,
                               const std::string& payload,
                               const std::string& signature) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  return EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(),
                          AsBytes(signature).data(),
                          signature.size(),
                          AsBytes(payload).data(),
                          payload.size()) == 1;
}

inline TestKey NewRsaKey() {
  return TestKey(EVP_RSA_gen(1024), &EVP_PKEY_free);
}

inline std::string NewRsaPem() {
  return PrivatePem(NewRsaKey());
}

// The older form, -----BEGIN RSA PRIVATE KEY-----.
inline std::string NewTraditionalRsaPem() {
  const TestKey key = NewRsaKey();
  return PemText([&](BIO* bio) {
    PEM_write_bio_PrivateKey_traditional(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

inline std::string NewEcPem() {
  return PrivatePem(TestKey(EVP_EC_gen("P-256"), &EVP_PKEY_free));
}

inline TestKey NewEd25519Key() {
  return TestKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), &EVP_PKEY_free);
}

inline std::string NewPublicPem() {
  const TestKey key = NewEd25519Key();
  return PemText([&](BIO* bio) { PEM_write_bio_PUBKEY(bio, key.get()); });
}

inline std::string NewEncryptedPem() {
  const TestKey key = NewEd25519Key();
  return PemText([&](BIO* bio) {
    PEM_write_bio_PKCS8PrivateKey(
        bio, key.get(), EVP_aes_256_cbc(), "hunter2", 7, nullptr, nullptr);
  });
}

}  // namespace colibri
