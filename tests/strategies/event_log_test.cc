#include "strategies/event_log.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/event.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

std::string HashOf(std::string_view text) {
  RollingHash hash;
  hash.Add(text);
  return hash.ToHex();
}

// The published vectors of FNV-1a with 128 bits.
TEST(RollingHashTest, MatchesThePublishedVectors) {
  EXPECT_EQ(HashOf(""), "6c62272e07bb014262b821756295c58d");
  EXPECT_EQ(HashOf("a"), "d228cb696f1a8caf78912b704e4a8964");
  EXPECT_EQ(HashOf("foobar"), "343e1662793c64bf6f0d3597ba446f18");
}

TEST(RollingHashTest, PartsHashLikeTheWhole) {
  RollingHash hash;
  hash.Add("foo");
  hash.Add("");
  hash.Add("bar");
  EXPECT_EQ(hash.ToHex(), "343e1662793c64bf6f0d3597ba446f18");
}

BalanceChanged BalanceOf(std::string asset) {
  BalanceChanged event;
  event.asset = std::move(asset);
  return event;
}

TEST(EventLogTest, WritesALinePerEventInOrder) {
  EventBus bus;
  std::vector<std::string> lines;
  EventLog log(bus, [&lines](std::string_view line) { lines.emplace_back(line); });
  bus.Publish(BalanceOf("BTC"));
  bus.Publish(Timer{});
  EXPECT_THAT(
      lines, ElementsAre(StartsWith("balance_changed sequence=1"), StartsWith("timer sequence=2")));
  EXPECT_EQ(log.event_count(), 2);
  EXPECT_EQ(log.hash(), HashOf(lines[0] + "\n" + lines[1] + "\n"));
}

TEST(EventLogTest, EqualRunsHaveEqualHashesAndOthersNot) {
  EventBus first_bus;
  EventBus second_bus;
  const EventLog first(first_bus);
  const EventLog second(second_bus);
  EXPECT_EQ(first.hash(), second.hash());
  first_bus.Publish(BalanceOf("BTC"));
  EXPECT_NE(first.hash(), second.hash());
  second_bus.Publish(BalanceOf("BTC"));
  EXPECT_EQ(first.hash(), second.hash());
  first_bus.Publish(BalanceOf("ETH"));
  second_bus.Publish(BalanceOf("USDT"));
  EXPECT_NE(first.hash(), second.hash());
}

}  // namespace
}  // namespace colibri
