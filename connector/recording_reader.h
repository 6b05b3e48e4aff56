// Reads recordings of market data line by line: plain text or gzip, one file or several as one
// stream.
//
//   RecordingReader reader({"spot_20240808.gz", "spot_20240809.gz"});
//   for (;;) {
//     ASSIGN_OR_RETURN(std::optional<RecordedLine> line, reader.Next());
//     if (!line) break;
//     source.Parse(line->text, line->receive_time_ns, sink);
//   }
//
// A line is "<receipt time, ns since the epoch> <JSON of one frame>". Memory is bounded by the
// longest line.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace colibri {

struct RecordedLine {
  int64_t receive_time_ns = 0;
  std::string_view text;    // the frame; valid until the next call
  int64_t line_number = 0;  // within its file, from 1
};

class RecordingReader {
 public:
  // Longer lines are refused: a frame of a real venue stays far below.
  static constexpr size_t kLineLengthMax = size_t{64} << 20;

  explicit RecordingReader(std::vector<std::string> paths);
  ~RecordingReader();

  // The next line; nullopt at the end of the last file. Blank lines are skipped. NotFound when a
  // file can't be opened; DataLoss, with "file:line", when it is truncated, damaged, or a line has
  // no receipt time.
  absl::StatusOr<std::optional<RecordedLine>> Next();

  // "file:line" of the line handed out last, for messages about it.
  std::string Where() const;
  // Lines handed out so far, over all files.
  int64_t lines_read() const { return lines_read_; }

 private:
  struct GzipFile;

  absl::StatusOr<bool> ReadLine();
  absl::Status OpenNext();
  absl::Status Fill();

  std::vector<std::string> paths_;
  size_t next_path_ = 0;
  std::string path_;
  std::unique_ptr<GzipFile> file_;
  std::string buffer_;  // bytes read and not yet handed out, from offset_ on
  size_t offset_ = 0;
  std::string_view line_;
  int64_t line_number_ = 0;
  int64_t lines_read_ = 0;
  bool is_at_end_ = false;  // of the current file
};

}  // namespace colibri
