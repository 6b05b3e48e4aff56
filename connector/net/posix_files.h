// The real files: POSIX, locked against other processes, readable by the user alone.
//
//   PosixFiles files([&](std::function<void()> done) { asio::post(context, std::move(done)); });
//
// A file is held by flock: the error of who comes second names the process that holds it. Syncs
// beside the loop run on one thread, which the first of them starts and the destructor joins: it
// waits for a sync that is under way. Thread: the loop's.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "connector/files.h"

namespace colibri {

class PosixFiles final : public FileSystem {
 public:
  // From any thread: runs what it is given on the loop.
  using Post = std::function<void(std::function<void()>)>;

  // Without `post` no StartSync (CHECKed): for programs without a loop.
  explicit PosixFiles(Post post = nullptr);
  ~PosixFiles() override;

  absl::StatusOr<std::unique_ptr<AppendFile>> OpenToAppend(std::string_view path) override;
  absl::StatusOr<std::string> Read(std::string_view path) override;
  absl::Status Replace(std::string_view path, std::string_view content) override;
  absl::Status Rename(std::string_view from, std::string_view to) override;
  absl::Status Remove(std::string_view path) override;
  absl::StatusOr<std::vector<std::string>> List(std::string_view directory) override;

 private:
  class Syncer;
  class File;
  std::shared_ptr<Syncer> syncer_;
};

}  // namespace colibri
