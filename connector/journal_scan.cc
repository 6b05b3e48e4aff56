#include "connector/journal_scan.h"

#include <optional>
#include <utility>

#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {
namespace {

uint32_t Load32(std::string_view content, uint64_t offset) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) {
    value |= uint32_t{static_cast<unsigned char>(content[offset + i])} << (8 * i);
  }
  return value;
}

// Why there is no whole record at `offset`; empty when there is one, and then `body` is its body.
std::string WhyBroken(std::string_view content, uint64_t offset, std::string_view& body) {
  const uint64_t left = content.size() - offset;
  if (left < kJournalFrameSize) {
    return StrCat("only ", left, " bytes are left");
  }
  const uint32_t length = Load32(content, offset);
  if (length == 0 || length > kJournalBodyMax) {
    return StrCat("its length, ", length, ", is not 1 to ", kJournalBodyMax);
  }
  if (length > left - kJournalFrameSize) {
    return StrCat("its ", length, " bytes reach beyond the end of the file");
  }
  body = content.substr(offset + kJournalFrameSize, length);
  return RecordChecksum(body) == Load32(content, offset + 4) ? "" : "its checksum does not fit";
}

// The first whole record at or behind `offset`.
std::optional<uint64_t> FindWholeRecord(std::string_view content, uint64_t offset) {
  for (; offset + kJournalFrameSize < content.size(); ++offset) {
    // Cheap, and spares nearly all checksums.
    const auto kind = static_cast<unsigned char>(content[offset + kJournalFrameSize]);
    std::string_view body;
    if (kind >= 1 && kind <= std::variant_size_v<JournalRecord> &&
        WhyBroken(content, offset, body).empty()) {
      return offset;
    }
  }
  return std::nullopt;
}

// What a crash or a power loss can leave behind the last whole record.
bool IsTornTail(std::string_view tail) {
  const size_t last = tail.find_last_not_of('\0');
  return last == std::string_view::npos || last < kJournalFrameSize + kJournalBodyMax;
}

bool IsTornHeader(std::string_view content) {
  return content.size() < kJournalHeaderSize && JournalHeader().starts_with(content);
}

// Only zeros: the file's length came to the disk, and nothing that was written.
bool IsBlank(std::string_view content) {
  return content.find_first_not_of('\0') == std::string_view::npos;
}

absl::Status CheckHeader(std::string_view content) {
  if (!content.starts_with(kJournalMagic) || content.size() < kJournalHeaderSize) {
    return absl::FailedPreconditionError(
        StrCat("not a journal: it does not begin with ", kJournalMagic, " and a version"));
  }
  const uint32_t version = Load32(content, kJournalMagic.size());
  if (version > kJournalVersion || version == 0) {
    return absl::FailedPreconditionError(StrCat("a journal of version ",
                                                version,
                                                " (at offset ",
                                                kJournalMagic.size(),
                                                "), this program reads up to version ",
                                                kJournalVersion));
  }
  return absl::OkStatus();
}

// Where `offset` is broken, for `why`: the tail, or DataLoss.
absl::Status CheckTail(std::string_view content, uint64_t offset, std::string_view why) {
  const std::optional<uint64_t> next = FindWholeRecord(content, offset + 1);
  if (next.has_value()) {
    return absl::DataLossError(StrCat("the record at offset ",
                                      offset,
                                      " is broken: ",
                                      why,
                                      ", and a whole record follows at offset ",
                                      *next));
  }
  if (!IsTornTail(content.substr(offset))) {
    return absl::DataLossError(
        StrCat("from offset ",
               offset,
               " to the end are ",
               content.size() - offset,
               " bytes without a whole record, more than one append writes: ",
               why));
  }
  return absl::OkStatus();
}

}  // namespace

uint64_t RecordSize(std::string_view content, uint64_t offset) {
  return kJournalFrameSize + Load32(content, offset);
}

absl::StatusOr<JournalScan> ScanJournal(std::string_view content) {
  JournalScan scan;
  if (IsTornHeader(content) || IsBlank(content)) {
    scan.has_torn_tail = !content.empty();
    return scan;
  }
  RETURN_IF_ERROR(CheckHeader(content));
  scan.version = Load32(content, kJournalMagic.size());
  scan.end = kJournalHeaderSize;
  while (scan.end < content.size()) {
    std::string_view body;
    const std::string why = WhyBroken(content, scan.end, body);
    if (!why.empty()) {
      RETURN_IF_ERROR(CheckTail(content, scan.end, why));
      scan.has_torn_tail = true;
      return scan;
    }
    absl::StatusOr<JournalRecord> record = ParseRecordBody(body);
    if (!record.ok()) {
      return absl::DataLossError(StrCat("the record at offset ",
                                        scan.end,
                                        " has the right checksum and can't be read: ",
                                        Std(record.status().message())));
    }
    scan.records.push_back({.offset = scan.end, .record = *std::move(record)});
    scan.end += kJournalFrameSize + body.size();
  }
  return scan;
}

absl::StatusOr<JournalScan> SalvageJournal(std::string_view content) {
  JournalScan scan;
  if (IsTornHeader(content) || IsBlank(content)) {
    return ScanJournal(content);
  }
  const absl::Status header = CheckHeader(content);
  uint64_t offset = kJournalHeaderSize;
  if (!header.ok()) {
    offset = FindWholeRecord(content, 0).value_or(content.size());
    scan.gaps.push_back({.begin = 0, .end = offset, .reason = std::string(Std(header.message()))});
  }
  scan.end = offset;
  while (offset < content.size()) {
    std::string_view body;
    std::string why = WhyBroken(content, offset, body);
    if (why.empty()) {
      const uint64_t next = offset + kJournalFrameSize + body.size();
      absl::StatusOr<JournalRecord> record = ParseRecordBody(body);
      if (record.ok()) {
        scan.records.push_back({.offset = offset, .record = *std::move(record)});
        scan.end = next;
      } else {
        scan.gaps.push_back(
            {.begin = offset, .end = next, .reason = std::string(Std(record.status().message()))});
      }
      offset = next;
      continue;
    }
    const std::optional<uint64_t> next = FindWholeRecord(content, offset + 1);
    if (!next.has_value() && IsTornTail(content.substr(offset))) {
      scan.has_torn_tail = true;
      break;
    }
    scan.gaps.push_back(
        {.begin = offset, .end = next.value_or(content.size()), .reason = std::move(why)});
    offset = next.value_or(content.size());
  }
  if (!header.ok() && scan.records.empty()) {
    return header;
  }
  return scan;
}

}  // namespace colibri
