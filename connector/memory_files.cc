#include "connector/memory_files.h"

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {
namespace {

absl::Status Dead(std::string_view path) {
  return absl::AbortedError(StrCat(path, ": the process is dead"));
}

}  // namespace

struct MemoryFiles::Disk {
  struct Content {
    std::string bytes;
    size_t synced = 0;      // so many survive a power loss, but for the hole
    size_t hole_begin = 0;  // what a failed sync dropped: no later one brings it to the disk
    size_t hole_end = 0;
    const void* holder = nullptr;  // the open file

    void Truncate(size_t size) {
      bytes.resize(std::min(bytes.size(), size));
      synced = std::min(synced, bytes.size());
      hole_begin = std::min(hole_begin, bytes.size());
      hole_end = std::min(hole_end, bytes.size());
    }
    void LosePower() {
      Truncate(synced);
      std::fill(bytes.begin() + static_cast<ptrdiff_t>(hole_begin),
                bytes.begin() + static_cast<ptrdiff_t>(hole_end),
                '\0');
    }
    void NoteFailedSync() {
      hole_begin = hole_end > hole_begin ? std::min(hole_begin, synced) : synced;
      hole_end = bytes.size();
    }
  };

  bool is_alive(int64_t of_process) const { return !is_crashed && process == of_process; }

  uint64_t used() const {
    uint64_t sum = 0;
    for (const auto& [path, content] : contents) {
      sum += content->bytes.size();
    }
    return sum;
  }

  void Crash() {
    is_crashed = true;
    crash_after.reset();
    if (const auto told = std::exchange(crashed, nullptr); told != nullptr) {
      told();
    }
  }

  absl::Status TakeSync(std::string_view path) {
    if (syncs_to_fail > 0) {
      --syncs_to_fail;
      return absl::UnavailableError(StrCat(path, ": can't sync: input/output error"));
    }
    return absl::OkStatus();
  }

  // As much of it as reaches the disk.
  absl::Status Write(std::string_view path, std::string_view bytes, std::string& to) {
    size_t fitting = bytes.size();
    if (capacity.has_value()) {
      const uint64_t free = *capacity - std::min(*capacity, used());
      fitting = static_cast<size_t>(std::min<uint64_t>(fitting, free));
    }
    const bool dies = crash_after.has_value() && *crash_after <= fitting;
    const size_t stored = dies ? static_cast<size_t>(*crash_after) : fitting;
    to.append(bytes.substr(0, stored));
    if (dies) {
      Crash();
      return Dead(path);
    }
    if (crash_after.has_value()) {
      *crash_after -= stored;
    }
    return stored == bytes.size() ? absl::OkStatus()
                                  : absl::ResourceExhaustedError(
                                        StrCat(path, ": can't write: no space left on the disk"));
  }

  std::map<std::string, std::shared_ptr<Content>, std::less<>> contents;
  int64_t process = 0;
  bool is_crashed = false;
  std::optional<uint64_t> crash_after;
  std::function<void()> crashed;
  std::optional<uint64_t> capacity;
  int syncs_to_fail = 0;
  Clock* clock = nullptr;
};

class MemoryFiles::File final : public AppendFile {
 public:
  File(std::string_view path, std::shared_ptr<Disk> disk, std::shared_ptr<Disk::Content> content)
      : path_(path),
        disk_(std::move(disk)),
        content_(std::move(content)),
        process_(disk_->process) {
    content_->holder = this;
  }
  ~File() override {
    if (content_->holder == this) {
      content_->holder = nullptr;
    }
  }

  absl::Status Append(std::string_view bytes) override {
    RETURN_IF_ERROR(CheckAlive());
    return disk_->Write(path_, bytes, content_->bytes);
  }

  absl::Status Truncate(uint64_t size) override {
    RETURN_IF_ERROR(CheckAlive());
    CHECK(size <= content_->bytes.size());
    content_->Truncate(static_cast<size_t>(size));
    return absl::OkStatus();
  }

  absl::Status Sync() override {
    RETURN_IF_ERROR(CheckAlive());
    absl::Status synced = disk_->TakeSync(path_);
    if (synced.ok()) {
      content_->synced = content_->bytes.size();
    } else {
      content_->NoteFailedSync();
    }
    return synced;
  }

  void StartSync(std::function<void(absl::Status)> done) override {
    CHECK(!is_syncing_);
    if (disk_->clock == nullptr) {
      done(Sync());
      return;
    }
    is_syncing_ = true;
    // What is appended until then is synced too, as by a real disk that is slow to begin.
    disk_->clock->ScheduleAfter(kSyncTime,
                                [this, open = std::weak_ptr(is_open_), done = std::move(done)] {
                                  if (!open.expired()) {
                                    is_syncing_ = false;
                                    done(Sync());
                                  }
                                });
  }

  absl::Status StartOver(std::string_view content, std::string_view archive) override {
    RETURN_IF_ERROR(CheckAlive());
    auto fresh = std::make_shared<Disk::Content>();
    RETURN_IF_ERROR(disk_->Write(path_, content, fresh->bytes));
    RETURN_IF_ERROR(disk_->TakeSync(path_));
    fresh->synced = fresh->bytes.size();
    content_->holder = nullptr;
    if (!archive.empty()) {
      disk_->contents[std::string(archive)] = content_;
    }
    fresh->holder = this;
    content_ = fresh;
    disk_->contents[path_] = std::move(fresh);
    return absl::OkStatus();
  }

  uint64_t size() const override { return content_->bytes.size(); }

 private:
  absl::Status CheckAlive() const {
    return disk_->is_alive(process_) ? absl::OkStatus() : Dead(path_);
  }

  std::string path_;
  std::shared_ptr<Disk> disk_;
  std::shared_ptr<Disk::Content> content_;
  int64_t process_;
  bool is_syncing_ = false;
  std::shared_ptr<bool> is_open_ = std::make_shared<bool>(true);
};

MemoryFiles::MemoryFiles() : disk_(std::make_shared<Disk>()) {}

MemoryFiles::~MemoryFiles() = default;

absl::StatusOr<std::unique_ptr<AppendFile>> MemoryFiles::OpenToAppend(std::string_view path) {
  if (disk_->is_crashed) {
    return Dead(path);
  }
  std::shared_ptr<Disk::Content>& content = disk_->contents[std::string(path)];
  if (content == nullptr) {
    content = std::make_shared<Disk::Content>();
  }
  if (content->holder != nullptr) {
    return absl::FailedPreconditionError(
        StrCat(path, ": can't lock: it is open already; give each connector a file of its own"));
  }
  return std::make_unique<File>(path, disk_, content);
}

absl::StatusOr<std::string> MemoryFiles::Read(std::string_view path) {
  if (disk_->is_crashed) {
    return Dead(path);
  }
  const std::string* const bytes = Find(path);
  if (bytes == nullptr) {
    return absl::NotFoundError(StrCat(path, ": can't open: no such file"));
  }
  return *bytes;
}

absl::Status MemoryFiles::Replace(std::string_view path, std::string_view content) {
  if (disk_->is_crashed) {
    return Dead(path);
  }
  auto fresh = std::make_shared<Disk::Content>();
  RETURN_IF_ERROR(disk_->Write(path, content, fresh->bytes));
  RETURN_IF_ERROR(disk_->TakeSync(path));
  fresh->synced = fresh->bytes.size();
  disk_->contents[std::string(path)] = std::move(fresh);
  return absl::OkStatus();
}

absl::Status MemoryFiles::Rename(std::string_view from, std::string_view to) {
  if (disk_->is_crashed) {
    return Dead(from);
  }
  const auto found = disk_->contents.find(from);
  if (found == disk_->contents.end()) {
    return absl::NotFoundError(StrCat(from, ": can't rename to ", to, ": no such file"));
  }
  std::shared_ptr<Disk::Content> content = std::move(found->second);
  disk_->contents.erase(found);
  disk_->contents[std::string(to)] = std::move(content);
  return absl::OkStatus();
}

absl::Status MemoryFiles::Remove(std::string_view path) {
  if (disk_->is_crashed) {
    return Dead(path);
  }
  const auto found = disk_->contents.find(path);
  if (found == disk_->contents.end()) {
    return absl::NotFoundError(StrCat(path, ": can't remove: no such file"));
  }
  disk_->contents.erase(found);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> MemoryFiles::List(std::string_view directory) {
  if (disk_->is_crashed) {
    return Dead(directory);
  }
  std::string prefix(directory);
  if (!prefix.empty() && prefix.back() != '/') {
    prefix += '/';
  }
  std::vector<std::string> names;
  for (const auto& [path, content] : disk_->contents) {
    if (path.starts_with(prefix) && path.find('/', prefix.size()) == std::string::npos) {
      names.push_back(path.substr(prefix.size()));
    }
  }
  return names;
}

void MemoryFiles::UseClock(Clock& clock) {
  disk_->clock = &clock;
}

void MemoryFiles::LeaveClock(Clock& clock) {
  if (disk_->clock == &clock) {
    disk_->clock = nullptr;
  }
}

void MemoryFiles::CrashAfter(uint64_t bytes, std::function<void()> crashed) {
  disk_->crash_after = bytes;
  disk_->crashed = std::move(crashed);
}

void MemoryFiles::Crash() {
  disk_->Crash();
}

void MemoryFiles::Restart() {
  disk_->is_crashed = false;
  disk_->crash_after.reset();
  disk_->crashed = nullptr;
  ++disk_->process;
  for (const auto& [path, content] : disk_->contents) {
    content->holder = nullptr;
  }
}

void MemoryFiles::LosePower() {
  for (const auto& [path, content] : disk_->contents) {
    content->LosePower();
  }
  disk_->Crash();
}

bool MemoryFiles::is_crashed() const {
  return disk_->is_crashed;
}

void MemoryFiles::set_bytes_free(std::optional<uint64_t> bytes) {
  disk_->capacity = bytes;
  if (disk_->capacity.has_value()) {
    *disk_->capacity += disk_->used();
  }
}

void MemoryFiles::FailSyncs(int count) {
  disk_->syncs_to_fail = count;
}

std::string* MemoryFiles::Find(std::string_view path) {
  const auto found = disk_->contents.find(path);
  return found == disk_->contents.end() ? nullptr : &found->second->bytes;
}

}  // namespace colibri
