#include "auth/secret_file.h"

#include <unistd.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/auth/secret_folder.h"
#include "tests/support/status_matchers.h"
#include <sys/stat.h>

namespace colibri {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr auto kDenied = absl::StatusCode::kPermissionDenied;
constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr uid_t kMe = 1000;

struct stat RegularFile(mode_t mode, uid_t owner = kMe, off_t size = 100) {
  struct stat file = {};
  file.st_mode = S_IFREG | mode;
  file.st_uid = owner;
  file.st_size = size;
  return file;
}

TEST(SecretFileTest, RefusesEveryModeButOwnerReadWrite) {
  for (mode_t mode = 0; mode <= 07777; ++mode) {
    const absl::Status status = CheckSecretFile("keys.yaml", RegularFile(mode), kMe);
    ASSERT_EQ(status.ok(), mode == 0600) << std::oct << mode;
  }
}

TEST(SecretFileTest, SaysTheModeAndTheCommandThatMendsIt) {
  EXPECT_THAT(
      CheckSecretFile("my keys/it's.yaml", RegularFile(0644), kMe),
      StatusIs(kDenied,
               AllOf(HasSubstr("mode 0644"), HasSubstr(R"(chmod 600 'my keys/it'\''s.yaml')"))));
}

TEST(SecretFileTest, RefusesAFileOfSomeoneElseWhateverItsMode) {
  const auto of_someone_else = StatusIs(kDenied, HasSubstr("belongs to user id 1001"));

  EXPECT_THAT(CheckSecretFile("keys.yaml", RegularFile(0600, 1001), kMe), of_someone_else);
  EXPECT_THAT(CheckSecretFile("keys.yaml", RegularFile(0644, 1001), kMe), of_someone_else);
  EXPECT_THAT(CheckSecretFile("keys.yaml", RegularFile(0600, 1001), 0), of_someone_else);
}

TEST(SecretFileTest, RefusesWhatIsNoRegularFile) {
  struct stat file = RegularFile(0600);
  for (const mode_t type : {S_IFDIR, S_IFIFO, S_IFCHR, S_IFSOCK}) {
    file.st_mode = type | 0600;
    EXPECT_THAT(CheckSecretFile("keys", file, kMe), StatusIs(kInvalid, HasSubstr("regular")));
  }
}

TEST(SecretFileTest, RefusesAFileTooLargeForKeys) {
  EXPECT_THAT(CheckSecretFile("keys", RegularFile(0600, kMe, kSecretFileSizeMax + 1), kMe),
              StatusIs(kInvalid, HasSubstr("16384")));
  EXPECT_THAT(CheckSecretFile("keys", RegularFile(0600, kMe, kSecretFileSizeMax), kMe), IsOk());
}

TEST(ReadSecretFileTest, SaysWhichFileIsMissing) {
  EXPECT_THAT(ReadSecretFile("/nonexistent/keys.yaml"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/nonexistent/keys.yaml")));
  EXPECT_THAT(ReadSecretFile(""), StatusIs(absl::StatusCode::kNotFound));
}

TEST(ReadSecretFileTest, RefusesAFileThatOthersCanReadAndDoesNotQuoteIt) {
  const SecretFolder folder;
  const std::string path = folder.Write("keys.yaml", "hunter2", 0644);

  EXPECT_THAT(ReadSecretFile(path), StatusIs(kDenied, Not(HasSubstr("hunter2"))));
}

TEST(ReadSecretFileTest, RefusesADirectory) {
  const SecretFolder folder;

  EXPECT_THAT(ReadSecretFile(folder.PathOf("")), StatusIs(kInvalid, HasSubstr("regular")));
}

TEST(ReadSecretFileTest, RefusesAFifoWithoutWaitingForAWriter) {
  const SecretFolder folder;
  const std::string path = folder.PathOf("fifo");
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);

  EXPECT_THAT(ReadSecretFile(path), StatusIs(kInvalid, HasSubstr("regular")));
}

TEST(ReadSecretFileTest, RefusesALinkToAFileThatOthersCanRead) {
  const SecretFolder folder;
  const std::string link = folder.PathOf("link");
  ASSERT_EQ(symlink("/etc/passwd", link.c_str()), 0);

  EXPECT_THAT(ReadSecretFile(link), StatusIs(kDenied));
}

TEST(ReadSecretFileTest, RefusesALinkToAFileOfSomeoneElse) {
  const SecretFolder folder;
  const std::string path = folder.Write("keys.yaml", "hunter2", 0600);
  if (chown(path.c_str(), geteuid() + 1, static_cast<gid_t>(-1)) != 0) {
    GTEST_SKIP() << "only root can give a file away";
  }
  const std::string link = folder.PathOf("link");
  ASSERT_EQ(symlink("keys.yaml", link.c_str()), 0);

  EXPECT_THAT(ReadSecretFile(link), StatusIs(kDenied, HasSubstr("belongs to user id")));
}

TEST(ReadSecretFileTest, SaysThatALinkLeadsNowhereOrInACircle) {
  const SecretFolder folder;
  const std::string link = folder.PathOf("link");
  const std::string circle = folder.PathOf("circle");
  ASSERT_EQ(symlink("nothing", link.c_str()), 0);
  ASSERT_EQ(symlink("circle", circle.c_str()), 0);

  EXPECT_THAT(ReadSecretFile(link), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(ReadSecretFile(circle), StatusIs(kInvalid));
}

TEST(ReadSecretFileTest, FollowsALinkToOnesOwnSafeFile) {
  const SecretFolder folder;
  folder.Write("keys.yaml", "hunter2", 0600);
  const std::string link = folder.PathOf("link");
  ASSERT_EQ(symlink("keys.yaml", link.c_str()), 0);

  const auto secret = ReadSecretFile(link);

  ASSERT_THAT(secret, IsOk());
  EXPECT_EQ(secret->reveal(), "hunter2");
}

TEST(ReadSecretFileTest, ReadsAFileOfExactlyTheLargestSize) {
  const SecretFolder folder;
  const std::string text(kSecretFileSizeMax, 'x');

  const auto secret = ReadSecretFile(folder.Write("keys", text, 0600));

  ASSERT_THAT(secret, IsOk());
  EXPECT_EQ(secret->reveal(), text);
  EXPECT_THAT(ReadSecretFile(folder.Write("keys", text + "x", 0600)), StatusIs(kInvalid));
}

}  // namespace
}  // namespace colibri
