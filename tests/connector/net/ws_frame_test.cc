#include "connector/net/ws_frame.h"

#include <cstring>
#include <string>
#include <vector>

#include "gmock/gmock.h"

#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;

// What a server sends: not masked.
std::string ServerFrame(int first_byte, std::string_view payload) {
  std::string frame(1, static_cast<char>(first_byte));
  if (payload.size() < 126) {
    frame += static_cast<char>(payload.size());
  } else if (payload.size() < 65536) {
    frame += static_cast<char>(126);
    frame += static_cast<char>(payload.size() >> 8);
    frame += static_cast<char>(payload.size());
  } else {
    frame += static_cast<char>(127);
    for (int shift = 56; shift >= 0; shift -= 8) {
      frame += static_cast<char>(payload.size() >> shift);
    }
  }
  return frame.append(payload);
}

absl::Status FirstError(std::string_view bytes, size_t message_limit = 1000) {
  WsDeframer deframer(message_limit);
  deframer.Append(bytes);
  while (true) {
    const absl::StatusOr<WsEvent> event = deframer.Next();
    if (!event.ok() || event->kind == WsEvent::Kind::kNeedMore) {
      return event.status();
    }
  }
}

TEST(WsDeframerTest, RefusesWhatAServerMustNotSend) {
  EXPECT_THAT(FirstError(std::string("\xC1\x00", 2)), StatusIs(kDataLoss, HasSubstr("reserved")));
  EXPECT_THAT(FirstError(std::string("\x83\x00", 2)), StatusIs(kDataLoss, HasSubstr("opcode 3")));
  EXPECT_THAT(FirstError(std::string("\x81\x80\0\0\0\0", 6)),
              StatusIs(kDataLoss, HasSubstr("must not mask")));
  EXPECT_THAT(FirstError(ServerFrame(0x09, "x")), StatusIs(kDataLoss, HasSubstr("control frame")));
  EXPECT_THAT(FirstError(ServerFrame(0x89, std::string(126, 'x'))),
              StatusIs(kDataLoss, HasSubstr("control frame")));
  EXPECT_THAT(FirstError(ServerFrame(0x80, "x")), StatusIs(kDataLoss, HasSubstr("continuation")));
  EXPECT_THAT(FirstError(ServerFrame(0x01, "x") + ServerFrame(0x81, "y")),
              StatusIs(kDataLoss, HasSubstr("within a fragmented one")));
}

TEST(WsDeframerTest, RefusesTooBigAMessageByItsHeader) {
  EXPECT_THAT(FirstError(ServerFrame(0x81, std::string(1000, 'x'))), IsOk());
  EXPECT_THAT(FirstError(ServerFrame(0x81, std::string(1001, 'x')).substr(0, 4)),
              StatusIs(kDataLoss, HasSubstr("more than 1000 bytes")));
  EXPECT_THAT(FirstError(std::string("\x82\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 10)),
              StatusIs(kDataLoss, HasSubstr("more than 1000 bytes")));
  EXPECT_THAT(FirstError(ServerFrame(0x01, std::string(600, 'x')) +
                         ServerFrame(0x80, std::string(401, 'x'))),
              StatusIs(kDataLoss, HasSubstr("more than 1000 bytes")));
}

TEST(WsDeframerTest, ReadsTheSameAtEverySplit) {
  const std::string bytes = ServerFrame(0x81, "one") + ServerFrame(0x89, "ping") +
                            ServerFrame(0x01, "tw") + ServerFrame(0x8A, "pong") +
                            ServerFrame(0x00, "") + ServerFrame(0x80, "o") +
                            ServerFrame(0x82, std::string(300, 'b')) + ServerFrame(0x81, "") +
                            ServerFrame(0x88, "\x03\xE9");
  for (size_t step = 1; step <= bytes.size(); ++step) {
    WsDeframer deframer;
    std::vector<std::string> seen;
    for (size_t at = 0; at < bytes.size(); at += step) {
      const std::string_view part = std::string_view(bytes).substr(at, step);
      const absl::Span<char> space = deframer.Space();
      ASSERT_GE(space.size(), part.size());
      std::copy(part.begin(), part.end(), space.begin());
      deframer.Commit(part.size());
      while (true) {
        ASSERT_OK_AND_ASSIGN(const WsEvent event, deframer.Next());
        if (event.kind == WsEvent::Kind::kNeedMore) {
          break;
        }
        seen.push_back("mpoc"[static_cast<int>(event.kind) - 1] + std::string(event.payload));
      }
    }
    ASSERT_THAT(
        seen,
        ElementsAre(
            "mone", "pping", "opong", "mtwo", "m" + std::string(300, 'b'), "m", "c\x03\xE9"))
        << step;
  }
}

TEST(WsDeframerTest, MakesRoomForABigMessage) {
  const std::string payload(3 << 20, 'x');
  const std::string bytes = ServerFrame(0x81, payload) + ServerFrame(0x81, "next");
  WsDeframer deframer;
  deframer.Append(bytes);
  ASSERT_OK_AND_ASSIGN(WsEvent event, deframer.Next());
  EXPECT_EQ(event.payload, payload);
  ASSERT_OK_AND_ASSIGN(event, deframer.Next());
  EXPECT_EQ(event.payload, "next");
  EXPECT_LE(deframer.Space().size(), size_t{64} * 1024) << "the big buffer is given back";
}

TEST(WsFrameTest, EncodesMaskedFramesOfEveryLength) {
  const std::string mask_bytes = "\x01\x02\x03\x04";
  const uint32_t mask = 0x04030201;
  EXPECT_EQ(EncodeWsFrame(WsOpcode::kText, "Hello", mask),
            std::string("\x81\x85\x01\x02\x03\x04", 6) + "Igohn");
  const std::string medium = EncodeWsFrame(WsOpcode::kBinary, std::string(126, '\0'), mask);
  EXPECT_EQ(medium.substr(0, 8), std::string("\x82\xFE\x00\x7E", 4) + mask_bytes);
  EXPECT_EQ(medium.size(), 8u + 126u);
  EXPECT_EQ(medium.substr(8, 6), "\x01\x02\x03\x04\x01\x02");
  const std::string large = EncodeWsFrame(WsOpcode::kText, std::string(65536, '\0'), mask);
  EXPECT_EQ(large.substr(0, 14), std::string("\x81\xFF\0\0\0\0\0\x01\0\0", 10) + mask_bytes);
}

TEST(WsFrameTest, MasksEachByteWithItsOwnOfTheMask) {
  const std::string key = "\x01\x80\xFE\x37";
  uint32_t mask = 0;
  std::memcpy(&mask, key.data(), sizeof(mask));
  for (size_t size = 0; size < 40; ++size) {
    std::string payload;
    for (size_t i = 0; i < size; ++i) {
      payload.push_back(static_cast<char>(7 * i + 3));
    }
    std::string bytes = EncodeWsFrame(WsOpcode::kText, payload, mask).substr(6);
    for (size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] = static_cast<char>(bytes[i] ^ key[i % 4]);
    }
    EXPECT_EQ(bytes, payload) << size;
  }
}

TEST(WsFrameTest, PutsACloseInWords) {
  EXPECT_EQ(CloseText(""), "without a code");
  EXPECT_EQ(CloseText("\x03\xE9"), "1001 going away");
  EXPECT_EQ(CloseText("\x03\xF0"), "1008 policy violation");
  EXPECT_EQ(CloseText("\x0F\xA0too\nslow"), "4000 (too?slow)");
}

}  // namespace
}  // namespace colibri
