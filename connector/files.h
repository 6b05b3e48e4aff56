// Files, as the connector sees them: appended to, read whole, replaced whole.
//
//   ASSIGN_OR_RETURN(auto file, files.OpenToAppend("state/binance.journal"));
//   RETURN_IF_ERROR(file->Append(record));
//
// Real in AsioEnvironment; in memory, with crashes and full disks on demand, in simulation. Errors:
// NotFound, PermissionDenied, ResourceExhausted (the disk is full), FailedPrecondition (another
// process holds the file), Unavailable; each names path and step. Thread: the loop's. Close the
// files before their file system goes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace colibri {

// One file that grows at its end. Closed, and given free to others, by the destructor.
class AppendFile {
 public:
  virtual ~AppendFile() = default;
  // All of the bytes are with the operating system (they survive the process) when this is OK;
  // after an error any number of the first ones may be.
  virtual absl::Status Append(std::string_view bytes) = 0;
  virtual absl::Status Truncate(uint64_t size) = 0;
  // All that was appended survives a power loss when this is OK. Takes milliseconds. After an error
  // what was appended since the last OK may be lost in a power loss even if a later Sync is OK,
  // because the kernel tells of a failed write-back once: StartOver repairs that.
  virtual absl::Status Sync() = 0;
  // As Sync, beside the loop. `done` runs on the loop, unless the file is closed before. One at a
  // time: CHECKed.
  virtual void StartSync(std::function<void(absl::Status)> done) = 0;
  // Goes on as a new file with this content under the same path, durable when OK; the old one is
  // kept as `archive`, replacing what is there, or dropped when that is empty. Whatever happens
  // meanwhile, the path names the old file or the whole new one, and stays held.
  virtual absl::Status StartOver(std::string_view content, std::string_view archive) = 0;
  virtual uint64_t size() const = 0;
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;
  // Made when it is not there, readable by the user alone, in a directory that is made likewise.
  virtual absl::StatusOr<std::unique_ptr<AppendFile>> OpenToAppend(std::string_view path) = 0;
  virtual absl::StatusOr<std::string> Read(std::string_view path) = 0;
  // Old or new content, never a mixture, whatever happens meanwhile; durable when OK.
  virtual absl::Status Replace(std::string_view path, std::string_view content) = 0;
  // Durable, and replaces what `to` named.
  virtual absl::Status Rename(std::string_view from, std::string_view to) = 0;
  virtual absl::Status Remove(std::string_view path) = 0;
  // Names of the files in a directory, sorted; a directory that is not there has none.
  virtual absl::StatusOr<std::vector<std::string>> List(std::string_view directory) = 0;
};

}  // namespace colibri
