// A simulated Hyperliquid on simulated time, and wallets that sign.
//
//   HyperliquidFixture sim;                              // a quiet venue: no traders
//   TestJson reply = sim.Act(R"({"type":"order",...})");
//   EXPECT_EQ(reply["status"], "ok");
//
// Includers that look into JSON include nlohmann/json.hpp themselves.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tests/tools/venue_sim/sim_fixture.h"
#include "tools/venue_sim/hyperliquid_sim.h"

namespace colibri::venue_sim {

// No traders, events before replies, no greeting.
inline HyperliquidSimOptions QuietHyperliquidOptions() {
  HyperliquidSimOptions options;
  options.background_traders = false;
  options.user_event_timing = UserEventTiming::kBeforeReply;
  options.sends_greeting = false;
  return options;
}

// {"r":...,"s":...,"v":...} of a digest of 32 bytes.
TestJson SignDigest(std::string_view digest, std::string_view private_key);

// Of the text of a price: at most five figures, or whole.
bool IsAllowedPrice(std::string_view text);

struct ActOptions {
  const HyperliquidWallet* wallet = &kTestWallet;
  std::optional<uint64_t> nonce = {};  // the next one
  std::string vault = {};
  std::optional<uint64_t> expires_after = {};
};

class HyperliquidFixture {
 public:
  explicit HyperliquidFixture(HyperliquidSimOptions options = QuietHyperliquidOptions());

  HttpReply Post(std::string_view path, std::string_view body);
  TestJson Info(std::string_view body);
  // A request to /exchange with a signature over the action as it is given.
  std::string Signed(std::string_view action, const ActOptions& options = {});
  TestJson Act(std::string_view action, const ActOptions& options = {});
  // {"type":"order",...} with one order; `type` is "Gtc", "Ioc" or "Alo".
  static std::string OrderAction(int asset,
                                 bool is_buy,
                                 std::string_view price,
                                 std::string_view size,
                                 std::string_view type = "Gtc",
                                 bool is_reduce_only = false,
                                 std::string_view cloid = "");
  // The status of the one order of it.
  TestJson Order(int asset,
                 bool is_buy,
                 std::string_view price,
                 std::string_view size,
                 std::string_view type = "Gtc",
                 const ActOptions& options = {});
  // The test wallet buys BTC from the second one (or sells it to it).
  void Trade(bool is_buy, std::string_view price, std::string_view size);
  SessionId Subscribe(std::string_view subscription);
  void Advance(absl::Duration duration) { clock.AdvanceBy(duration); }
  // What of the session's frames is of a channel: its data, in order. Takes them all.
  std::vector<TestJson> Take(SessionId session, std::string_view channel);
  HyperliquidAccountView Account(const HyperliquidWallet& wallet = kTestWallet) {
    return *venue.account(wallet.address);
  }

  SimulatedClock clock;
  RecordingSink sink;
  HyperliquidSim venue;

 private:
  uint64_t next_nonce_ = static_cast<uint64_t>(kStartMs);
};

}  // namespace colibri::venue_sim
