// The write-ahead journal of one connector: what it is about to do, and what it has said.
//
//   ASSIGN_OR_RETURN(OpenedJournal opened, Journal::Open(environment, options, venue, domain));
//   RETURN_IF_ERROR(opened.journal->AppendIntent(JournalIntent{order}));     // then send
//
// A torn tail is cut at opening, with a warning; a broken middle is DataLoss with path and offset,
// and says what `colibri journal --salvage` is for. Every append is with the operating system when
// it returns, so it survives the process; what survives a power loss is the sync policy's. A failed
// append leaves the file as it was (the next one cuts off what was written of it). After a failed
// sync the file is written anew before the next intent, because the system may have dropped what it
// could not write.
//
// When the file has grown beyond rotate_bytes it wants_rotation: Rotate begins a new file with what
// is given, keeps the old one as path.1 (path.2, ... up to archives_max) and goes on. A crash
// meanwhile leaves the old file or the new one. Thread: the loop's.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "connector/environment.h"
#include "connector/files.h"
#include "connector/journal_options.h"
#include "connector/journal_record.h"
#include "connector/journal_state.h"

namespace colibri {

class Journal;
struct OpenedJournal {
  std::unique_ptr<Journal> journal;
  JournalState state;   // of what the file held
  std::string warning;  // empty when all was well
};

class Journal {
 public:
  // Told when writing or syncing fails, each time with another code, and when it works again.
  using Listener = std::function<void(const absl::Status&)>;

  // FailedPrecondition when another process holds the file, or when it is not a journal of this
  // venue and domain.
  static absl::StatusOr<OpenedJournal> Open(Environment& environment,
                                            JournalOptions options,
                                            std::string_view venue,
                                            std::string_view domain);
  ~Journal();  // syncs
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  void set_listener(Listener listener);

  // Written, and synced if the policy is kEveryIntent; not OK: the order must not be sent, and the
  // file does not name it.
  absl::Status AppendIntent(const JournalIntent& intent);
  // Written. Not OK is told to the listener too: what it says is known is still known, though a
  // restart would have to learn it again.
  absl::Status Append(const JournalRecord& record);

  // The file is of an older version; or beyond rotate_bytes, and at least twice what the last
  // rotation left; or when a failed sync could not be repaired otherwise.
  bool wants_rotation() const;
  // `kept` is all that the new file has to know. After an error the old one goes on, and wants its
  // rotation again when it has grown by an eighth.
  absl::Status Rotate(const std::vector<JournalRecord>& kept);

  // The last failure, until an append or a sync works again.
  const absl::Status& status() const;
  const std::string& path() const;
  uint64_t size() const;

 private:
  struct Rep;
  explicit Journal(std::unique_ptr<Rep> rep);
  std::unique_ptr<Rep> rep_;
};

}  // namespace colibri
