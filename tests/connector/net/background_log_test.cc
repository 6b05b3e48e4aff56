#include "connector/net/background_log.h"

#include <memory>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "connector/log.h"
#include "core/strings.h"

namespace colibri {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// What is on stderr goes into a pipe.
class StderrPipe {
 public:
  StderrPipe() : stderr_(dup(STDERR_FILENO)) {
    EXPECT_EQ(pipe(ends_), 0);
    EXPECT_EQ(dup2(ends_[1], STDERR_FILENO), STDERR_FILENO);
    close(ends_[1]);
  }
  ~StderrPipe() { close(ends_[0]); }

  // Until Restore, everything.
  std::string ReadAll() {
    std::string text;
    char bytes[4096];
    for (ssize_t size = 0; (size = read(ends_[0], bytes, sizeof(bytes))) > 0;) {
      text.append(bytes, static_cast<size_t>(size));
    }
    return text;
  }
  void Restore() {
    dup2(stderr_, STDERR_FILENO);
    close(stderr_);
  }

 private:
  int stderr_;
  int ends_[2];
};

std::vector<std::string> LinesOf(const std::string& text) {
  return absl::StrSplit(text, '\n', absl::SkipEmpty());
}

TEST(BackgroundLogTest, WritesEverythingInOrderBeforeItEnds) {
  StderrPipe pipe;
  {
    BackgroundLog background_log;
    for (int i = 0; i < 100; ++i) {
      LogError("counted", {{"i", StrCat(i)}});
    }
  }
  pipe.Restore();

  const std::vector<std::string> lines = LinesOf(pipe.ReadAll());

  ASSERT_THAT(lines, SizeIs(100));
  for (size_t i = 0; i < lines.size(); ++i) {
    EXPECT_THAT(lines[i], EndsWith(StrCat(" error event=counted i=", i)));
  }
}

TEST(BackgroundLogTest, APipeThatNobodyReadsHoldsNobodyUp) {
  StderrPipe pipe;
  auto background_log = std::make_unique<BackgroundLog>();
  const std::string filling(200, 'x');
  // A pipe takes 64 KiB, the queue 8,192 lines: both are full long before this ends.
  const int count = 2 * static_cast<int>(BackgroundLog::kLinesMax);
  for (int i = 0; i < count; ++i) {
    LogError("counted", {{"i", StrCat(i)}, {"filling", filling}});
  }
  EXPECT_GT(background_log->lines_dropped(), 0u);

  std::string text;
  std::thread reader([&] { text = pipe.ReadAll(); });
  background_log.reset();
  pipe.Restore();
  reader.join();

  const std::vector<std::string> lines = LinesOf(text);
  ASSERT_GE(lines.size(), 2u);
  EXPECT_THAT(lines[lines.size() - 2], HasSubstr(StrCat("event=counted i=", count - 1, " ")));
  EXPECT_THAT(
      lines.back(),
      HasSubstr(StrCat(
          "event=log_lines_dropped lines=", count - (static_cast<int>(lines.size()) - 1), " ")));
}

TEST(BackgroundLogTest, KeepsTheLevelThatIsSetMeanwhile) {
  const LogLevel before = CurrentLogLevel();
  {
    BackgroundLog background_log;
    SetLogLevel(LogLevel::kOff);
    EXPECT_FALSE(IsLogged(LogLevel::kError));
  }
  EXPECT_EQ(CurrentLogLevel(), LogLevel::kOff);
  SetLogLevel(before);
}

}  // namespace
}  // namespace colibri
