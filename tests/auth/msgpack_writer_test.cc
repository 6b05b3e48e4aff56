#include "auth/msgpack_writer.h"

#include <cstdint>
#include <limits>
#include <string>

#include "gtest/gtest.h"

#include "auth/encoding.h"

namespace colibri {
namespace {

std::string Hex(const MsgpackWriter& writer) {
  return HexEncode(AsBytes(writer.bytes()));
}

std::string Unsigned(uint64_t value) {
  return Hex(MsgpackWriter().Unsigned(value));
}

std::string Signed(int64_t value) {
  return Hex(MsgpackWriter().Signed(value));
}

// The first bytes of a long text or container.
std::string Head(const MsgpackWriter& writer, size_t bytes) {
  return Hex(writer).substr(0, 2 * bytes);
}

TEST(MsgpackWriterTest, WritesIntegersInTheShortestForm) {
  EXPECT_EQ(Unsigned(0), "00");
  EXPECT_EQ(Unsigned(127), "7f");
  EXPECT_EQ(Unsigned(128), "cc80");
  EXPECT_EQ(Unsigned(255), "ccff");
  EXPECT_EQ(Unsigned(256), "cd0100");
  EXPECT_EQ(Unsigned(65535), "cdffff");
  EXPECT_EQ(Unsigned(65536), "ce00010000");
  EXPECT_EQ(Unsigned(4294967295), "ceffffffff");
}

// A library that goes through JavaScript's numbers writes cb, a double, from here on.
TEST(MsgpackWriterTest, WritesLargeIntegersAsIntegers) {
  EXPECT_EQ(Unsigned(4294967296), "cf0000000100000000");
  EXPECT_EQ(Unsigned(123456789012), "cf0000001cbe991a14");
  EXPECT_EQ(Unsigned(std::numeric_limits<uint64_t>::max()), "cfffffffffffffffff");
}

TEST(MsgpackWriterTest, WritesNegativeIntegersInTheShortestForm) {
  EXPECT_EQ(Signed(5), "05");
  EXPECT_EQ(Signed(-1), "ff");
  EXPECT_EQ(Signed(-32), "e0");
  EXPECT_EQ(Signed(-33), "d0df");
  EXPECT_EQ(Signed(-128), "d080");
  EXPECT_EQ(Signed(-129), "d1ff7f");
  EXPECT_EQ(Signed(-32768), "d18000");
  EXPECT_EQ(Signed(-32769), "d2ffff7fff");
  EXPECT_EQ(Signed(-2147483648), "d280000000");
  EXPECT_EQ(Signed(-2147483649), "d3ffffffff7fffffff");
}

TEST(MsgpackWriterTest, WritesTextsInTheShortestForm) {
  EXPECT_EQ(Hex(MsgpackWriter().String("")), "a0");
  EXPECT_EQ(Hex(MsgpackWriter().String("na")), "a26e61");
  EXPECT_EQ(Head(MsgpackWriter().String(std::string(31, 'x')), 2), "bf78");
  EXPECT_EQ(Head(MsgpackWriter().String(std::string(32, 'x')), 3), "d92078");
  EXPECT_EQ(Head(MsgpackWriter().String(std::string(255, 'x')), 3), "d9ff78");
  EXPECT_EQ(Head(MsgpackWriter().String(std::string(256, 'x')), 4), "da010078");
  EXPECT_EQ(Head(MsgpackWriter().String(std::string(65536, 'x')), 6), "db0001000078");
}

TEST(MsgpackWriterTest, WritesContainersInTheShortestForm) {
  EXPECT_EQ(Hex(MsgpackWriter().Map(0)), "80");
  EXPECT_EQ(Hex(MsgpackWriter().Map(15)), "8f");
  EXPECT_EQ(Hex(MsgpackWriter().Map(16)), "de0010");
  EXPECT_EQ(Hex(MsgpackWriter().Map(65536)), "df00010000");
  EXPECT_EQ(Hex(MsgpackWriter().Array(15)), "9f");
  EXPECT_EQ(Hex(MsgpackWriter().Array(16)), "dc0010");
  EXPECT_EQ(Hex(MsgpackWriter().Array(65536)), "dd00010000");
}

TEST(MsgpackWriterTest, WritesBooleansAndNil) {
  EXPECT_EQ(Hex(MsgpackWriter().Bool(false).Bool(true).Nil()), "c2c3c0");
}

TEST(MsgpackWriterTest, StartsAnewAfterClear) {
  MsgpackWriter writer;
  writer.Map(1).String("type").String("noop");
  EXPECT_EQ(Hex(writer), "81a474797065a46e6f6f70");

  writer.Clear();

  EXPECT_EQ(writer.bytes(), "");
}

}  // namespace
}  // namespace colibri
