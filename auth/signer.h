// Signs payloads with whatever key a user was given, so that a venue's Auth need not know which.
//
//   ASSIGN_OR_RETURN(std::unique_ptr<Signer> signer, MakeSigner(credentials));
//   request.AddParameter("signature", signer->Sign(request.query));
//
// Thread: any; signing changes nothing in the object.

#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

#include "auth/credentials.h"

namespace colibri {

enum class SignatureKind {
  kHmacSha256Hex,  // 64 lower-case hex digits
  kEd25519Base64,  // 88 characters; '+', '/' and '=' need percent-encoding in a URL
};

class Signer {
 public:
  // Room that is enough for a signature of every kind.
  static constexpr size_t kSizeMax = 88;

  virtual ~Signer() = default;

  [[nodiscard]] virtual SignatureKind kind() const = 0;

  // Writes the text of the signature to `out`, which has room for kSizeMax characters, and returns
  // its length. HMAC allocates nothing.
  virtual size_t SignTo(std::string_view payload, absl::Span<char> out) const = 0;

  [[nodiscard]] std::string Sign(std::string_view payload) const;
};

// A signer for the secret of `credentials`: PEM means Ed25519, anything else is an HMAC key. A PEM
// of another algorithm is InvalidArgument, and so is a missing secret. The secret is not kept as
// text: the credentials may be destroyed.
[[nodiscard]] absl::StatusOr<std::unique_ptr<Signer>> MakeSigner(const Credentials& credentials);

}  // namespace colibri
