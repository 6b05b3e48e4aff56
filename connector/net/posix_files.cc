#include "connector/net/posix_files.h"

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

#include "connector/net/cpu_cores.h"
#include "core/check.h"
#include "core/status_macros.h"
#include "core/strings.h"
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace colibri {
namespace {

constexpr mode_t kFileMode = 0600;
constexpr mode_t kDirectoryMode = 0700;

absl::StatusCode CodeOf(int error) {
  switch (error) {
    case ENOENT:
      return absl::StatusCode::kNotFound;
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::StatusCode::kPermissionDenied;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return absl::StatusCode::kResourceExhausted;
    case EISDIR:
    case ENOTDIR:
    case ENAMETOOLONG:
      return absl::StatusCode::kInvalidArgument;
    default:
      return absl::StatusCode::kUnavailable;
  }
}

absl::Status Failed(std::string_view path, std::string_view step, int error = errno) {
  return absl::Status(CodeOf(error),
                      StrCat(path, ": can't ", step, ": ", std::generic_category().message(error)));
}

// Again while a signal interrupts it.
template <typename Call>
auto Retry(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) {
    result = call();
  }
  return result;
}

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() {
    if (number_ >= 0) {
      close(number_);
    }
  }

  bool is_open() const { return number_ >= 0; }
  int get() const { return number_; }

 private:
  int number_ = -1;
};

Descriptor Open(const std::string& path, int flags) {
  return Descriptor(
      Retry([&] { return open(path.c_str(), flags | O_CLOEXEC | O_NOCTTY, kFileMode); }));
}

std::string ParentOf(std::string_view path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

absl::Status SyncDirectory(const std::string& directory) {
  const Descriptor opened = Open(directory, O_RDONLY | O_DIRECTORY);
  if (!opened.is_open() || Retry([&] { return fsync(opened.get()); }) != 0) {
    // Some file systems have no sync of directories, and need none.
    return errno == EINVAL ? absl::OkStatus() : Failed(directory, "sync the directory");
  }
  return absl::OkStatus();
}

absl::Status MakeDirectories(const std::string& directory) {
  std::error_code ignored;
  if (std::filesystem::is_directory(directory, ignored)) {
    return absl::OkStatus();
  }
  const std::string parent = ParentOf(directory);
  if (parent != directory) {
    RETURN_IF_ERROR(MakeDirectories(parent));
  }
  if (mkdir(directory.c_str(), kDirectoryMode) != 0 && errno != EEXIST) {
    return Failed(directory, "make the directory");
  }
  return SyncDirectory(parent);
}

// All of it; `written` counts what is in the file even when the result is an error.
absl::Status WriteAll(int descriptor,
                      std::string_view bytes,
                      std::string_view path,
                      uint64_t& written) {
  while (!bytes.empty()) {
    const ssize_t count = Retry([&] { return write(descriptor, bytes.data(), bytes.size()); });
    if (count < 0) {
      return Failed(path, "write");
    }
    written += static_cast<uint64_t>(count);
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return absl::OkStatus();
}

absl::Status SyncData(int descriptor, std::string_view path) {
  return Retry([&] { return fdatasync(descriptor); }) == 0 ? absl::OkStatus()
                                                           : Failed(path, "sync");
}

absl::StatusOr<std::string> ReadAll(const std::string& path) {
  const Descriptor file = Open(path, O_RDONLY);
  if (!file.is_open()) {
    return Failed(path, "open");
  }
  std::string content;
  struct stat facts = {};
  if (fstat(file.get(), &facts) == 0 && facts.st_size > 0) {
    content.reserve(static_cast<size_t>(facts.st_size) + 1);
  }
  char part[1 << 16];
  while (true) {
    const ssize_t count = Retry([&] { return read(file.get(), part, sizeof(part)); });
    if (count < 0) {
      return Failed(path, "read");
    }
    if (count == 0) {
      return content;
    }
    content.append(part, static_cast<size_t>(count));
  }
}

// Under another name first, so that `path` never names half of it. The result is open, locked, and
// not yet renamed.
absl::StatusOr<Descriptor> WriteBeside(const std::string& beside, std::string_view content) {
  unlink(beside.c_str());
  Descriptor file = Open(beside, O_WRONLY | O_APPEND | O_CREAT | O_EXCL);
  if (!file.is_open()) {
    return Failed(beside, "create");
  }
  flock(file.get(), LOCK_EX | LOCK_NB);
  uint64_t written = 0;
  absl::Status status = WriteAll(file.get(), content, beside, written);
  if (status.ok()) {
    status = SyncData(file.get(), beside);
  }
  if (!status.ok()) {
    unlink(beside.c_str());
    return status;
  }
  return file;
}

absl::Status RenameDurably(const std::string& from, const std::string& to) {
  if (rename(from.c_str(), to.c_str()) != 0) {
    return Failed(from, StrCat("rename to ", to));
  }
  RETURN_IF_ERROR(SyncDirectory(ParentOf(to)));
  return ParentOf(from) == ParentOf(to) ? absl::OkStatus() : SyncDirectory(ParentOf(from));
}

// A line of /proc/locks: "1: FLOCK  ADVISORY  WRITE 4711 08:01:131 0 EOF". The device is not
// compared: overlay file systems tell another one there.
std::string HolderOf(const Descriptor& file) {
  struct stat facts = {};
  if (fstat(file.get(), &facts) != 0) {
    return "another process";
  }
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    int64_t process = 0;
    uint64_t inode = 0;
    if (std::sscanf(line.c_str(), "%*d: FLOCK %*s %*s %ld %*x:%*x:%lu", &process, &inode) == 2 &&
        inode == facts.st_ino && process > 0) {
      return process == getpid() ? "this process" : StrCat("process ", process);
    }
  }
  return "another process";
}

absl::Status Lock(const Descriptor& file, std::string_view path) {
  if (Retry([&] { return flock(file.get(), LOCK_EX | LOCK_NB); }) == 0) {
    return absl::OkStatus();
  }
  if (errno != EWOULDBLOCK) {
    return Failed(path, "lock");
  }
  return absl::FailedPreconditionError(
      StrCat(path,
             ": can't lock: ",
             HolderOf(file),
             " holds it; end that one, or give this one a file of its own"));
}

bool IsAtPath(const Descriptor& file, const std::string& path) {
  struct stat open_file = {};
  struct stat named = {};
  return fstat(file.get(), &open_file) == 0 && stat(path.c_str(), &named) == 0 &&
         open_file.st_ino == named.st_ino && open_file.st_dev == named.st_dev;
}

}  // namespace

// The thread of the syncs. Jobs that are queued when it stops are dropped.
class PosixFiles::Syncer {
 public:
  explicit Syncer(Post post) : post_(std::move(post)) {}

  void Start(std::function<void()> job) {
    CHECK(post_ != nullptr && "files without a loop sync at once only");
    const std::lock_guard lock(mutex_);
    if (is_stopped_) {
      return;
    }
    jobs_.push_back(std::move(job));
    if (!thread_.joinable()) {
      thread_ = std::thread([this] { Run(); });
    }
    changed_.notify_one();
  }

  void Stop() {
    {
      const std::lock_guard lock(mutex_);
      is_stopped_ = true;
      changed_.notify_one();
    }
    if (thread_.joinable()) {
      thread_.join();
    }
  }

  void PostToLoop(std::function<void()> done) { post_(std::move(done)); }

 private:
  void Run() {
    UnpinThisThread();
    while (true) {
      std::function<void()> job;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return is_stopped_ || !jobs_.empty(); });
        if (is_stopped_) {
          return;
        }
        job = std::move(jobs_.front());
        jobs_.pop_front();
      }
      job();
    }
  }

  Post post_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  bool is_stopped_ = false;
  std::thread thread_;
};

class PosixFiles::File final : public AppendFile {
 public:
  File(std::string path, Descriptor file, uint64_t size, std::shared_ptr<Syncer> syncer)
      : path_(std::move(path)),
        file_(std::make_shared<Descriptor>(std::move(file))),
        size_(size),
        syncer_(std::move(syncer)) {}

  absl::Status Append(std::string_view bytes) override {
    return WriteAll(file_->get(), bytes, path_, size_);
  }

  absl::Status Truncate(uint64_t size) override {
    if (Retry([&] { return ftruncate(file_->get(), static_cast<off_t>(size)); }) != 0) {
      return Failed(path_, "cut");
    }
    size_ = size;
    return absl::OkStatus();
  }

  absl::Status Sync() override { return SyncData(file_->get(), path_); }

  void StartSync(std::function<void(absl::Status)> done) override {
    CHECK(!is_syncing_);
    is_syncing_ = true;
    // The job holds the descriptor, not the file: that may be closed meanwhile. It can't hold the
    // syncer by pointer to be safe: it runs on its thread, which the syncer joins.
    syncer_->Start([syncer = syncer_.get(),
                    file = file_,
                    path = path_,
                    self = this,
                    open = std::weak_ptr(is_open_),
                    done = std::move(done)]() mutable {
      absl::Status synced = SyncData(file->get(), path);
      file.reset();
      syncer->PostToLoop(
          [self, open = std::move(open), done = std::move(done), synced = std::move(synced)] {
            if (!open.expired()) {
              self->is_syncing_ = false;
              done(synced);
            }
          });
    });
  }

  absl::Status StartOver(std::string_view content, std::string_view archive) override {
    const std::string beside = StrCat(path_, ".new");
    ASSIGN_OR_RETURN(Descriptor fresh, WriteBeside(beside, content));
    if (!archive.empty()) {
      if (absl::Status kept = Keep(std::string(archive)); !kept.ok()) {
        unlink(beside.c_str());
        return kept;
      }
    }
    if (rename(beside.c_str(), path_.c_str()) != 0) {
      const absl::Status failed = Failed(beside, StrCat("rename to ", path_));
      unlink(beside.c_str());
      return failed;
    }
    // From here on the path names the new file, come what may.
    file_ = std::make_shared<Descriptor>(std::move(fresh));
    size_ = content.size();
    return SyncDirectory(ParentOf(path_));
  }

  uint64_t size() const override { return size_; }

 private:
  // As a second name of the same file, or as a copy where a file can't have two.
  absl::Status Keep(const std::string& archive) {
    if (unlink(archive.c_str()) != 0 && errno != ENOENT) {
      return Failed(archive, "remove");
    }
    if (link(path_.c_str(), archive.c_str()) == 0) {
      return absl::OkStatus();
    }
    if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS) {
      return Failed(path_, StrCat("link to ", archive));
    }
    ASSIGN_OR_RETURN(const std::string content, ReadAll(path_));
    return WriteBeside(archive, content).status();
  }

  std::string path_;
  std::shared_ptr<Descriptor> file_;
  uint64_t size_;
  std::shared_ptr<Syncer> syncer_;
  bool is_syncing_ = false;
  std::shared_ptr<bool> is_open_ = std::make_shared<bool>(true);
};

PosixFiles::PosixFiles(Post post) : syncer_(std::make_shared<Syncer>(std::move(post))) {}

PosixFiles::~PosixFiles() {
  syncer_->Stop();
}

absl::StatusOr<std::unique_ptr<AppendFile>> PosixFiles::OpenToAppend(std::string_view path) {
  const std::string name(path);
  const std::string parent = ParentOf(path);
  RETURN_IF_ERROR(MakeDirectories(parent));
  while (true) {
    Descriptor file = Open(name, O_WRONLY | O_APPEND);
    const bool is_new = !file.is_open() && errno == ENOENT;
    if (is_new) {
      file = Open(name, O_WRONLY | O_APPEND | O_CREAT);
    }
    if (!file.is_open()) {
      return Failed(path, "open to append");
    }
    struct stat facts = {};
    if (fstat(file.get(), &facts) != 0) {
      return Failed(path, "ask for the size");
    }
    if (S_ISREG(facts.st_mode)) {  // a device is everybody's
      RETURN_IF_ERROR(Lock(file, path));
      if (!IsAtPath(file, name)) {
        continue;  // replaced by its holder between opening and locking
      }
      if (fstat(file.get(), &facts) != 0) {
        return Failed(path, "ask for the size");
      }
    }
    if (is_new) {
      RETURN_IF_ERROR(SyncDirectory(parent));
    }
    return std::make_unique<File>(
        name, std::move(file), static_cast<uint64_t>(facts.st_size), syncer_);
  }
}

absl::StatusOr<std::string> PosixFiles::Read(std::string_view path) {
  return ReadAll(std::string(path));
}

absl::Status PosixFiles::Replace(std::string_view path, std::string_view content) {
  const std::string name(path);
  const std::string beside = StrCat(path, ".new");
  RETURN_IF_ERROR(MakeDirectories(ParentOf(path)));
  RETURN_IF_ERROR(WriteBeside(beside, content).status());
  return RenameDurably(beside, name);
}

absl::Status PosixFiles::Rename(std::string_view from, std::string_view to) {
  return RenameDurably(std::string(from), std::string(to));
}

absl::Status PosixFiles::Remove(std::string_view path) {
  const std::string name(path);
  return unlink(name.c_str()) == 0 ? absl::OkStatus() : Failed(path, "remove");
}

absl::StatusOr<std::vector<std::string>> PosixFiles::List(std::string_view directory) {
  std::error_code error;
  std::vector<std::string> names;
  std::filesystem::directory_iterator entries(std::filesystem::path(directory), error);
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    if (entries->is_regular_file(error)) {
      names.push_back(entries->path().filename().string());
    }
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return Failed(directory, "list", error.value());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace colibri
