// The parser of credentials files and the reader of keys survive any text, and no error of theirs
// quotes the input.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "auth/credential_file.h"
#include "auth/credentials.h"
#include "auth/ed25519_signer.h"
#include "auth/signer.h"
#include "core/check.h"

namespace {

void CheckFile(std::string_view text) {
  const auto file = colibri::ParseCredentialFile(text, "f");
  if (!file.ok()) {
    CHECK(!file.status().message().empty());
    return;
  }
  if (!file->wallet_key.empty()) {
    CHECK(!file->account_address.empty());
    CHECK(file->api_key.empty() && file->api_secret.empty() && file->api_secret_file.empty());
    return;
  }
  CHECK(!file->api_key.empty());
  CHECK(file->api_secret.empty() != file->api_secret_file.empty());
}

void CheckSecretTakesPartInNoError(std::string_view text) {
  const std::string marked = std::string(text) + "@hunter2@";
  const auto file = colibri::ParseCredentialFile(marked, "f");
  if (!file.ok()) {
    CHECK(file.status().ToString().find("@hunter2@") == std::string::npos);
  }
}

void CheckSigner(std::string_view text) {
  const auto signer =
      colibri::MakeSigner({.api_key = colibri::Secret("key"), .api_secret = colibri::Secret(text)});
  if (signer.ok()) {
    const std::string signature = (*signer)->Sign("a=1");
    CHECK(signature.size() == 64 || signature.size() == 88);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  CheckFile(text);
  CheckSecretTakesPartInNoError(text);
  CheckSigner(text);
  CheckSigner("-----BEGIN PRIVATE KEY-----\n" + std::string(text) +
              "\n-----END PRIVATE KEY-----\n");
  return 0;
}
