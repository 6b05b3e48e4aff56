#include "auth/secret_file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>

#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {
namespace {

constexpr mode_t kPermissionBits = 07777;
constexpr mode_t kOnlyAllowedMode = 0600;

class OpenFile final {
 public:
  explicit OpenFile(int descriptor) : descriptor_(descriptor) {}
  ~OpenFile() {
    if (descriptor_ >= 0) {
      close(descriptor_);
    }
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

// A path as one word of a shell, for commands that a user pastes.
std::string ShellQuoted(std::string_view path) {
  std::string out = "'";
  for (const char c : path) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out.push_back(c);
    }
  }
  return out + "'";
}

std::string Octal(mode_t mode) {
  char text[8];
  std::snprintf(text, sizeof(text), "%04o", static_cast<unsigned>(mode & kPermissionBits));
  return text;
}

absl::Status OpenError(const std::string& path, int error) {
  const std::string message = StrCat("cannot open ", path, ": ", std::strerror(error));
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return absl::NotFoundError(message);
    case EACCES:
    case EPERM:
      return absl::PermissionDeniedError(message);
    case ELOOP:
    case ENAMETOOLONG:
      return absl::InvalidArgumentError(message);
    default:
      return absl::UnavailableError(message);
  }
}

// A buffer of the largest size, wiped however the function that holds it returns.
struct WipedBuffer {
  ~WipedBuffer() { WipeMemory(bytes.data(), bytes.size()); }
  std::array<char, kSecretFileSizeMax + 1> bytes;
};

}  // namespace

absl::Status CheckSecretFile(const std::string& path, const struct stat& file, uid_t user) {
  if (!S_ISREG(file.st_mode)) {
    return absl::InvalidArgumentError(StrCat(path, " is not a regular file"));
  }
  if (file.st_uid != user) {
    return absl::PermissionDeniedError(
        StrCat(path,
               " belongs to user id ",
               file.st_uid,
               " and this program runs as ",
               user,
               ": whoever owns a file can read and replace its keys; copy it to one of your own"));
  }
  if ((file.st_mode & kPermissionBits) != kOnlyAllowedMode) {
    return absl::PermissionDeniedError(StrCat(path,
                                              " has mode ",
                                              Octal(file.st_mode),
                                              " and must have 0600, because it holds secrets; run: "
                                              "chmod 600 ",
                                              ShellQuoted(path)));
  }
  if (file.st_size > static_cast<off_t>(kSecretFileSizeMax)) {
    return absl::InvalidArgumentError(
        StrCat(path, " has ", file.st_size, " bytes, and a key file at most ", kSecretFileSizeMax));
  }
  return absl::OkStatus();
}

absl::StatusOr<Secret> ReadSecretFile(const std::string& path) {
  // The open file is judged, not the name, so that nobody can exchange it in between; a symbolic
  // link is as good as the file behind it. O_NONBLOCK: opening a FIFO must not hang.
  const OpenFile file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.descriptor() < 0) {
    return OpenError(path, errno);
  }
  struct stat facts;
  if (fstat(file.descriptor(), &facts) != 0) {
    return absl::UnavailableError(StrCat("cannot stat ", path, ": ", std::strerror(errno)));
  }
  RETURN_IF_ERROR(CheckSecretFile(path, facts, geteuid()));

  WipedBuffer buffer;
  size_t size = 0;
  while (size < buffer.bytes.size()) {
    const ssize_t count =
        read(file.descriptor(), buffer.bytes.data() + size, buffer.bytes.size() - size);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      return absl::UnavailableError(StrCat("cannot read ", path, ": ", std::strerror(errno)));
    }
    if (count == 0) {
      return Secret(std::string_view(buffer.bytes.data(), size));
    }
    size += static_cast<size_t>(count);
  }
  return absl::InvalidArgumentError(
      StrCat(path, " grew beyond ", kSecretFileSizeMax, " bytes while it was read"));
}

}  // namespace colibri
