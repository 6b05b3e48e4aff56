#include "auth/credential_file.h"

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"

#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {
namespace {

constexpr std::string_view kKnownKeys =
    "api_key, api_secret, api_secret_file, passphrase, wallet_key, account_address, vault_address";

std::string_view Trimmed(std::string_view text) {
  return Std(absl::StripAsciiWhitespace(Abs(text)));
}

struct Line {
  std::string_view name;  // of the file
  size_t number;
};

absl::Status LineError(const Line& line, std::string_view what) {
  return absl::InvalidArgumentError(StrCat(line.name, ":", line.number, ": ", what));
}

// The value without its quotes or its trailing comment. A '#' starts a comment only after a space,
// because a pass phrase may contain one.
absl::StatusOr<std::string_view> ParseValue(std::string_view text, const Line& line) {
  text = Trimmed(text);
  if (!text.empty() && (text.front() == '"' || text.front() == '\'')) {
    const size_t end = text.find(text.front(), 1);
    if (end == std::string_view::npos) {
      return LineError(line, "the quoted value has no closing quote");
    }
    const std::string_view rest = Trimmed(text.substr(end + 1));
    if (!rest.empty() && rest.front() != '#') {
      return LineError(line, "there is text after the closing quote");
    }
    return text.substr(1, end - 1);
  }
  if (!text.empty() && text.front() == '#') {
    return std::string_view();
  }
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '#' && (text[i - 1] == ' ' || text[i - 1] == '\t')) {
      return Trimmed(text.substr(0, i));
    }
  }
  return text;
}

template <typename Text>  // Secret or std::string
absl::Status Store(std::string_view value, Text& out, const Line& line) {
  if (!out.empty()) {
    return LineError(line, "this key was given before; keep one of the two lines");
  }
  out = Text(value);
  return absl::OkStatus();
}

absl::Status StoreValue(std::string_view key,
                        std::string_view value,
                        CredentialFile& out,
                        const Line& line) {
  if (key == "api_key") {
    return Store(value, out.api_key, line);
  }
  if (key == "api_secret") {
    return Store(value, out.api_secret, line);
  }
  if (key == "api_secret_file") {
    return Store(value, out.api_secret_file, line);
  }
  if (key == "passphrase") {
    return Store(value, out.passphrase, line);
  }
  if (key == "wallet_key") {
    return Store(value, out.wallet_key, line);
  }
  if (key == "account_address") {
    return Store(value, out.account_address, line);
  }
  return Store(value, out.vault_address, line);
}

bool IsKnownKey(std::string_view key) {
  return key == "api_key" || key == "api_secret" || key == "api_secret_file" ||
         key == "passphrase" || key == "wallet_key" || key == "account_address" ||
         key == "vault_address";
}

bool IsWallet(const CredentialFile& file) {
  return !file.wallet_key.empty() || !file.account_address.empty() || !file.vault_address.empty();
}

absl::Status CheckWalletLines(const CredentialFile& file, std::string_view name) {
  if (!file.api_key.empty() || !file.api_secret.empty() || !file.api_secret_file.empty() ||
      !file.passphrase.empty()) {
    return absl::InvalidArgumentError(
        StrCat(name, " has lines of an API key and of a wallet; keep those of one"));
  }
  if (file.wallet_key.empty() || file.account_address.empty()) {
    return absl::InvalidArgumentError(
        StrCat(name,
               " has no line `",
               file.wallet_key.empty() ? "wallet_key" : "account_address",
               ": ...`, which a wallet needs"));
  }
  return absl::OkStatus();
}

absl::Status ParseLine(std::string_view text, const Line& line, CredentialFile& out) {
  text = Trimmed(text);
  if (text.empty() || text.front() == '#') {
    return absl::OkStatus();
  }
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    return LineError(line, "expected `key: value`, and there is no ':'");
  }
  const std::string_view key = Trimmed(text.substr(0, colon));
  ASSIGN_OR_RETURN(const std::string_view value, ParseValue(text.substr(colon + 1), line));
  if (!IsKnownKey(key)) {
    // The key is not printed: on a line that is out of place it may be part of a secret.
    return LineError(line, StrCat("unknown key; the known ones are ", kKnownKeys));
  }
  if (value.empty()) {
    return LineError(line, StrCat(key, " has no value"));
  }
  return StoreValue(key, value, out, line);
}

}  // namespace

absl::StatusOr<CredentialFile> ParseCredentialFile(std::string_view text, std::string_view name) {
  CredentialFile file;
  Line line{name, 0};
  while (!text.empty()) {
    ++line.number;
    const size_t end = text.find('\n');
    RETURN_IF_ERROR(ParseLine(text.substr(0, end), line, file));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  if (IsWallet(file)) {
    RETURN_IF_ERROR(CheckWalletLines(file, name));
    return file;
  }
  if (file.api_key.empty()) {
    return absl::InvalidArgumentError(StrCat(name, " has no line `api_key: ...`"));
  }
  const bool has_secret = !file.api_secret.empty();
  const bool has_secret_file = !file.api_secret_file.empty();
  if (has_secret && has_secret_file) {
    return absl::InvalidArgumentError(
        StrCat(name, " has both api_secret and api_secret_file; keep one of the two lines"));
  }
  if (!has_secret && !has_secret_file) {
    return absl::InvalidArgumentError(
        StrCat(name, " has no line `api_secret: ...` or `api_secret_file: PATH`"));
  }
  return file;
}

}  // namespace colibri
