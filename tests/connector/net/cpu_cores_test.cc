#include "connector/net/cpu_cores.h"

#include <sched.h>
#include <thread>

#include "gmock/gmock.h"

#include "core/strings.h"

namespace colibri {
namespace {

using ::testing::HasSubstr;

// Of the calling thread.
int CoreCount() {
  cpu_set_t set;
  CPU_ZERO(&set);
  sched_getaffinity(0, sizeof(set), &set);
  return CPU_COUNT(&set);
}

TEST(CpuCoresTest, NamesACoreThatIsNotThereAndThoseThatAre) {
  for (const int core : {-1, 1023, 1'000'000}) {
    const absl::Status status = PinThisThread(core);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), HasSubstr(StrCat("core ", core, " is not there")));
    EXPECT_THAT(std::string(status.message()),
                HasSubstr(StrCat("it may use ", CoresText(AllowedCores()))));
  }
}

TEST(CpuCoresTest, WritesRunsOfCoresAsRanges) {
  EXPECT_EQ(CoresText({}), "");
  EXPECT_EQ(CoresText({2}), "2");
  EXPECT_EQ(CoresText({0, 1}), "0-1");
  EXPECT_EQ(CoresText({0, 2, 3, 4, 7}), "0,2-4,7");
}

TEST(CpuCoresTest, PinsTheCallingThreadAlone) {
  const int core = AllowedCores().back();
  const int before = CoreCount();
  std::thread pinned([core] {
    ASSERT_TRUE(PinThisThread(core).ok());
    EXPECT_EQ(CoreCount(), 1);
    EXPECT_EQ(sched_getcpu(), core);
  });
  pinned.join();
  EXPECT_EQ(CoreCount(), before);
}

TEST(CpuCoresTest, UnpinsHelpersThatAPinnedThreadStarts) {
  const int allowed = static_cast<int>(AllowedCores().size());
  std::thread pinned([allowed] {
    ASSERT_TRUE(PinThisThread(AllowedCores().front()).ok());
    std::thread helper([allowed] {
      EXPECT_EQ(CoreCount(), 1);
      UnpinThisThread();
      EXPECT_EQ(CoreCount(), allowed);
    });
    helper.join();
    EXPECT_EQ(CoreCount(), 1);
  });
  pinned.join();
}

}  // namespace
}  // namespace colibri
