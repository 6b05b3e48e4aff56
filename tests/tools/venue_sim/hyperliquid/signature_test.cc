#include "tools/venue_sim/hyperliquid/signature.h"

#include "gtest/gtest.h"
#include <nlohmann/json.hpp>

#include "tools/venue_sim/hyperliquid/action.h"
#include "tools/venue_sim/hyperliquid/msgpack.h"

namespace colibri::venue_sim::hyperliquid {
namespace {

constexpr char kSigner[] = "0x14791697260e4c9a71f18484c9f997b308e59325";

// An action that was signed elsewhere, by the key of kSigner.
struct Vector {
  const char* action;
  uint64_t nonce = 0;
  const char* vault = "";
  std::optional<uint64_t> expires_after = {};
  const char* connection_id = "";
  const char* digest = "";
  const char* r = "";
  const char* s = "";
  int v = 27;
  bool is_testnet = false;
};

constexpr char kOrder[] =
    R"({"type":"order","orders":[{"a":1,"b":true,"p":"100","s":"100","r":false,)"
    R"("t":{"limit":{"tif":"Gtc"}}}],"grouping":"na"})";

constexpr Vector kVectors[] = {
    {.action = kOrder,
     .connection_id = "0x884f2c32bb6dbdd65f6033e32fb28c0cb6f5b345db0f6471fd3366d85c9252c1",
     .digest = "0xa5cfed1f2d7948de30aecacc7fea3c5e05c1e759020e96239847879b906f801e",
     .r = "0xd65369825a9df5d80099e513cce430311d7d26ddf477f5b3a33d2806b100d78e",
     .s = "0x2b54116ff64054968aa237c20ca9ff68000f977c93289157748a3162b6ea940e",
     .v = 28},
    {.action = kOrder,
     .connection_id = "0x884f2c32bb6dbdd65f6033e32fb28c0cb6f5b345db0f6471fd3366d85c9252c1",
     .digest = "0x606be2d25f68768f876dc04a2c3c86ceafd2d6a3c3cbb963454462d6734ebfa6",
     .r = "0x82b2ba28e76b3d761093aaded1b1cdad4960b3af30212b343fb2e6cdfa4e3d54",
     .s = "0x6b53878fc99d26047f4d7e8c90eb98955a109f44209163f52d8dc4278cbbd9f5",
     .is_testnet = true},
    // r is short of a leading zero, as the venue's own kit prints it.
    {.action = R"({"type":"order","orders":[{"a":1,"b":true,"p":"100","s":"100","r":false,)"
               R"("t":{"limit":{"tif":"Gtc"}},"c":"0x00000000000000000000000000000001"}],)"
               R"("grouping":"na"})",
     .connection_id = "0x0ba500cedd8f4ba6ded620a0b1cd04f124d9ba745e2e2893fcc763bcc1444af5",
     .digest = "0x54a60f6e5107c3ebbd5600ce51c5c208b66c4acdaddf159d34f380f4985f4a3f",
     .r = "0x41ae18e8239a56cacbc5dad94d45d0b747e5da11ad564077fcac71277a946e3",
     .s = "0x3c61f667e747404fe7eea8f90ab0e76cc12ce60270438b2058324681a00116da"},
    {.action = R"({"type":"order","orders":[{"a":1,"b":true,"p":"100","s":"100","r":false,)"
               R"("t":{"trigger":{"isMarket":true,"triggerPx":"103","tpsl":"sl"}}}],)"
               R"("grouping":"na"})",
     .connection_id = "0x430a86fb9876e901920d931f5bb20c9d011f6389bd179f39a73c09e6219adcad",
     .digest = "0x012ce9a26d8326e9de0e2e76709c076b94cec6b137031928ec7334c8f3c4028f",
     .r = "0x98343f2b5ae8e26bb2587daad3863bc70d8792b09af1841b6fdd530a2065a3f9",
     .s = "0x6b5bb6bb0633b710aa22b721dd9dee6d083646a5f8e581a20b545be6c1feb405"},
    {.action = R"({"type":"order","orders":[{"a":4,"b":true,"p":"1670.1","s":"0.0147",)"
               R"("r":false,"t":{"limit":{"tif":"Ioc"}}}],"grouping":"na"})",
     .nonce = 1677777606040,
     .connection_id = "0x0fcbeda5ae3c4950a548021552a4fea2226858c4453571bf3f24ba017eac2908",
     .digest = "0xbe5eb0697b77c2acfeaa07a3d4913ae5d06489c63bfd143c5d3d66540a196c43",
     .r = "0xe302c107c0048633293299b066317048f69f685aa4f536fe56c050efaf04996c",
     .s = "0x70e01d4d26e3d724fb8f8ab54b3f2544a37ea1b092f83532349405274f3f3962",
     .v = 28},
    {.action = R"({"type":"dummy","num":100000000000})",
     .vault = "0x1719884eb866cb12b2287399b15f7db5e7d775ea",
     .connection_id = "0xde9e09a7a3da45cc694096d4bfdcd89bc1b892d05497c5ecc1f56c335945184c",
     .digest = "0xfc2d745b97fc2d89fbca951d3665f56f14e8b2fa19d21dbd137ab115fcd5b4f1",
     .r = "0x3c548db75e479f8012acf3000ca3a6b05606bc2ec0c29c50c515066a326239",
     .s = "0x4d402be7396ce74fbba3795769cda45aec00dc3125a984f2a9f23177b190da2c",
     .v = 28},
    {.action = R"({"type":"cancelByCloid","cancels":[{"asset":1,)"
               R"("cloid":"0x00000000000000000000000000000001"}]})",
     .nonce = 1700000000000,
     .connection_id = "0xff888b53d8ec27155197e50698343967aa922eba74ef605d7f2b1b1dd57c10de",
     .digest = "0x808b5a8ca1e2ee4741ceb99bc7e27cbd1b17cc06810f20dc5b276d5a160dc9c0",
     .r = "0xd8ad694a3002d9d3e462be876e1e0975d0cb990265ca8c3dffbd144e10c84db5",
     .s = "0x6e760fa62e1f9f1e69d38878fab2ff660fa170b38073dbcde110279f786aa77e",
     .v = 28},
    {.action = R"({"type":"cancel","cancels":[{"a":1,"o":123456789012}]})",
     .nonce = 1700000000000,
     .connection_id = "0x008419ea549997688b36c2c22d8ad81a20876ffd37677516c24f2dc954959ada",
     .digest = "0x3368f0bf84050dfc2d0c5152ad6d3afcd493a93ee87f6f87b5ed955c2a379cbe",
     .r = "0xee053c6ae67f423f1f13d7818c0959cceba290c204ac0b45ce32c8515da1caa3",
     .s = "0x2014f7c27f617a797ebd8b5557c3101ddefff5db382b2e75d53336bebacf4569"},
    {.action = kOrder,
     .nonce = 1700000000000,
     .expires_after = 1700000010000,
     .connection_id = "0xb58f791c498ad08ef9f2dd7b4fbac7b96b6c598ee3815c8b2067922fc425643b",
     .digest = "0xf5d0ffc9c9221a3d7a507dddd52077fb8c12e7ca24a789c6a9db355f8446ab84",
     .r = "0x6ea626034fdc2f05f68abeff07a66e920813c7e96a8846c71b9de52842eba70d",
     .s = "0x1164fddaf57a69b9c3e37f39ff3789566373d47c6448a117d8f6c3e0f0af7ab5",
     .v = 28},
    {.action = R"({"type":"updateLeverage","asset":1,"isCross":true,"leverage":5})",
     .nonce = 1700000000000,
     .connection_id = "0xabcd0030f6e652ed0f555bc4149c09afb584e3f03d6638664ebc7cdc08f8f890",
     .digest = "0x94c9dfd6608bf0320abfeb3eeda0f30ab4861ebe8731b447581f7c5b26116992",
     .r = "0xb6d73e1e08b1e33aa259c4437c352cc6ada4484c0b7739c576ba273c0836d24a",
     .s = "0x37e2a3e221f02e0a4f557dda1eda9e4d15b18525be37d5722338aff7f60134aa"},
};

TEST(SignatureTest, RecoversSomebodyElseWhenAByteHasChanged) {
  for (const Vector& one : kVectors) {
    std::string digest = *FromHex(one.digest, 32);
    digest[17] = static_cast<char>(digest[17] ^ 1);
    EXPECT_NE(RecoverAddress(digest, {.r = one.r, .s = one.s, .v = one.v}), kSigner);
  }
}

TEST(SignatureTest, RefusesWhatIsNoSignature) {
  const std::string digest = *FromHex(kVectors[0].digest, 32);
  const std::string zero = "0x0";

  EXPECT_EQ(RecoverAddress(digest, {.r = zero, .s = zero, .v = 27}), std::nullopt);
  EXPECT_EQ(RecoverAddress(digest, {.r = "d653", .s = kVectors[0].s, .v = 28}), std::nullopt);
  EXPECT_EQ(RecoverAddress(digest, {.r = kVectors[0].r, .s = kVectors[0].s, .v = 0}), std::nullopt);
  // The same signature with n - s in place of s.
  EXPECT_EQ(
      RecoverAddress(digest,
                     {.r = kVectors[0].r,
                      .s = "0xd4abee9009bfab69755dc83df3560096ba9f456a1c200ee44b482d2a194bad33",
                      .v = 27}),
      std::nullopt);
}

TEST(SignatureTest, HoldsThePublishedVectors) {
  for (const Vector& one : kVectors) {
    SCOPED_TRACE(one.action);
    const std::string id =
        ConnectionId(ParseText(one.action), one.nonce, one.vault, one.expires_after);
    const std::string digest = AgentDigest(id, one.is_testnet);

    EXPECT_EQ(ToHex(id), one.connection_id);
    EXPECT_EQ(ToHex(digest), one.digest);
    EXPECT_EQ(RecoverAddress(digest, {.r = one.r, .s = one.s, .v = one.v}), kSigner);
  }
}

TEST(SignatureTest, HoldsThePublishedVectorOfTypedData) {
  const Json action = ParseText(
      R"({"type":"usdSend","hyperliquidChain":"Testnet","amount":"1","time":1687816341423,)"
      R"("destination":"0x5e9ee1089755c3435139848e47e6635505d5a13a"})");

  const std::string hash = *UserSignedHash(action);
  const std::string digest = TypedDigest("HyperliquidSignTransaction", 0x66eee, hash);

  EXPECT_EQ(ToHex(hash), "0xe81f1691f350bb9a59d2b40b3d16c9526a8f93407dd72bcb9ea95e291a5de6da");
  EXPECT_EQ(ToHex(digest), "0xcacf7585cc49ca60c6c5fb3001e226c0ca03c46252c893eea574c78907b7cebe");
  EXPECT_EQ(
      RecoverAddress(digest,
                     {.r = "0x637b37dd731507cdd24f46532ca8ba6eec616952c56218baeff04144e4a77073",
                      .s = "0x11a6a24900e6e314136d2592e2f8d502cd89b7c15b198e1bee043c9589f9fad7",
                      .v = 27}),
      kSigner);
}

TEST(MsgpackTest, WritesTheShortestForms) {
  const auto hex = [](const char* json) { return ToHex(Msgpack(ParseText(json))); };

  EXPECT_EQ(hex(kOrder),
            "0x83a474797065a56f72646572a66f72646572739186a16101a162c3a170a3313030a173a3313030a172c2"
            "a17481a56c696d697481a3746966a3477463a867726f7570696e67a26e61");
  EXPECT_EQ(hex("[127,128,255,256,65535,65536,4294967295,4294967296]"),
            "0x987fcc80ccffcd0100cdffffce00010000ceffffffffcf0000000100000000");
  EXPECT_EQ(hex("[-1,-32,-33,-128,-129,-32768,-32769,-2147483649]"),
            "0x98ffe0d0dfd080d1ff7fd18000d2ffff7fffd3ffffffff7fffffff");
  EXPECT_EQ(hex("[1.5,null]"), "0x92cb3ff8000000000000c0");
  EXPECT_EQ(hex(R"(["0x00000000000000000000000000000001"])"),
            "0x91d92230783030303030303030303030303030303030303030303030303030303030303031");
}

TEST(ActionTest, PutsMembersIntoTheirOrderAndAmountsIntoTheirText) {
  const std::optional<Json> action = ReadAction(
      ParseText(R"({"grouping":"na","nonce":3,"orders":[{"t":{"limit":{"tif":"Gtc"}},"r":false,)"
                R"("s":"100.0","p":"0100","b":true,"a":1,"c":null}],"type":"order"})"));

  ASSERT_TRUE(action.has_value());
  EXPECT_EQ(Text(*action), kOrder);
}

TEST(ActionTest, RefusesWhatItCannotRead) {
  for (const char* action :
       {R"({"type":"unheardOf"})",
        R"({"type":"order"})",
        R"({"type":"cancel","cancels":[{"a":1,"o":"12"}]})",
        R"({"type":"cancel","cancels":[{"a":-1,"o":12}]})",
        R"({"type":"cancelByCloid","cancels":[{"asset":1,"cloid":"0x12"}]})",
        R"({"type":"order","orders":[{"a":1,"b":true,"p":"1e2","s":"1","r":false,)"
        R"("t":{"limit":{"tif":"Gtc"}}}],"grouping":"na"})",
        R"({"type":"order","orders":[{"a":1,"b":true,"p":100,"s":"1","r":false,)"
        R"("t":{"limit":{"tif":"Gtc"}}}],"grouping":"na"})"}) {
    EXPECT_EQ(ReadAction(ParseText(action)), std::nullopt) << action;
  }
}

}  // namespace
}  // namespace colibri::venue_sim::hyperliquid
