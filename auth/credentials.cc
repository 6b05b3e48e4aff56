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
  return prefix + "_API_";
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

absl::StatusOr<Credentials> LoadFromEnvironment(const CredentialSource& source) {
  ASSIGN_OR_RETURN(const std::string prefix, VariablePrefix(source.venue));
  const std::string key_name = prefix + "KEY";
  const std::string secret_name = prefix + "SECRET";
  const std::string_view key = Look(source.environment, key_name);
  const std::string_view secret = Look(source.environment, secret_name);
  if (key.empty() && secret.empty()) {
    return absl::NotFoundError(StrCat("no keys for ",
                                      source.venue,
                                      ": set ",
                                      key_name,
                                      " and ",
                                      secret_name,
                                      ", or name a credentials file of mode 0600"));
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
  Credentials credentials{.api_key = Secret(key),
                          .api_secret = Secret(secret),
                          .passphrase = Secret(Look(source.environment, prefix + "PASSPHRASE"))};
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
                          .passphrase = std::move(file.passphrase)};
  RETURN_IF_ERROR(CheckCredentials(credentials, StrCat("api_key in ", path), secret_origin));
  return credentials;
}

}  // namespace

Credentials Credentials::Clone() const {
  return {.api_key = api_key.Clone(),
          .api_secret = api_secret.Clone(),
          .passphrase = passphrase.Clone()};
}

std::ostream& operator<<(std::ostream& out, const Credentials& credentials) {
  const auto state = [](const Secret& secret) { return secret.empty() ? "none" : "REDACTED"; };
  return out << "api_key=" << state(credentials.api_key)
             << " api_secret=" << state(credentials.api_secret)
             << " passphrase=" << state(credentials.passphrase);
}

EnvironmentLookup ProcessEnvironment() {
  return [](const char* name) -> const char* { return std::getenv(name); };
}

absl::StatusOr<Credentials> LoadCredentials(const CredentialSource& source) {
  return source.file.empty() ? LoadFromEnvironment(source) : LoadFromFile(source.file);
}

}  // namespace colibri
