#include "exchanges/hyperliquid_common/cloid.h"

#include <random>
#include <string>

#include "gtest/gtest.h"

namespace colibri::hyperliquid {
namespace {

// 37^24 - 1 spelled in hex is 209a1122...: all that is above spells no id of ours.
TEST(CloidTest, LeavesWhatIsOfAnotherMakingAsItIs) {
  for (const std::string_view cloid : {"0xffffffffffffffffffffffffffffffff",
                                       "0x00000000000000000000000000000000",
                                       "0x00000000000000000000000000000025",  // 37: a digit unused
                                       "0x0000000000000000000000000000000",
                                       "0x0000000000000000000000000000000A",
                                       "",
                                       "web-7"}) {
    EXPECT_EQ(ClientOrderIdOf(cloid).view(), cloid);
    EXPECT_EQ(CloidOf(ClientOrderIdOf(cloid)), cloid);
  }
  EXPECT_TRUE(ClientOrderIdOf(std::string(48, '0')).empty());
}

TEST(CloidTest, IsOurIdInAnotherBase) {
  EXPECT_EQ(CloidOf(ClientOrderId("0")), "0x00000000000000000000000000000001");
  EXPECT_EQ(CloidOf(ClientOrderId("a")), "0x0000000000000000000000000000000b");
  EXPECT_EQ(CloidOf(ClientOrderId("clb1")), "0x000000000000000000000000000a839d");
  EXPECT_EQ(CloidOf(ClientOrderId("clbm8r2k5w17f30001")), "0x000000001410c64f635fb5fdcb1c1c91");
  EXPECT_EQ(CloidOf(ClientOrderId(std::string(24, 'z'))), "0x209a1122718bdbd640b7cd9739b584a0");
}

TEST(CloidTest, GivesOurIdBack) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 10'000; ++i) {
    std::string id(1 + random() % kIdLengthMax, '0');
    for (char& c : id) {
      c = kIdAlphabet[random() % kIdAlphabet.size()];
    }
    ASSERT_EQ(ClientOrderIdOf(CloidOf(ClientOrderId(id))).view(), id);
  }
}

TEST(CloidTest, GivesEveryCloidBack) {
  std::mt19937_64 random(7);
  int ours = 0;
  for (int i = 0; i < 10'000; ++i) {
    std::string cloid = "0x";
    while (cloid.size() < 34) {
      cloid.push_back("0123456789abcdef"[random() % 16]);
    }
    const ClientOrderId id = ClientOrderIdOf(cloid);
    ASSERT_EQ(CloidOf(id), cloid);
    ours += id.view().starts_with("clb") ? 1 : 0;
  }
  EXPECT_EQ(ours, 0);
}

}  // namespace
}  // namespace colibri::hyperliquid
