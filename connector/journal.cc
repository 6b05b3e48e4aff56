#include "connector/journal.h"

#include <algorithm>
#include <utility>

#include "connector/journal_scan.h"
#include "connector/log.h"
#include "core/check.h"
#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {
namespace {

// A file that can't be written anew is not tried again for every order.
constexpr absl::Duration kRepairInterval = absl::Seconds(1);
constexpr size_t kBufferSize = 4096;

absl::Status WithPath(std::string_view path, const absl::Status& status, std::string_view advice) {
  return absl::Status(status.code(), StrCat(path, ": ", Std(status.message()), advice));
}

std::string ArchivePath(std::string_view path, int number) {
  return StrCat(path, ".", number);
}

}  // namespace

std::string_view ToString(SyncPolicy policy) {
  switch (policy) {
    case SyncPolicy::kEveryIntent:
      return "every_intent";
    case SyncPolicy::kInterval:
      return "interval";
    case SyncPolicy::kNever:
      return "never";
  }
  return "unknown";
}

absl::StatusOr<SyncPolicy> ParseSyncPolicy(std::string_view text) {
  for (const SyncPolicy policy :
       {SyncPolicy::kEveryIntent, SyncPolicy::kInterval, SyncPolicy::kNever}) {
    if (text == ToString(policy)) {
      return policy;
    }
  }
  return absl::InvalidArgumentError(
      StrCat("unknown sync policy \"", text, "\": use every_intent, interval or never"));
}

struct Journal::Rep {
  Rep(Environment& the_environment,
      JournalOptions the_options,
      std::unique_ptr<AppendFile> the_file,
      JournalSession the_session)
      : clock(the_environment.clock()),
        files(the_environment.files()),
        options(std::move(the_options)),
        file(std::move(the_file)),
        session(std::move(the_session)),
        good_size(file->size()) {
    buffer.reserve(kBufferSize);
  }

  absl::Status Note(absl::Status result);
  absl::Status Write();
  absl::Status CutTo(uint64_t size);
  absl::Status SyncNow();
  absl::Status Repair();
  absl::Status WriteIntent();
  void ArmSync();
  void SyncBesideLoop();
  void ShiftArchives();
  void KeepWhatRotationLeft(std::string_view content);

  Clock& clock;
  FileSystem& files;
  JournalOptions options;
  std::unique_ptr<AppendFile> file;
  JournalSession session;
  Listener listener;
  absl::Status status;
  std::string buffer;       // the record that is being written
  uint64_t good_size;       // whole records end here; beyond is what failed
  uint64_t rotate_at = 0;   // bytes
  bool is_dirty = false;    // appended and not synced
  bool is_unsound = false;  // a sync failed: what was appended may be lost with the power
  bool is_repair_stuck = false;
  absl::Duration repair_not_before = -absl::InfiniteDuration();
  bool is_syncing = false;
  TimerId sync_timer = 0;
};

// Keeps the result as the state of the journal, and tells what is new.
absl::Status Journal::Rep::Note(absl::Status result) {
  const bool is_news = result.code() != status.code();
  status = result;
  if (is_news && listener) {
    listener(result);
  }
  return result;
}

absl::Status Journal::Rep::CutTo(uint64_t size) {
  good_size = size;
  return file->size() == size ? absl::OkStatus() : file->Truncate(size);
}

// The buffer to the end of the file, whole or not at all.
absl::Status Journal::Rep::Write() {
  RETURN_IF_ERROR(CutTo(good_size));
  if (absl::Status appended = file->Append(buffer); !appended.ok()) {
    CutTo(good_size).IgnoreError();  // else before the next one
    return appended;
  }
  good_size = file->size();
  is_dirty = true;
  return absl::OkStatus();
}

absl::Status Journal::Rep::SyncNow() {
  absl::Status synced = file->Sync();
  is_dirty = is_dirty && !synced.ok();
  is_unsound = is_unsound || !synced.ok();
  return synced;
}

// Writes the whole file anew: what the system gives back of it is checked first.
absl::Status Journal::Rep::Repair() {
  if (!is_unsound) {
    return absl::OkStatus();
  }
  if (clock.monotonic() < repair_not_before) {
    return status.ok() ? absl::UnavailableError(StrCat(options.path, ": waits to be written anew"))
                       : status;
  }
  repair_not_before = clock.monotonic() + kRepairInterval;
  is_repair_stuck = true;
  ASSIGN_OR_RETURN(std::string content, files.Read(options.path));
  content.resize(std::min<size_t>(content.size(), static_cast<size_t>(good_size)));
  const absl::StatusOr<JournalScan> scan = ScanJournal(content);
  if (!scan.ok() || scan->end != good_size) {
    return absl::DataLossError(StrCat(
        options.path, ": a sync failed, and the file can't be read back: rotation begins it anew"));
  }
  RETURN_IF_ERROR(file->StartOver(content, ""));
  is_unsound = false;
  is_repair_stuck = false;
  is_dirty = false;
  repair_not_before = -absl::InfiniteDuration();
  return absl::OkStatus();
}

absl::Status Journal::Rep::WriteIntent() {
  const bool is_synced_at_once = options.sync == SyncPolicy::kEveryIntent;
  if (is_synced_at_once) {
    RETURN_IF_ERROR(Repair());
  }
  const uint64_t before = good_size;
  RETURN_IF_ERROR(Write());
  if (!is_synced_at_once) {
    return absl::OkStatus();
  }
  absl::Status synced = SyncNow();
  if (!synced.ok()) {
    CutTo(before).IgnoreError();  // the order is not sent; else before the next one
  }
  return synced;
}

void Journal::Rep::ArmSync() {
  if (options.sync == SyncPolicy::kNever || !is_dirty || is_syncing || sync_timer != 0) {
    return;
  }
  sync_timer = clock.ScheduleAfter(options.sync_interval, [this] {
    sync_timer = 0;
    SyncBesideLoop();
  });
}

void Journal::Rep::SyncBesideLoop() {
  if (is_unsound) {
    // Reading and writing the whole file blocks the loop; it is the rare way out.
    Note(Repair()).IgnoreError();
    ArmSync();
    return;
  }
  if (!is_dirty) {
    return;
  }
  is_dirty = false;
  is_syncing = true;
  file->StartSync([this](absl::Status synced) {
    is_syncing = false;
    is_dirty = is_dirty || !synced.ok();
    is_unsound = is_unsound || !synced.ok();
    Note(std::move(synced)).IgnoreError();
    ArmSync();
  });
}

// path.0, which the rotation left, becomes path.1, that path.2 and so on, and the last one goes.
// What can't be moved is told and left: an archive less is better than no journal.
void Journal::Rep::ShiftArchives() {
  for (int number = options.archives_max; number >= 0; --number) {
    const std::string from = ArchivePath(options.path, number);
    const absl::Status moved = number == options.archives_max
                                   ? files.Remove(from)
                                   : files.Rename(from, ArchivePath(options.path, number + 1));
    if (!moved.ok() && !absl::IsNotFound(moved)) {
      LogWarning("journal_archive_stuck",
                 {{"path", from}, {"reason", std::string(Std(moved.message()))}});
    }
  }
}

// A crash within a rotation leaves path.0: the old file, or a second name of the one in use.
void Journal::Rep::KeepWhatRotationLeft(std::string_view content) {
  const std::string left = ArchivePath(options.path, 0);
  const absl::StatusOr<std::string> found = files.Read(left);
  if (found.ok() && *found != content) {
    ShiftArchives();  // the next rotation would write over it
  } else if (found.ok()) {
    files.Remove(left).IgnoreError();
  }
}

absl::StatusOr<OpenedJournal> Journal::Open(Environment& environment,
                                            JournalOptions options,
                                            std::string_view venue,
                                            std::string_view domain) {
  const std::string path = options.path;
  ASSIGN_OR_RETURN(std::unique_ptr<AppendFile> file, environment.files().OpenToAppend(path));
  ASSIGN_OR_RETURN(const std::string content, environment.files().Read(path));
  absl::StatusOr<JournalScan> scan = ScanJournal(content);
  if (!scan.ok()) {
    const bool is_broken = absl::IsDataLoss(scan.status());
    return WithPath(
        path,
        scan.status(),
        is_broken ? StrCat("; `colibri journal ", path, " --salvage` says what can be had of it")
                  : std::string("; move it away, or name another path"));
  }
  OpenedJournal opened;
  for (const ScannedRecord& scanned : scan->records) {
    const auto* const session = std::get_if<JournalSession>(&scanned.record);
    if (session != nullptr && (session->venue != venue || session->domain != domain)) {
      return absl::FailedPreconditionError(StrCat(path,
                                                  ": the journal of ",
                                                  session->venue,
                                                  " (",
                                                  session->domain,
                                                  "), not of ",
                                                  venue,
                                                  " (",
                                                  domain,
                                                  "): give each a path of its own"));
    }
    opened.state.Apply(scanned.record);
  }
  if (scan->has_torn_tail) {
    opened.warning = StrCat(path,
                            ": cut ",
                            content.size() - scan->end,
                            " bytes at offset ",
                            scan->end,
                            ", a record that was not written to its end");
    RETURN_IF_ERROR(file->Truncate(scan->end));
  }
  auto rep = std::make_unique<Rep>(environment,
                                   std::move(options),
                                   std::move(file),
                                   JournalSession{.venue = std::string(venue),
                                                  .domain = std::string(domain),
                                                  .at = environment.clock().now()});
  // An older program must not read what this one adds: soon it is a file of our version.
  rep->rotate_at = scan->version < kJournalVersion ? 0 : rep->options.rotate_bytes;
  rep->KeepWhatRotationLeft(content);
  if (rep->good_size == 0) {
    rep->buffer = JournalHeader();
  }
  AppendRecord(rep->session, rep->buffer);
  RETURN_IF_ERROR(rep->Write());
  if (rep->options.sync != SyncPolicy::kNever) {
    RETURN_IF_ERROR(rep->SyncNow());
  }
  opened.journal = std::unique_ptr<Journal>(new Journal(std::move(rep)));
  return opened;
}

Journal::Journal(std::unique_ptr<Rep> rep) : rep_(std::move(rep)) {}

Journal::~Journal() {
  rep_->clock.CancelTimer(rep_->sync_timer);
  if (rep_->is_dirty && rep_->options.sync != SyncPolicy::kNever) {
    if (const absl::Status synced = rep_->SyncNow(); !synced.ok()) {
      LogWarning("journal_not_synced",
                 {{"path", path()}, {"reason", std::string(Std(synced.message()))}});
    }
  }
}

void Journal::set_listener(Listener listener) {
  rep_->listener = std::move(listener);
}

absl::Status Journal::AppendIntent(const JournalIntent& intent) {
  rep_->buffer.clear();
  AppendRecord(intent, rep_->buffer);
  absl::Status written = rep_->Note(rep_->WriteIntent());
  rep_->ArmSync();
  return written;
}

absl::Status Journal::Append(const JournalRecord& record) {
  rep_->buffer.clear();
  AppendRecord(record, rep_->buffer);
  absl::Status written = rep_->Write();
  // A file that is not sound stays so, however well it takes more.
  if (!written.ok() || !rep_->is_unsound) {
    written = rep_->Note(std::move(written));
  }
  rep_->ArmSync();
  return written;
}

bool Journal::wants_rotation() const {
  return rep_->is_repair_stuck || rep_->good_size >= rep_->rotate_at;
}

absl::Status Journal::Rotate(const std::vector<JournalRecord>& kept) {
  std::string content = JournalHeader();
  rep_->session.at = rep_->clock.now();
  AppendRecord(rep_->session, content);
  for (const JournalRecord& record : kept) {
    AppendRecord(record, content);
  }
  // The archives move when it is done: tried again and again on a full disk, it would shift every
  // one of them out.
  const bool is_archived = rep_->options.archives_max > 0;
  absl::Status started =
      rep_->file->StartOver(content, is_archived ? ArchivePath(path(), 0) : std::string());
  if (started.ok() && is_archived) {
    rep_->ShiftArchives();
  }
  rep_->good_size = started.ok() ? rep_->file->size() : rep_->good_size;
  if (started.ok()) {
    rep_->is_unsound = false;
    rep_->is_repair_stuck = false;
    rep_->is_dirty = false;
    rep_->repair_not_before = -absl::InfiniteDuration();
    rep_->rotate_at = std::max(rep_->options.rotate_bytes, 2 * rep_->good_size);
  } else {
    rep_->rotate_at = rep_->good_size + rep_->good_size / 8;
  }
  return rep_->Note(std::move(started));
}

const absl::Status& Journal::status() const {
  return rep_->status;
}

const std::string& Journal::path() const {
  return rep_->options.path;
}

uint64_t Journal::size() const {
  return rep_->good_size;
}

}  // namespace colibri
