#include "connector/recording_reader.h"

#include <cerrno>
#include <cstring>
#include <utility>
#include <zlib.h>

#include "absl/strings/numbers.h"

#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {
namespace {

constexpr size_t kReadSize = size_t{256} << 10;

}  // namespace

struct RecordingReader::GzipFile {
  explicit GzipFile(gzFile opened) : handle(opened) {}
  ~GzipFile() { gzclose(handle); }
  GzipFile(const GzipFile&) = delete;
  GzipFile& operator=(const GzipFile&) = delete;

  gzFile handle;
};

RecordingReader::RecordingReader(std::vector<std::string> paths) : paths_(std::move(paths)) {}

RecordingReader::~RecordingReader() = default;

absl::StatusOr<std::optional<RecordedLine>> RecordingReader::Next() {
  do {
    ASSIGN_OR_RETURN(const bool has_line, ReadLine());
    if (!has_line) {
      return std::nullopt;
    }
  } while (line_.empty());
  const size_t blank = line_.find(' ');
  RecordedLine line;
  if (blank == std::string_view::npos ||
      !absl::SimpleAtoi(Abs(line_.substr(0, blank)), &line.receive_time_ns)) {
    return absl::DataLossError(
        StrCat(Where(),
               ": a line is \"<receipt time in ns> <JSON>\", this one begins with \"",
               line_.substr(0, 40),
               "\""));
  }
  line.text = line_.substr(blank + 1);
  line.line_number = line_number_;
  ++lines_read_;
  return line;
}

std::string RecordingReader::Where() const {
  return StrCat(path_, ":", line_number_);
}

// Puts the next line of the current file, or of the next one, into line_. False after the last
// file.
absl::StatusOr<bool> RecordingReader::ReadLine() {
  for (size_t searched = offset_;;) {
    if (file_ != nullptr) {
      const size_t end = buffer_.find('\n', searched);
      if (end != std::string::npos || (is_at_end_ && offset_ < buffer_.size())) {
        const size_t stop = end == std::string::npos ? buffer_.size() : end;
        line_ = std::string_view(buffer_).substr(offset_, stop - offset_);
        if (!line_.empty() && line_.back() == '\r') {
          line_.remove_suffix(1);
        }
        offset_ = end == std::string::npos ? buffer_.size() : end + 1;
        ++line_number_;
        return true;
      }
    }
    if (file_ == nullptr || is_at_end_) {
      if (next_path_ == paths_.size()) {
        return false;
      }
      RETURN_IF_ERROR(OpenNext());
      searched = offset_;
      continue;
    }
    const size_t unsearched = buffer_.size() - offset_;
    RETURN_IF_ERROR(Fill());
    searched = offset_ + unsearched;
  }
}

absl::Status RecordingReader::OpenNext() {
  path_ = paths_[next_path_++];
  line_number_ = 0;
  buffer_.clear();
  offset_ = 0;
  is_at_end_ = false;
  errno = 0;
  gzFile opened = gzopen(path_.c_str(), "rb");
  if (opened == nullptr) {
    const int error = errno;
    return absl::NotFoundError(
        StrCat(path_, ": can't open: ", error != 0 ? std::strerror(error) : "out of memory"));
  }
  gzbuffer(opened, kReadSize);
  file_ = std::make_unique<GzipFile>(opened);
  return absl::OkStatus();
}

// Reads more bytes behind those not yet handed out.
absl::Status RecordingReader::Fill() {
  buffer_.erase(0, offset_);
  offset_ = 0;
  if (buffer_.size() > kLineLengthMax) {
    return absl::DataLossError(
        StrCat(path_, ":", line_number_ + 1, ": a line longer than ", kLineLengthMax, " bytes"));
  }
  const size_t had = buffer_.size();
  buffer_.resize(had + kReadSize);
  errno = 0;
  const int got = gzread(file_->handle, buffer_.data() + had, static_cast<unsigned>(kReadSize));
  const int system_error = errno;
  buffer_.resize(had + static_cast<size_t>(got > 0 ? got : 0));
  int error = Z_OK;
  const char* words = gzerror(file_->handle, &error);
  if (got < 0 || error == Z_BUF_ERROR) {
    // Z_BUF_ERROR: the file ended within the compressed stream.
    const std::string reason = error == Z_BUF_ERROR ? "the gzip stream is truncated"
                               : error == Z_ERRNO   ? std::strerror(system_error)
                                                    : StrCat("damaged gzip stream: ", words);
    return absl::DataLossError(StrCat(path_, ":", line_number_ + 1, ": ", reason));
  }
  is_at_end_ = got == 0;
  return absl::OkStatus();
}

}  // namespace colibri
