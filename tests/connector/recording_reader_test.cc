#include "connector/recording_reader.h"

#include <cstdio>
#include <fstream>
#include <string>
#include <vector>
#include <zlib.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using testing::HasSubstr;

class RecordingReaderTest : public testing::Test {
 protected:
  std::string Path(const std::string& name) const {
    return testing::TempDir() + "recording_reader_" +
           testing::UnitTest::GetInstance()->current_test_info()->name() + "_" + name;
  }
  std::string WritePlain(const std::string& name, const std::string& text) const {
    std::ofstream(Path(name), std::ios::binary) << text;
    return Path(name);
  }
  std::string WriteGzip(const std::string& name, const std::string& text) const {
    gzFile file = gzopen(Path(name).c_str(), "wb");
    gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
    gzclose(file);
    return Path(name);
  }
  static std::string Bytes(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  // All lines, or the error that ended the reading.
  static absl::StatusOr<std::vector<std::string>> ReadAll(RecordingReader& reader) {
    std::vector<std::string> texts;
    for (;;) {
      absl::StatusOr<std::optional<RecordedLine>> line = reader.Next();
      if (!line.ok()) {
        return line.status();
      }
      if (!line->has_value()) {
        return texts;
      }
      texts.emplace_back((*line)->text);
    }
  }
};

TEST_F(RecordingReaderTest, NamesAFileThatIsNotThere) {
  RecordingReader reader({"/nonexistent/recording.gz"});
  const absl::Status status = reader.Next().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("/nonexistent/recording.gz: can't open: No such file"));
}

TEST_F(RecordingReaderTest, SaysWhereAGzipIsTruncated) {
  std::string text;
  for (int i = 0; i < 2000; ++i) {
    text += std::to_string(1000 + i) + " {\"n\":" + std::to_string(i * 7919 % 1000003) + "}\n";
  }
  const std::string whole = Bytes(WriteGzip("whole.gz", text));
  for (const size_t kept : {whole.size() / 2, whole.size() - 1, whole.size() - 9, size_t{12}}) {
    const std::string path = WritePlain("cut.gz", whole.substr(0, kept));
    RecordingReader reader({path});
    const absl::Status status = ReadAll(reader).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << kept;
    EXPECT_THAT(std::string(status.message()), HasSubstr(path + ":")) << kept;
    EXPECT_THAT(std::string(status.message()), HasSubstr("truncated")) << kept;
  }
}

TEST_F(RecordingReaderTest, SaysWhereAGzipIsDamaged) {
  std::string bytes = Bytes(WriteGzip("whole.gz", std::string(5000, 'x') + "\n"));
  bytes[bytes.size() - 6] ^= 0x55;  // within the checksum
  const std::string path = WritePlain("damaged.gz", bytes);
  RecordingReader reader({path});
  const absl::Status status = ReadAll(reader).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr(path + ":1: damaged gzip stream"));
}

TEST_F(RecordingReaderTest, SaysWhichLineHasNoTime) {
  const std::string path = WritePlain("lines", "17 {\"a\":1}\nnonsense\n18 {}\n");
  RecordingReader reader({path});
  ASSERT_THAT(reader.Next(), IsOk());
  const absl::Status status = reader.Next().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr(path + ":2: a line is"));
}

TEST_F(RecordingReaderTest, ReadsFilesAsOneStream) {
  RecordingReader reader(
      {WritePlain("first", "1 {a}\n\n2 {b}"), WriteGzip("second.gz", "3 {c}\r\n4 {d}\n")});
  const absl::StatusOr<std::vector<std::string>> texts = ReadAll(reader);
  ASSERT_THAT(texts, IsOk());
  EXPECT_THAT(*texts, testing::ElementsAre("{a}", "{b}", "{c}", "{d}"));
  EXPECT_EQ(reader.lines_read(), 4);
  EXPECT_THAT(reader.Where(), HasSubstr("second.gz:2"));
}

TEST_F(RecordingReaderTest, ReadsLinesLongerThanItsBuffer) {
  const std::string longest(3'000'000, 'y');
  RecordingReader reader({WriteGzip("long.gz", "1 a\n2 " + longest + "\n3 b\n")});
  const absl::StatusOr<std::vector<std::string>> texts = ReadAll(reader);
  ASSERT_THAT(texts, IsOk());
  EXPECT_THAT(*texts, testing::ElementsAre("a", longest, "b"));
}

TEST_F(RecordingReaderTest, FindsNothingInAnEmptyFile) {
  RecordingReader reader({WritePlain("empty", "")});
  const absl::StatusOr<std::vector<std::string>> texts = ReadAll(reader);
  ASSERT_THAT(texts, IsOk());
  EXPECT_THAT(*texts, testing::IsEmpty());
}

}  // namespace
}  // namespace colibri
