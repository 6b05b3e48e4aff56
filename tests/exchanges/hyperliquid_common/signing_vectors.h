// Signing vectors with every intermediate value, from the venue's SDK and two independent clients.
// All are of the key below, which the SDK's tests publish.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace colibri::hyperliquid {

inline constexpr std::string_view kSampleKey =
    "0x0123456789012345678901234567890123456789012345678901234567890123";
inline constexpr std::string_view kSampleAddress = "0x14791697260e4c9a71f18484c9f997b308e59325";
inline constexpr std::string_view kSampleVault = "0x1719884eb866cb12b2287399b15f7db5e7d775ea";

struct SigningVector {
  std::string_view name;
  bool is_mainnet;
  std::string_view action;
  int64_t nonce;
  std::string_view vault;  // empty: none
  int64_t expires_after;   // 0: none
  std::string_view msgpack;
  std::string_view preimage_tail;  // what follows the MessagePack
  std::string_view connection_id;
  std::string_view struct_hash;
  std::string_view digest;
  std::string_view r;
  std::string_view s;
  int v;
};

// clang-format off
inline constexpr std::array<SigningVector, 10> kSigningVectors = {{
    {.name = "order gtc, mainnet",
     .is_mainnet = true,
     .action =
        R"({"type":"order","orders":[{"a":1,"b":true,"p":"100","s":"100","r":false,"t":{"li)"
        R"(mit":{"tif":"Gtc"}}}],"grouping":"na"})",
     .nonce = 0,
     .vault = "",
     .expires_after = 0,
     .msgpack =
        "83a474797065a56f72646572a66f72646572739186a16101a162c3a170a3313030a173a3313030a172c2a174"
        "81a56c696d697481a3746966a3477463a867726f7570696e67a26e61",
     .preimage_tail = "000000000000000000",
     .connection_id = "884f2c32bb6dbdd65f6033e32fb28c0cb6f5b345db0f6471fd3366d85c9252c1",
     .struct_hash = "56a652ccec8b12829fce3495c42fc8428b58e3ad04d124c8f46d1955a4da1fbc",
     .digest = "a5cfed1f2d7948de30aecacc7fea3c5e05c1e759020e96239847879b906f801e",
     .r = "d65369825a9df5d80099e513cce430311d7d26ddf477f5b3a33d2806b100d78e",
     .s = "2b54116ff64054968aa237c20ca9ff68000f977c93289157748a3162b6ea940e",
     .v = 28},
    {.name = "order gtc, testnet",
     .is_mainnet = false,
     .action =
        R"({"type":"order","orders":[{"a":1,"b":true,"p":"100","s":"100","r":false,"t":{"li)"
        R"(mit":{"tif":"Gtc"}}}],"grouping":"na"})",
     .nonce = 0,
     .vault = "",
     .expires_after = 0,
     .msgpack =
        "83a474797065a56f72646572a66f72646572739186a16101a162c3a170a3313030a173a3313030a172c2a174"
        "81a56c696d697481a3746966a3477463a867726f7570696e67a26e61",
     .preimage_tail = "000000000000000000",
     .connection_id = "884f2c32bb6dbdd65f6033e32fb28c0cb6f5b345db0f6471fd3366d85c9252c1",
     .struct_hash = "d0eb023fe47eea33b30ddfee82a932d7089b31c36d8e52fd0b8284f9d90bd08c",
     .digest = "606be2d25f68768f876dc04a2c3c86ceafd2d6a3c3cbb963454462d6734ebfa6",
     .r = "82b2ba28e76b3d761093aaded1b1cdad4960b3af30212b343fb2e6cdfa4e3d54",
     .s = "6b53878fc99d26047f4d7e8c90eb98955a109f44209163f52d8dc4278cbbd9f5",
     .v = 27},
    {.name = "order gtc cloid, mainnet",
     .is_mainnet = true,
     .action =
        R"({"type":"order","orders":[{"a":1,"b":true,"p":"100","s":"100","r":false,"t":{"li)"
        R"(mit":{"tif":"Gtc"}},"c":"0x00000000000000000000000000000001"}],"grouping":"na"})",
     .nonce = 0,
     .vault = "",
     .expires_after = 0,
     .msgpack =
        "83a474797065a56f72646572a66f72646572739187a16101a162c3a170a3313030a173a3313030a172c2a174"
        "81a56c696d697481a3746966a3477463a163d922307830303030303030303030303030303030303030303030"
        "30303030303030303031a867726f7570696e67a26e61",
     .preimage_tail = "000000000000000000",
     .connection_id = "0ba500cedd8f4ba6ded620a0b1cd04f124d9ba745e2e2893fcc763bcc1444af5",
     .struct_hash = "54bba731728703dc3c467405572ee1fccce2835d2c27c23ac402ca0ae98e3a01",
     .digest = "54a60f6e5107c3ebbd5600ce51c5c208b66c4acdaddf159d34f380f4985f4a3f",
     .r = "041ae18e8239a56cacbc5dad94d45d0b747e5da11ad564077fcac71277a946e3",
     .s = "3c61f667e747404fe7eea8f90ab0e76cc12ce60270438b2058324681a00116da",
     .v = 27},
    {.name = "order sl, mainnet",
     .is_mainnet = true,
     .action =
        R"({"type":"order","orders":[{"a":1,"b":true,"p":"100","s":"100","r":false,"t":{"tr)"
        R"(igger":{"isMarket":true,"triggerPx":"103","tpsl":"sl"}}}],"grouping":"na"})",
     .nonce = 0,
     .vault = "",
     .expires_after = 0,
     .msgpack =
        "83a474797065a56f72646572a66f72646572739186a16101a162c3a170a3313030a173a3313030a172c2a174"
        "81a77472696767657283a869734d61726b6574c3a9747269676765725078a3313033a47470736ca2736ca867"
        "726f7570696e67a26e61",
     .preimage_tail = "000000000000000000",
     .connection_id = "430a86fb9876e901920d931f5bb20c9d011f6389bd179f39a73c09e6219adcad",
     .struct_hash = "b8e6b772aeca9d171f8cb226392c2a99f91c1f00a51ee31375d373c49189a4dd",
     .digest = "012ce9a26d8326e9de0e2e76709c076b94cec6b137031928ec7334c8f3c4028f",
     .r = "98343f2b5ae8e26bb2587daad3863bc70d8792b09af1841b6fdd530a2065a3f9",
     .s = "6b5bb6bb0633b710aa22b721dd9dee6d083646a5f8e581a20b545be6c1feb405",
     .v = 27},
    {.name = "phantom eth, mainnet",
     .is_mainnet = true,
     .action =
        R"({"type":"order","orders":[{"a":4,"b":true,"p":"1670.1","s":"0.0147","r":false,"t)"
        R"(":{"limit":{"tif":"Ioc"}}}],"grouping":"na"})",
     .nonce = 1677777606040,
     .vault = "",
     .expires_after = 0,
     .msgpack =
        "83a474797065a56f72646572a66f72646572739186a16104a162c3a170a6313637302e31a173a6302e303134"
        "37a172c2a17481a56c696d697481a3746966a3496f63a867726f7570696e67a26e61",
     .preimage_tail = "00000186a356959800",
     .connection_id = "0fcbeda5ae3c4950a548021552a4fea2226858c4453571bf3f24ba017eac2908",
     .struct_hash = "51879477d208da1c3b26a95198d451e5ccf916f0c5591bf8f74828fa52e8a6f4",
     .digest = "be5eb0697b77c2acfeaa07a3d4913ae5d06489c63bfd143c5d3d66540a196c43",
     .r = "e302c107c0048633293299b066317048f69f685aa4f536fe56c050efaf04996c",
     .s = "70e01d4d26e3d724fb8f8ab54b3f2544a37ea1b092f83532349405274f3f3962",
     .v = 28},
    {.name = "dummy vault, mainnet",
     .is_mainnet = true,
     .action =
        R"({"type":"dummy","num":100000000000})",
     .nonce = 0,
     .vault = "0x1719884eb866cb12b2287399b15f7db5e7d775ea",
     .expires_after = 0,
     .msgpack =
        "82a474797065a564756d6d79a36e756dcf000000174876e800",
     .preimage_tail = "0000000000000000011719884eb866cb12b2287399b15f7db5e7d775ea",
     .connection_id = "de9e09a7a3da45cc694096d4bfdcd89bc1b892d05497c5ecc1f56c335945184c",
     .struct_hash = "00a823bddd6d1f3310e67bee6174c3968f33c595e3f42dad9d83d978b2a5dd06",
     .digest = "fc2d745b97fc2d89fbca951d3665f56f14e8b2fa19d21dbd137ab115fcd5b4f1",
     .r = "003c548db75e479f8012acf3000ca3a6b05606bc2ec0c29c50c515066a326239",
     .s = "4d402be7396ce74fbba3795769cda45aec00dc3125a984f2a9f23177b190da2c",
     .v = 28},
    {.name = "cancelByCloid, mainnet",
     .is_mainnet = true,
     .action =
        R"({"type":"cancelByCloid","cancels":[{"asset":1,"cloid":"0x00000000000000000000000)"
        R"(000000001"}]})",
     .nonce = 1700000000000,
     .vault = "",
     .expires_after = 0,
     .msgpack =
        "82a474797065ad63616e63656c4279436c6f6964a763616e63656c739182a5617373657401a5636c6f6964d9"
        "2230783030303030303030303030303030303030303030303030303030303030303031",
     .preimage_tail = "0000018bcfe5680000",
     .connection_id = "ff888b53d8ec27155197e50698343967aa922eba74ef605d7f2b1b1dd57c10de",
     .struct_hash = "9d3fac0f6d8093071ae19f7e3fe9f464959ed23d1b761384b511bbc6426e031c",
     .digest = "808b5a8ca1e2ee4741ceb99bc7e27cbd1b17cc06810f20dc5b276d5a160dc9c0",
     .r = "d8ad694a3002d9d3e462be876e1e0975d0cb990265ca8c3dffbd144e10c84db5",
     .s = "6e760fa62e1f9f1e69d38878fab2ff660fa170b38073dbcde110279f786aa77e",
     .v = 28},
    {.name = "cancel, mainnet",
     .is_mainnet = true,
     .action =
        R"({"type":"cancel","cancels":[{"a":1,"o":123456789012}]})",
     .nonce = 1700000000000,
     .vault = "",
     .expires_after = 0,
     .msgpack =
        "82a474797065a663616e63656ca763616e63656c739182a16101a16fcf0000001cbe991a14",
     .preimage_tail = "0000018bcfe5680000",
     .connection_id = "008419ea549997688b36c2c22d8ad81a20876ffd37677516c24f2dc954959ada",
     .struct_hash = "5596567cfd15e725fdf9c939a17e69014e0bedccea279805cab8aaea34ca0f7e",
     .digest = "3368f0bf84050dfc2d0c5152ad6d3afcd493a93ee87f6f87b5ed955c2a379cbe",
     .r = "ee053c6ae67f423f1f13d7818c0959cceba290c204ac0b45ce32c8515da1caa3",
     .s = "2014f7c27f617a797ebd8b5557c3101ddefff5db382b2e75d53336bebacf4569",
     .v = 27},
    {.name = "order+expires, mainnet",
     .is_mainnet = true,
     .action =
        R"({"type":"order","orders":[{"a":1,"b":true,"p":"100","s":"100","r":false,"t":{"li)"
        R"(mit":{"tif":"Gtc"}}}],"grouping":"na"})",
     .nonce = 1700000000000,
     .vault = "",
     .expires_after = 1700000010000,
     .msgpack =
        "83a474797065a56f72646572a66f72646572739186a16101a162c3a170a3313030a173a3313030a172c2a174"
        "81a56c696d697481a3746966a3477463a867726f7570696e67a26e61",
     .preimage_tail = "0000018bcfe5680000000000018bcfe58f10",
     .connection_id = "b58f791c498ad08ef9f2dd7b4fbac7b96b6c598ee3815c8b2067922fc425643b",
     .struct_hash = "13ac31915b86e2b30daa29119dfd848aa381098bcd79fd15d0ab1ff857d013b3",
     .digest = "f5d0ffc9c9221a3d7a507dddd52077fb8c12e7ca24a789c6a9db355f8446ab84",
     .r = "6ea626034fdc2f05f68abeff07a66e920813c7e96a8846c71b9de52842eba70d",
     .s = "1164fddaf57a69b9c3e37f39ff3789566373d47c6448a117d8f6c3e0f0af7ab5",
     .v = 28},
    {.name = "updateLeverage, mainnet",
     .is_mainnet = true,
     .action =
        R"({"type":"updateLeverage","asset":1,"isCross":true,"leverage":5})",
     .nonce = 1700000000000,
     .vault = "",
     .expires_after = 0,
     .msgpack =
        "84a474797065ae7570646174654c65766572616765a5617373657401a7697343726f7373c3a86c6576657261"
        "676505",
     .preimage_tail = "0000018bcfe5680000",
     .connection_id = "abcd0030f6e652ed0f555bc4149c09afb584e3f03d6638664ebc7cdc08f8f890",
     .struct_hash = "5c872abca17362cfcc042d3301fea35c721a29ad909ec2fd460b0055ef97bbfb",
     .digest = "94c9dfd6608bf0320abfeb3eeda0f30ab4861ebe8731b447581f7c5b26116992",
     .r = "b6d73e1e08b1e33aa259c4437c352cc6ada4484c0b7739c576ba273c0836d24a",
     .s = "37e2a3e221f02e0a4f557dda1eda9e4d15b18525be37d5722338aff7f60134aa",
     .v = 27},
}};
// clang-format on

}  // namespace colibri::hyperliquid
