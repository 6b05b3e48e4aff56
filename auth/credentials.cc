#include "auth/credentials.h"

#include <cstdlib>
#include <ostream>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"

#include "auth/credential_file.h"
#include "auth/ed25519_signer.h"
#include "auth/secret_file.h"
#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {
namespace {

std::string_view Trimmed(std::string_view text) {
  return Std(absl::StripAsciiWhitespace(Abs(text)));
}

absl::StatusOr<std::string> VariablePrefix(std::string_view venue) {
  std::string prefix = "COLIBRI_";
  for (const char c : venue) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '_') {
      return absl::InvalidArgumentError(
          StrCat("venue '", venue, "' is no name of a venue: letters, digits and '_' only"));
    }
    prefix.push_back(absl::ascii_toupper(static_cast<unsigned char>(c)));
  }
  if (venue.empty()) {
    return absl::InvalidArgumentError("the venue whose keys to load has no name");
  }
  return prefix + "_";
}

// A variable that is set to nothing counts as not set: that is how shells clear one.
std::string_view Look(const EnvironmentLookup& environment, const std::string& name) {
  const char* const value = environment(name.c_str());
  return value == nullptr ? std::string_view() : Trimmed(value);
}

// A stray space, line break or control character comes from a bad paste; in a key it would end up
// in an HTTP header, in a secret it makes every signature wrong.
absl::Status CheckToken(const Secret& secret, std::string_view origin) {
  const std::string_view text = secret.reveal();
  for (size_t i = 0; i < text.size(); ++i) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    if (!absl::ascii_isgraph(c)) {
      return absl::InvalidArgumentError(
          StrCat(origin,
                 " has a space, a control or a non-ASCII character at offset ",
                 i,
                 "; paste it again"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckCredentials(const Credentials& credentials,
                              std::string_view key_origin,
                              std::string_view secret_origin) {
  RETURN_IF_ERROR(CheckToken(credentials.api_key, key_origin));
  if (LooksLikePem(credentials.api_secret.reveal())) {
    return absl::OkStatus();  // has lines, and is checked when it is parsed
  }
  return CheckToken(credentials.api_secret, secret_origin);
}

// `of` tells where a part came from: a variable's name, or a line of a file.
absl::Status CheckWallet(const Credentials& credentials,
                         const std::function<std::string(std::string_view part)>& of) {
  RETURN_IF_ERROR(CheckToken(credentials.wallet_key, of("wallet_key")));
  RETURN_IF_ERROR(CheckToken(Secret(credentials.account_address), of("account_address")));
  return CheckToken(Secret(credentials.vault_address), of("vault_address"));
}

absl::StatusOr<Credentials> LoadWallet(const CredentialSource& source, const std::string& prefix) {
  const auto name = [&](std::string_view part) {
    return prefix + absl::AsciiStrToUpper(Abs(part));
  };
  const std::string key_name = name("wallet_key");
  const std::string address_name = name("account_address");
  const std::string_view key = Look(source.environment, key_name);
  const std::string_view address = Look(source.environment, address_name);
  if (key.empty() || address.empty()) {
    // An agent's own address would not do: venues answer it with an empty account, not an error.
    return absl::InvalidArgumentError(StrCat("half of the wallet for ",
                                             source.venue,
                                             " is missing: ",
                                             key.empty() ? address_name : key_name,
                                             " is set; set ",
                                             key.empty() ? key_name : address_name,
                                             " too"));
  }
  Credentials credentials{
      .wallet_key = Secret(key),
      .account_address = std::string(address),
      .vault_address = std::string(Look(source.environment, name("vault_address")))};
  RETURN_IF_ERROR(CheckWallet(credentials, name));
  return credentials;
}

absl::StatusOr<Credentials> LoadFromEnvironment(const CredentialSource& source) {
  ASSIGN_OR_RETURN(const std::string prefix, VariablePrefix(source.venue));
  const std::string key_name = prefix + "API_KEY";
  const std::string secret_name = prefix + "API_SECRET";
  const std::string_view key = Look(source.environment, key_name);
  const std::string_view secret = Look(source.environment, secret_name);
  const bool has_wallet = !Look(source.environment, prefix + "WALLET_KEY").empty() ||
                          !Look(source.environment, prefix + "ACCOUNT_ADDRESS").empty();
  if (has_wallet && (!key.empty() || !secret.empty())) {
    return absl::InvalidArgumentError(
        StrCat("the environment has both an API key and a wallet for ",
               source.venue,
               "; unset ",
               prefix,
               "API_... or ",
               prefix,
               "WALLET_KEY and ",
               prefix,
               "ACCOUNT_ADDRESS"));
  }
  if (has_wallet) {
    return LoadWallet(source, prefix);
  }
  if (key.empty() && secret.empty()) {
    return absl::NotFoundError(StrCat("no keys for ",
                                      source.venue,
                                      ": set ",
                                      key_name,
                                      " and ",
                                      secret_name,
                                      " (where a wallet signs: ",
                                      prefix,
                                      "WALLET_KEY and ",
                                      prefix,
                                      "ACCOUNT_ADDRESS), or name a credentials file of mode 0600"));
  }
  if (key.empty() || secret.empty()) {
    return absl::InvalidArgumentError(StrCat("half of the keys for ",
                                             source.venue,
                                             " is missing: ",
                                             key.empty() ? secret_name : key_name,
                                             " is set; set ",
                                             key.empty() ? key_name : secret_name,
                                             " too"));
  }
  Credentials credentials{
      .api_key = Secret(key),
      .api_secret = Secret(secret),
      .passphrase = Secret(Look(source.environment, prefix + "API_PASSPHRASE"))};
  RETURN_IF_ERROR(CheckCredentials(credentials, key_name, secret_name));
  return credentials;
}

// `file` as seen from the folder of `from`.
std::string Beside(const std::string& from, const std::string& file) {
  const size_t slash = from.rfind('/');
  if (file.front() == '/' || slash == std::string::npos) {
    return file;
  }
  return from.substr(0, slash + 1) + file;
}

// A file that was asked for and is missing is a mistake: NotFound would read as "no keys wanted".
absl::StatusOr<Secret> ReadNamedFile(const std::string& path) {
  absl::StatusOr<Secret> text = ReadSecretFile(path);
  if (absl::IsNotFound(text.status())) {
    return absl::InvalidArgumentError(StrCat(
        "a key file is missing: ", text.status().message(), "; create it or correct its path"));
  }
  return text;
}

absl::StatusOr<Credentials> LoadFromFile(const std::string& path) {
  ASSIGN_OR_RETURN(const Secret text, ReadNamedFile(path));
  ASSIGN_OR_RETURN(CredentialFile file, ParseCredentialFile(text.reveal(), path));
  std::string secret_origin = StrCat("api_secret in ", path);
  if (!file.api_secret_file.empty()) {
    secret_origin = Beside(path, file.api_secret_file);
    ASSIGN_OR_RETURN(const Secret secret, ReadNamedFile(secret_origin));
    file.api_secret = Secret(Trimmed(secret.reveal()));
    if (file.api_secret.empty()) {
      return absl::InvalidArgumentError(
          StrCat(secret_origin, " is empty, and should hold the api_secret or a private key"));
    }
  }
  Credentials credentials{.api_key = std::move(file.api_key),
                          .api_secret = std::move(file.api_secret),
                          .passphrase = std::move(file.passphrase),
                          .wallet_key = std::move(file.wallet_key),
                          .account_address = std::move(file.account_address),
                          .vault_address = std::move(file.vault_address)};
  RETURN_IF_ERROR(CheckWallet(
      credentials, [&path](std::string_view part) { return StrCat(part, " in ", path); }));
  RETURN_IF_ERROR(CheckCredentials(credentials, StrCat("api_key in ", path), secret_origin));
  return credentials;
}

}  // namespace

Credentials Credentials::Clone() const {
  return {.api_key = api_key.Clone(),
          .api_secret = api_secret.Clone(),
          .passphrase = passphrase.Clone(),
          .wallet_key = wallet_key.Clone(),
          .account_address = account_address,
          .vault_address = vault_address};
}

std::ostream& operator<<(std::ostream& out, const Credentials& credentials) {
  const auto state = [](const Secret& secret) { return secret.empty() ? "none" : "REDACTED"; };
  out << "api_key=" << state(credentials.api_key) << " api_secret=" << state(credentials.api_secret)
      << " passphrase=" << state(credentials.passphrase);
  return credentials.wallet_key.empty() ? out : out << " wallet_key=REDACTED";
}

EnvironmentLookup ProcessEnvironment() {
  return [](const char* name) -> const char* { return std::getenv(name); };
}

absl::StatusOr<Credentials> LoadCredentials(const CredentialSource& source) {
  return source.file.empty() ? LoadFromEnvironment(source) : LoadFromFile(source.file);
}

}  // namespace colibri
