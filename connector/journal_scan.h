// Finds the records in a journal's bytes, and tells a torn tail from a broken middle.
//
//   ASSIGN_OR_RETURN(JournalScan scan, ScanJournal(content));
//   if (scan.has_torn_tail) Truncate(scan.end);
//
// Where a record can't be read, for its length, its checksum or the file's end, all that follows is
// searched for a whole record with a right checksum:
//   - one is found: the middle is broken, DataLoss with the offset. So a flipped bit in a length
//     never passes for a tail.
//   - none, and what follows is no longer than one record can be, not counting zeros at its end: a
//     torn tail, which is how a crash in the middle of an append looks, or a power loss that left a
//     file longer than what was written of it. `end` is where it begins. A last record with a
//     flipped bit can't be told from that, and is treated so.
//   - none, and it is longer: DataLoss with the offset.
// A checksum that fits a body that can't be read (a kind of a newer program) is always DataLoss.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

#include "connector/journal_record.h"

namespace colibri {

struct ScannedRecord {
  uint64_t offset = 0;  // in the file
  JournalRecord record;
};

struct JournalScan {
  std::vector<ScannedRecord> records;
  uint64_t end = 0;  // the file is good up to here
  bool has_torn_tail = false;
  uint32_t version = kJournalVersion;  // of the file
  // Only by SalvageJournal: byte ranges that were skipped, and why.
  struct Gap {
    uint64_t begin = 0;
    uint64_t end = 0;
    std::string reason;
  };
  std::vector<Gap> gaps;
};

// Of the whole record at `offset`, its frame included.
uint64_t RecordSize(std::string_view content, uint64_t offset);

// DataLoss as above; FailedPrecondition: not a journal, or of a newer version. An empty file is a
// journal without records, and one that ends within its header a torn tail of one.
absl::StatusOr<JournalScan> ScanJournal(std::string_view content);

// All records that can be had: looks for the next whole record behind each broken place, be it the
// header. A torn tail is told as such and is no gap. FailedPrecondition when the header is not one
// and no record is found.
absl::StatusOr<JournalScan> SalvageJournal(std::string_view content);

}  // namespace colibri
