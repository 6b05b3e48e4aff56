// Reads a file that holds secrets, and only if nobody else can: a regular file of mode 0600 that
// belongs to the user of this process.
//
//   ASSIGN_OR_RETURN(Secret text, ReadSecretFile("keys/binance.yaml"));
//
// Thread: any. Errors: NotFound (no such file), PermissionDenied (unsafe mode or owner, with the
// command that mends it), InvalidArgument (no regular file, or too large), Unavailable (I/O).
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "auth/secret.h"
#include <sys/stat.h>
#include <sys/types.h>

namespace colibri {

// An RSA-4096 key in PEM has 3,300 bytes.
inline constexpr size_t kSecretFileSizeMax = 16 * 1024;

[[nodiscard]] absl::StatusOr<Secret> ReadSecretFile(const std::string& path);

// The judgement alone: `file` is what fstat said of the open file, `user` is the effective user id.
[[nodiscard]] absl::Status CheckSecretFile(const std::string& path,
                                           const struct stat& file,
                                           uid_t user);

}  // namespace colibri
