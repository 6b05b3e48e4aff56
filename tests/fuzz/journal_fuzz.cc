// Whatever a journal's file holds: scanning and salvaging end, agree with each other, give records
// that are written and read again as they were, and fold without a crash; and a journal that is
// made of the input, cut or flipped where the input says, is never read as something else.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "connector/journal_scan.h"
#include "connector/journal_state.h"
#include "core/check.h"
#include "core/random.h"

namespace {

using colibri::AppendRecord;
using colibri::JournalRecord;
using colibri::JournalScan;
using colibri::ScannedRecord;

std::string BytesOf(const JournalScan& scan) {
  std::string bytes;
  for (const ScannedRecord& scanned : scan.records) {
    AppendRecord(scanned.record, bytes);
  }
  return bytes;
}

void CheckScan(std::string_view content, const JournalScan& scan) {
  CHECK(scan.end <= content.size());
  CHECK(scan.has_torn_tail || scan.end == content.size() || !scan.gaps.empty());
  colibri::JournalState state;
  uint64_t end = 0;
  for (const ScannedRecord& scanned : scan.records) {
    CHECK(scanned.offset >= end);
    end = scanned.offset + colibri::RecordSize(content, scanned.offset);
    CHECK(end <= content.size());
    state.Apply(scanned.record);
  }
  CHECK(state.orphans() >= 0 && state.orders().size() <= scan.records.size());
  // Written and read again, the records are the same.
  const std::string bytes = colibri::JournalHeader() + BytesOf(scan);
  const absl::StatusOr<JournalScan> again = colibri::ScanJournal(bytes);
  CHECK(again.ok() && !again->has_torn_tail && again->records.size() == scan.records.size());
  CHECK(colibri::JournalHeader() + BytesOf(*again) == bytes);
}

void CheckBytes(std::string_view content) {
  const absl::StatusOr<JournalScan> scan = colibri::ScanJournal(content);
  const absl::StatusOr<JournalScan> salvaged = colibri::SalvageJournal(content);
  if (scan.ok()) {
    CheckScan(content, *scan);
    // What is sound needs no salvage.
    CHECK(salvaged.ok() && salvaged->gaps.empty());
    CHECK(BytesOf(*salvaged) == BytesOf(*scan) && salvaged->end == scan->end);
  } else {
    CHECK(!scan.status().message().empty());
  }
  if (salvaged.ok()) {
    CheckScan(content, *salvaged);
  }
}

// Records whose fields are the input's bytes: their checksums are right.
std::string JournalOf(std::string_view bytes) {
  std::string journal = colibri::JournalHeader();
  while (!bytes.empty()) {
    const size_t size = std::min<size_t>(bytes.size(), 1 + static_cast<uint8_t>(bytes.front()));
    const std::string_view body = bytes.substr(0, size);
    const uint32_t checksum = colibri::RecordChecksum(body);
    for (const uint32_t word : {static_cast<uint32_t>(size), checksum}) {
      for (int shift = 0; shift < 32; shift += 8) {
        journal.push_back(static_cast<char>(word >> shift));
      }
    }
    journal += body;
    bytes.remove_prefix(size);
  }
  return journal;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  CheckBytes(bytes);
  CheckBytes(colibri::JournalHeader() + std::string(bytes));
  const std::string framed = JournalOf(bytes);
  CheckBytes(framed);

  // Damage to a sound journal: what is still accepted is a beginning of it.
  const absl::StatusOr<JournalScan> sound = colibri::ScanJournal(framed);
  if (!sound.ok() || sound->has_torn_tail || size == 0) {
    return 0;
  }
  colibri::Random random(data[0] | size << 8);
  std::string damaged = framed.substr(0, random.Uniform(framed.size() + 1));
  if (!damaged.empty() && random.Uniform(2) == 0) {
    const size_t at = random.Uniform(damaged.size());
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << random.Uniform(8)));
  }
  const absl::StatusOr<JournalScan> scan = colibri::ScanJournal(damaged);
  if (scan.ok()) {
    CHECK(framed.starts_with(std::string_view(damaged).substr(0, scan->end)));
    CHECK(BytesOf(*sound).starts_with(BytesOf(*scan)));
  }
  return 0;
}
