#include "connector/journal_scan.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include "gmock/gmock.h"

#include "core/strings.h"
#include "tests/support/sample_records.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr size_t kHeader = kJournalHeaderSize;

// Where each record of the journal begins, and its end.
std::vector<uint64_t> OffsetsOf(std::string_view journal) {
  std::vector<uint64_t> offsets;
  const absl::StatusOr<JournalScan> scan = ScanJournal(journal);
  EXPECT_OK(scan);
  for (const ScannedRecord& scanned : scan->records) {
    offsets.push_back(scanned.offset);
  }
  offsets.push_back(journal.size());
  return offsets;
}

// The bytes of the records as they were read.
std::string BytesOf(const JournalScan& scan) {
  std::string bytes;
  for (const ScannedRecord& scanned : scan.records) {
    AppendRecord(scanned.record, bytes);
  }
  return bytes;
}

// A sample with a second session behind all kinds of records.
std::string Sample() {
  std::vector<JournalRecord> records = SampleRecords();
  records.push_back(JournalSession{"binance", "testnet", SampleTime(100)});
  return JournalOf(records);
}

TEST(JournalScanTest, RefusesWhatIsNotAJournal) {
  for (const std::string_view text : {"not a journal at all", "CLBRJRNX\1", "CLBRJRNL1", "x"}) {
    EXPECT_THAT(ScanJournal(text),
                StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("not a journal")))
        << text;
    EXPECT_THAT(SalvageJournal(text), StatusIs(absl::StatusCode::kFailedPrecondition)) << text;
  }
}

TEST(JournalScanTest, RefusesANewerVersionAndSaysSo) {
  std::string journal = Sample();
  journal[8] = 3;
  EXPECT_THAT(ScanJournal(journal),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("version 3"), HasSubstr("up to version 2"))));
}

TEST(JournalScanTest, AnEmptyFileIsAJournalWithoutRecords) {
  ASSERT_OK_AND_ASSIGN(const JournalScan scan, ScanJournal(""));
  EXPECT_THAT(scan.records, IsEmpty());
  EXPECT_EQ(scan.end, 0u);
  EXPECT_FALSE(scan.has_torn_tail);
}

TEST(JournalScanTest, TruncationAtEveryByteGivesTheWholeRecordsBeforeIt) {
  const std::string journal = Sample();
  const std::vector<uint64_t> offsets = OffsetsOf(journal);
  for (size_t size = 0; size < journal.size(); ++size) {
    ASSERT_OK_AND_ASSIGN(const JournalScan scan, ScanJournal(journal.substr(0, size)));
    size_t whole = 0;
    while (whole + 1 < offsets.size() && offsets[whole + 1] <= size) {
      ++whole;
    }
    const uint64_t end = size < kHeader ? 0 : offsets[whole];
    ASSERT_EQ(scan.records.size(), whole) << size;
    ASSERT_EQ(scan.end, end) << size;
    ASSERT_EQ(scan.has_torn_tail, size != end) << size;
    if (size >= kHeader) {
      ASSERT_EQ(JournalHeader() + BytesOf(scan), journal.substr(0, end)) << size;
    }
  }
}

// A power loss may leave the file as long as it was to become, without all that was written.
TEST(JournalScanTest, TruncationAtEveryByteWithZerosBehindIsATornTailToo) {
  const std::string journal = Sample();
  const std::vector<uint64_t> offsets = OffsetsOf(journal);
  for (size_t size = 0; size < journal.size(); ++size) {
    std::string zeroed = journal.substr(0, size) + std::string(5000, '\0');
    const absl::StatusOr<JournalScan> scan = ScanJournal(zeroed);
    if (size > 0 && size < kJournalMagic.size() + 1) {
      // Half a magic and zeros could be anything.
      ASSERT_THAT(scan, StatusIs(absl::StatusCode::kFailedPrecondition)) << size;
      continue;
    }
    ASSERT_OK(scan) << size;
    ASSERT_TRUE(scan->has_torn_tail) << size;
    ASSERT_TRUE(size == 0 ? scan->end == 0 : journal.starts_with(JournalHeader() + BytesOf(*scan)));
    ASSERT_GE(scan->end + 5000 + 300, zeroed.size()) << size;
  }
}

// Each bit of the sample, one at a time: what was behind the flip is an error with the record's
// offset, be it in a length; the last record alone is taken for a torn tail.
TEST(JournalScanTest, AFlippedBitIsNeverReadAsOtherContent) {
  const std::string journal = Sample();
  const std::vector<uint64_t> offsets = OffsetsOf(journal);
  const uint64_t last = offsets[offsets.size() - 2];
  for (size_t bit = 0; bit < journal.size() * 8; ++bit) {
    std::string flipped = journal;
    const size_t byte = bit / 8;
    flipped[byte] = static_cast<char>(flipped[byte] ^ (1 << bit % 8));
    const absl::StatusOr<JournalScan> scan = ScanJournal(flipped);
    if (byte < kHeader) {
      ASSERT_THAT(scan, StatusIs(absl::StatusCode::kFailedPrecondition)) << bit;
    } else if (byte >= last) {
      ASSERT_OK(scan) << bit;
      ASSERT_TRUE(scan->has_torn_tail) << bit;
      ASSERT_EQ(scan->end, last) << bit;
      ASSERT_EQ(JournalHeader() + BytesOf(*scan), journal.substr(0, last)) << bit;
    } else {
      const uint64_t offset = *(std::upper_bound(offsets.begin(), offsets.end(), byte) - 1);
      ASSERT_THAT(scan,
                  StatusIs(absl::StatusCode::kDataLoss, HasSubstr(StrCat("offset ", offset, " "))))
          << bit;
    }
  }
}

// All but what the flip hit.
TEST(JournalScanTest, SalvageLosesTheFlippedRecordAlone) {
  const std::string journal = Sample();
  const std::vector<uint64_t> offsets = OffsetsOf(journal);
  const uint64_t last = offsets[offsets.size() - 2];
  for (size_t bit = 0; bit < last * 8; ++bit) {
    std::string flipped = journal;
    const size_t byte = bit / 8;
    flipped[byte] = static_cast<char>(flipped[byte] ^ (1 << bit % 8));
    ASSERT_OK_AND_ASSIGN(const JournalScan scan, SalvageJournal(flipped));
    const auto next = std::upper_bound(offsets.begin(), offsets.end(), byte);
    const uint64_t begin = next == offsets.begin() ? 0 : *(next - 1);
    ASSERT_EQ(scan.gaps.size(), 1u) << bit;
    ASSERT_EQ(scan.gaps[0].begin, begin) << bit;
    ASSERT_EQ(scan.gaps[0].end, *next) << bit;
    ASSERT_FALSE(scan.gaps[0].reason.empty());
    ASSERT_FALSE(scan.has_torn_tail);
    ASSERT_EQ(scan.end, journal.size());
    ASSERT_EQ(scan.records.size(), offsets.size() - (byte < kHeader ? 1 : 2)) << bit;
  }
}

TEST(JournalScanTest, ALongStretchWithoutRecordsIsNoTornTail) {
  std::string journal = Sample();
  const std::string noise(kJournalBodyMax + kJournalFrameSize + 1, '\xee');
  EXPECT_THAT(ScanJournal(journal + noise),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("more than one append writes")));
  ASSERT_OK_AND_ASSIGN(const JournalScan salvaged, SalvageJournal(journal + noise));
  ASSERT_EQ(salvaged.gaps.size(), 1u);
  EXPECT_EQ(salvaged.gaps[0].begin, journal.size());
  EXPECT_EQ(salvaged.gaps[0].end, journal.size() + noise.size());
  ASSERT_OK_AND_ASSIGN(const JournalScan torn, ScanJournal(journal + noise.substr(1)));
  EXPECT_TRUE(torn.has_torn_tail);
}

TEST(JournalScanTest, AWholeRecordThatCannotBeReadIsNoTornTail) {
  std::string journal = Sample();
  const std::string body = "\x63";
  const uint32_t checksum = RecordChecksum(body);
  journal.append({1, 0, 0, 0});
  for (int shift = 0; shift < 32; shift += 8) {
    journal.push_back(static_cast<char>(checksum >> shift));
  }
  const uint64_t offset = Sample().size();
  EXPECT_THAT(ScanJournal(journal + body),
              StatusIs(absl::StatusCode::kDataLoss,
                       AllOf(HasSubstr(StrCat("offset ", offset)), HasSubstr("99"))));
  ASSERT_OK_AND_ASSIGN(const JournalScan salvaged, SalvageJournal(journal + body));
  ASSERT_EQ(salvaged.gaps.size(), 1u);
  EXPECT_THAT(salvaged.gaps[0].reason, HasSubstr("99"));
}

TEST(JournalScanTest, SalvageFindsRecordsBehindAMissingHeader) {
  const std::string journal = Sample();
  ASSERT_OK_AND_ASSIGN(const JournalScan scan, SalvageJournal(journal.substr(5)));
  ASSERT_EQ(scan.gaps.size(), 1u);
  EXPECT_EQ(scan.gaps[0].end, kHeader - 5);
  EXPECT_EQ(JournalHeader() + BytesOf(scan), journal);
  ASSERT_OK_AND_ASSIGN(const JournalScan bare, SalvageJournal(journal.substr(kHeader)));
  EXPECT_EQ(JournalHeader() + BytesOf(bare), journal);
}

// A file of the first version, as it was written then: it stays readable.
TEST(JournalScanTest, ReadsAFileOfVersionOne) {
  std::ifstream file("tests/fuzz/corpus/journal_fuzz/version_1.journal", std::ios::binary);
  const std::string journal{std::istreambuf_iterator<char>(file), {}};
  ASSERT_OK_AND_ASSIGN(const JournalScan scan, ScanJournal(journal));
  EXPECT_EQ(scan.end, journal.size());
  JournalScan samples;
  for (const JournalRecord& record : SampleRecords()) {
    samples.records.push_back({0, record});
  }
  EXPECT_EQ(BytesOf(scan), BytesOf(samples));
}

TEST(JournalScanTest, SalvageOfAGoodJournalIsTheJournal) {
  const std::string journal = Sample();
  ASSERT_OK_AND_ASSIGN(const JournalScan scan,
                       SalvageJournal(journal.substr(0, journal.size() - 1)));
  EXPECT_THAT(scan.gaps, IsEmpty());
  EXPECT_TRUE(scan.has_torn_tail);
  EXPECT_EQ(scan.records.size(), SampleRecords().size());
}

}  // namespace
}  // namespace colibri
