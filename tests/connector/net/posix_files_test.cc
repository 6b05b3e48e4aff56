#include "connector/net/posix_files.h"

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <unistd.h>

#include "gmock/gmock.h"

#include "connector/async_event.h"
#include "connector/journal.h"
#include "connector/net/asio_environment.h"
#include "core/strings.h"
#include "tests/support/sample_records.h"
#include "tests/support/status_matchers.h"
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

namespace colibri {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class PosixFilesTest : public ::testing::Test {
 protected:
  PosixFilesTest() : folder_(testing::TempDir() + "colibri_files_XXXXXX") {
    EXPECT_NE(mkdtemp(folder_.data()), nullptr);
  }
  ~PosixFilesTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::string PathOf(std::string_view name) const { return StrCat(folder_, "/", name); }
  static mode_t ModeOf(const std::string& path) {
    struct stat facts = {};
    EXPECT_EQ(stat(path.c_str(), &facts), 0);
    return facts.st_mode & 0777;
  }

  std::string folder_;
  PosixFiles files_;
};

TEST_F(PosixFilesTest, NamesPathAndStepOfWhatFails) {
  const std::string path = PathOf("none");
  EXPECT_THAT(files_.Read(path),
              StatusIs(absl::StatusCode::kNotFound,
                       AllOf(HasSubstr(path), HasSubstr("can't open: No such file"))));
  EXPECT_THAT(files_.Remove(path), StatusIs(absl::StatusCode::kNotFound, HasSubstr("remove")));
  EXPECT_THAT(files_.Rename(path, PathOf("b")),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("rename")));
  EXPECT_THAT(files_.List(path), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(files_.OpenToAppend(folder_),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("Is a directory")));
  EXPECT_THAT(files_.Read(folder_), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(PosixFilesTest, ADirectoryThatIsNotWritableIsTold) {
  // Root may write everywhere: be somebody else.
  constexpr uid_t kNobody = 65534;
  const uid_t user = geteuid();
  if (user == 0) {
    ASSERT_EQ(chown(folder_.c_str(), kNobody, kNobody), 0);
    ASSERT_EQ(seteuid(kNobody), 0);
  }
  ASSERT_EQ(chmod(folder_.c_str(), 0500), 0);
  const absl::Status file = files_.OpenToAppend(PathOf("a")).status();
  const absl::Status directory = files_.OpenToAppend(PathOf("d/a")).status();
  const absl::Status replaced = files_.Replace(PathOf("a"), "x");
  ASSERT_EQ(chmod(folder_.c_str(), 0700), 0);
  ASSERT_EQ(seteuid(user), 0);
  constexpr absl::StatusCode kDenied = absl::StatusCode::kPermissionDenied;
  EXPECT_THAT(file, StatusIs(kDenied, HasSubstr("open to append")));
  EXPECT_THAT(directory, StatusIs(kDenied, HasSubstr("make the directory")));
  EXPECT_THAT(replaced, StatusIs(kDenied, HasSubstr("create")));
}

TEST_F(PosixFilesTest, AFileSystemThatIsNotWritableIsTold) {
  const absl::Status status = files_.OpenToAppend("/proc/colibri/a").status();
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(std::string(Std(status.message())), HasSubstr("/proc/colibri: can't make"));
}

TEST_F(PosixFilesTest, AFullDiskIsResourceExhausted) {
  ASSERT_OK_AND_ASSIGN(const auto file, files_.OpenToAppend("/dev/full"));
  EXPECT_THAT(file->Append("x"),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("/dev/full: can't write: No space")));
  EXPECT_EQ(file->size(), 0u);
}

// Only so much of a record fits: the size says how much, and cutting takes it away.
TEST_F(PosixFilesTest, APartialAppendIsCountedAndCanBeCut) {
  ASSERT_OK_AND_ASSIGN(const auto file, files_.OpenToAppend(PathOf("a")));
  ASSERT_OK(file->Append("12345"));
  rlimit before = {};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto told = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit narrow = {.rlim_cur = 8, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &narrow), 0);
  const absl::Status appended = file->Append("6789abc");
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, told);
  EXPECT_THAT(appended, StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("too large")));
  EXPECT_EQ(file->size(), 8u);
  ASSERT_OK(file->Truncate(5));
  ASSERT_OK(file->Append("!"));
  EXPECT_THAT(files_.Read(PathOf("a")), IsOkAndHolds(std::string("12345!")));
}

TEST_F(PosixFilesTest, OneAtATimeHoldsAFileAndTheErrorNamesThisProcess) {
  ASSERT_OK_AND_ASSIGN(auto file, files_.OpenToAppend(PathOf("a")));
  PosixFiles others;
  EXPECT_THAT(others.OpenToAppend(PathOf("a")),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr(PathOf("a")), HasSubstr("this process"))));
  file.reset();
  EXPECT_OK(others.OpenToAppend(PathOf("a")));
}

TEST_F(PosixFilesTest, TheErrorNamesTheProcessThatHoldsTheFile) {
  int ready[2];
  int done[2];
  ASSERT_EQ(pipe(ready), 0);
  ASSERT_EQ(pipe(done), 0);
  const std::string path = PathOf("a");
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto file = PosixFiles().OpenToAppend(path);
    char byte = file.ok() ? 'y' : 'n';
    [[maybe_unused]] ssize_t ignored = write(ready[1], &byte, 1);
    close(done[1]);
    ignored = read(done[0], &byte, 1);
    _exit(0);
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  ASSERT_EQ(byte, 'y');
  EXPECT_THAT(files_.OpenToAppend(path),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr(StrCat("process ", child, " holds it"))));
  close(done[1]);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  // A process that is gone holds nothing.
  EXPECT_OK(files_.OpenToAppend(path));
  close(done[0]);
  close(ready[0]);
  close(ready[1]);
}

TEST_F(PosixFilesTest, MakesFilesAndDirectoriesForTheUserAlone) {
  const mode_t before = umask(0);
  ASSERT_OK_AND_ASSIGN(const auto file, files_.OpenToAppend(PathOf("x/y/a")));
  ASSERT_OK(files_.Replace(PathOf("z/b"), "content"));
  umask(before);
  EXPECT_EQ(ModeOf(PathOf("x")), 0700u);
  EXPECT_EQ(ModeOf(PathOf("x/y")), 0700u);
  EXPECT_EQ(ModeOf(PathOf("x/y/a")), 0600u);
  EXPECT_EQ(ModeOf(PathOf("z/b")), 0600u);
}

TEST_F(PosixFilesTest, GoesOnWhereAFileEnded) {
  {
    ASSERT_OK_AND_ASSIGN(const auto file, files_.OpenToAppend(PathOf("a")));
    ASSERT_OK(file->Append("abc"));
    ASSERT_OK(file->Sync());
  }
  ASSERT_OK_AND_ASSIGN(const auto file, files_.OpenToAppend(PathOf("a")));
  EXPECT_EQ(file->size(), 3u);
  ASSERT_OK(file->Append(std::string(100'000, 'd')));
  EXPECT_THAT(files_.Read(PathOf("a")), IsOkAndHolds("abc" + std::string(100'000, 'd')));
}

TEST_F(PosixFilesTest, ReplacesAndListsFiles) {
  ASSERT_OK(files_.Replace(PathOf("b"), "old"));
  ASSERT_OK(files_.Replace(PathOf("b"), "new"));
  ASSERT_OK(files_.Rename(PathOf("b"), PathOf("c")));
  ASSERT_OK(files_.Replace(PathOf("a"), ""));
  ASSERT_OK(files_.Replace(PathOf("sub/d"), ""));
  EXPECT_THAT(files_.Read(PathOf("c")), IsOkAndHolds(std::string("new")));
  EXPECT_THAT(files_.List(folder_), IsOkAndHolds(ElementsAre("a", "c")));
  ASSERT_OK(files_.Remove(PathOf("a")));
  EXPECT_THAT(files_.List(folder_), IsOkAndHolds(ElementsAre("c")));
}

TEST_F(PosixFilesTest, StartsOverUnderTheSameLockAndKeepsTheOldFile) {
  ASSERT_OK_AND_ASSIGN(const auto file, files_.OpenToAppend(PathOf("a")));
  ASSERT_OK(files_.Replace(PathOf("a.1"), "older"));
  ASSERT_OK(file->Append("old"));
  ASSERT_OK(file->StartOver("fresh", PathOf("a.1")));
  EXPECT_EQ(file->size(), 5u);
  ASSERT_OK(file->Append("er"));
  EXPECT_THAT(files_.Read(PathOf("a")), IsOkAndHolds(std::string("fresher")));
  EXPECT_THAT(files_.Read(PathOf("a.1")), IsOkAndHolds(std::string("old")));
  EXPECT_THAT(PosixFiles().OpenToAppend(PathOf("a")),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  // The old one is nobody's.
  EXPECT_OK(PosixFiles().OpenToAppend(PathOf("a.1")));
  ASSERT_OK(file->StartOver("newest", ""));
  EXPECT_THAT(files_.List(folder_), IsOkAndHolds(ElementsAre("a", "a.1")));
}

// Who opened the old file just before gets its lock just after, and must notice.
TEST_F(PosixFilesTest, NobodyElseGetsAFileWhileItStartsOver) {
  ASSERT_OK_AND_ASSIGN(const auto file, files_.OpenToAppend(PathOf("a")));
  std::atomic<bool> is_over = false;
  int64_t stolen = 0;
  std::thread other([&] {
    PosixFiles others;
    while (!is_over) {
      stolen += others.OpenToAppend(PathOf("a")).ok() ? 1 : 0;
    }
  });
  for (int i = 0; i < 50; ++i) {
    EXPECT_OK(file->StartOver("content", ""));
  }
  is_over = true;
  other.join();
  EXPECT_EQ(stolen, 0);
}

// What a process left that died in the middle of it.
TEST_F(PosixFilesTest, WritesOverAHalfFileThatWasLeftBeside) {
  std::ofstream(PathOf("a.new")) << "half";
  ASSERT_OK_AND_ASSIGN(const auto file, files_.OpenToAppend(PathOf("a")));
  ASSERT_OK(file->StartOver("whole", ""));
  EXPECT_THAT(files_.Read(PathOf("a")), IsOkAndHolds(std::string("whole")));
  EXPECT_THAT(files_.List(folder_), IsOkAndHolds(ElementsAre("a")));
}

TEST_F(PosixFilesTest, AFailedStartLeavesTheOldFile) {
  ASSERT_OK_AND_ASSIGN(const auto file, files_.OpenToAppend(PathOf("a")));
  ASSERT_OK(file->Append("old"));
  EXPECT_THAT(file->StartOver("new", PathOf("none/a.1")), StatusIs(absl::StatusCode::kNotFound));
  ASSERT_OK(file->Append("er"));
  EXPECT_THAT(files_.Read(PathOf("a")), IsOkAndHolds(std::string("older")));
  EXPECT_THAT(files_.List(folder_), IsOkAndHolds(ElementsAre("a")));
}

TEST_F(PosixFilesTest, SyncsBesideTheLoopAndTellsOnIt) {
  AsioEnvironment environment;
  ASSERT_OK_AND_ASSIGN(const auto file, environment.files().OpenToAppend(PathOf("a")));
  ASSERT_OK(file->Append("abc"));
  int synced = 0;
  for (int i = 0; i < 3; ++i) {
    std::thread::id told_by;
    file->StartSync([&](const absl::Status& status) {
      synced += status.ok() ? 1 : 100;
      told_by = std::this_thread::get_id();
      environment.Stop();
    });
    environment.Run();
    EXPECT_EQ(told_by, std::this_thread::get_id());
  }
  EXPECT_EQ(synced, 3);
}

TEST_F(PosixFilesTest, AFailedSyncBesideTheLoopIsTold) {
  AsioEnvironment environment;
  ASSERT_OK_AND_ASSIGN(const auto file, environment.files().OpenToAppend("/dev/full"));
  absl::Status told;
  file->StartSync([&](const absl::Status& status) {
    told = status;
    environment.Stop();
  });
  environment.Run();
  EXPECT_THAT(told, StatusIs(absl::StatusCode::kUnavailable, HasSubstr("/dev/full: can't sync")));
}

TEST_F(PosixFilesTest, AClosedFileHearsNothingOfItsSync) {
  AsioEnvironment environment;
  bool is_told = false;
  ASSERT_OK_AND_ASSIGN(auto closed, environment.files().OpenToAppend(PathOf("a")));
  ASSERT_OK(closed->Append("abc"));
  closed->StartSync([&](const absl::Status&) { is_told = true; });
  closed.reset();
  // Syncs are done one after the other: when the second is told, the first is done.
  ASSERT_OK_AND_ASSIGN(const auto file, environment.files().OpenToAppend(PathOf("b")));
  file->StartSync([&](const absl::Status&) { environment.Stop(); });
  environment.Run();
  EXPECT_FALSE(is_told);
}

// The thread must be gone before the loop is, whatever it is doing.
TEST_F(PosixFilesTest, ASyncMayBeUnderWayAtTheEnd) {
  for (int i = 0; i < 20; ++i) {
    AsioEnvironment environment;
    ASSERT_OK_AND_ASSIGN(const auto file, environment.files().OpenToAppend(PathOf("a")));
    ASSERT_OK(file->Append("abc"));
    file->StartSync([](const absl::Status&) { ADD_FAILURE() << "nothing runs the loop"; });
  }
}

TEST_F(PosixFilesTest, AJournalLivesOnRealFilesToo) {
  AsioEnvironment environment;
  const JournalOptions options{.path = PathOf("state/binance.journal"), .archives_max = 1};
  {
    ASSERT_OK_AND_ASSIGN(const OpenedJournal opened,
                         Journal::Open(environment, options, "binance", "testnet"));
    ASSERT_OK(opened.journal->AppendIntent({SampleOrder("B1")}));
    ASSERT_OK(opened.journal->Rotate({JournalIntent{SampleOrder("B1")}}));
    ASSERT_OK(opened.journal->Rotate({JournalIntent{SampleOrder("B1")}}));
    ASSERT_OK(opened.journal->Append(SampleFill("B1", "T1", "0.1")));
    EXPECT_THAT(Journal::Open(environment, options, "binance", "testnet"),
                StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("this process")));
  }
  EXPECT_THAT(environment.files().List(PathOf("state")),
              IsOkAndHolds(ElementsAre("binance.journal", "binance.journal.1")));
  std::ofstream(options.path, std::ios::app) << "torn";
  ASSERT_OK_AND_ASSIGN(const OpenedJournal opened,
                       Journal::Open(environment, options, "binance", "testnet"));
  EXPECT_THAT(opened.warning, HasSubstr("cut 4 bytes"));
  ASSERT_EQ(opened.state.orders().size(), 1u);
  EXPECT_EQ(opened.state.orders()[0].order.filled, Quantity::FromScaled(1, 1));
}

using PosixFilesDeathTest = PosixFilesTest;

TEST_F(PosixFilesDeathTest, ChecksThatThereIsALoopToTell) {
  ASSERT_OK_AND_ASSIGN(const auto file, files_.OpenToAppend("/dev/null"));
  EXPECT_DEATH(file->StartSync([](const absl::Status&) {}), "without a loop");
}

}  // namespace
}  // namespace colibri
