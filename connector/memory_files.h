// Files in memory for simulation: they outlive the "process" that wrote them, and fail on demand.
//
//   MemoryFiles disk;
//   disk.CrashAfter(137, [&] { is_crashed = true; });   // 137 more bytes reach the disk, no more
//   disk.set_bytes_free(0);                             // a full disk
//
// Thread: one.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connector/files.h"

namespace colibri {

class MemoryFiles final : public FileSystem {
 public:
  MemoryFiles();
  ~MemoryFiles() override;

  absl::StatusOr<std::unique_ptr<AppendFile>> OpenToAppend(std::string_view path) override;
  absl::StatusOr<std::string> Read(std::string_view path) override;
  absl::Status Replace(std::string_view path, std::string_view content) override;
  absl::Status Rename(std::string_view from, std::string_view to) override;
  absl::Status Remove(std::string_view path) override;
  absl::StatusOr<std::vector<std::string>> List(std::string_view directory) override;

  // After so many more appended bytes the process is dead: what is beyond is not stored, every
  // later call is Aborted, and `crashed` is called at that moment, once.
  void CrashAfter(uint64_t bytes, std::function<void()> crashed);
  // The process is dead now.
  void Crash();
  // A new process: the locks of the dead one are gone, calls work again. Files opened before go on
  // being dead.
  void Restart();
  // Also loses what was appended since the last Sync, as a power loss does.
  void LosePower();
  bool is_crashed() const;

  // Appends beyond fail with ResourceExhausted, and store what fits; nullopt: as many as one likes.
  void set_bytes_free(std::optional<uint64_t> bytes);
  // The next `count` syncs fail.
  void FailSyncs(int count);

  // Direct access for tests: content as it is on the disk.
  std::string* Find(std::string_view path);

 private:
  struct Disk;
  class File;
  std::shared_ptr<Disk> disk_;
};

}  // namespace colibri
