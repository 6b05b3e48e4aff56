// Whatever an answer or a private frame of spot holds: the parsers survive it, no two pairs and no
// two balances are called alike, and no name goes from one token to another.
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

#include "core/check.h"
#include "exchanges/hyperliquid/hyperliquid_balances.h"
#include "exchanges/hyperliquid/hyperliquid_rules.h"
#include "exchanges/hyperliquid/hyperliquid_spot_stream.h"
#include "tests/exchanges/hyperliquid/spot_samples.h"
#include "tests/exchanges/hyperliquid_common/samples.h"

namespace colibri::hyperliquid {
namespace {

void CheckRules(std::string_view body) {
  const std::shared_ptr<TokenNames> names = SampleNames();
  const absl::StatusOr<VenueRules> rules = ParseRules(body, *names);
  CHECK(names->NameOf(150) == "HYPE");
  if (!rules.ok()) {
    return;
  }
  std::set<std::string> pairs;
  std::set<std::string> symbols;
  std::set<int64_t> assets;
  for (const TradingRule& rule : rules->rules) {
    CHECK(rule.price_increment.is_positive() && rule.quantity_increment.is_positive());
    CHECK(pairs.insert(rule.pair.ToString()).second);
    CHECK(symbols.insert(rule.symbol).second);
    CHECK(assets.insert(rule.venue_id).second);
    CHECK(rule.venue_id >= 10'000 && rule.venue_id < 100'000);
  }
  CHECK((rules->skipped == 0) == rules->first_skip_reason.empty());
}

void CheckBalances(std::string_view body) {
  static const std::shared_ptr<TokenNames> names = SampleNames();
  static const InstrumentTable instruments = SampleSpotInstruments();
  const absl::StatusOr<std::vector<BalanceUpdate>> balances =
      ParseBalances(body, *names, instruments);
  if (balances.ok()) {
    CHECK(balances->size() >= 3);  // PURR, HYPE and USDC are told in any case
    for (const BalanceUpdate& balance : *balances) {
      CHECK(!balance.balance.available.is_negative());
    }
  }
  ParseFees(body).status().IgnoreError();
}

void CheckFrame(std::string_view frame) {
  static const InstrumentTable instruments = SampleSpotInstruments();
  static const std::unique_ptr<UserStreamDataSource> source =
      MakeSpotUserStream({}, std::string(kSampleAccount), instruments, SampleNames());
  const absl::StatusOr<PrivateMessage> message = source->Parse(frame);
  if (!message.ok()) {
    return;
  }
  CHECK((message->kind == PrivateMessage::Kind::kLoginRefused) == !message->status.ok());
  const bool is_update = message->kind == PrivateMessage::Kind::kUpdate;
  CHECK(is_update || (message->trades.empty() && message->orders.empty() &&
                      message->balances.empty() && !message->is_balance_due));
  CHECK(message->trades.empty() || message->is_balance_due);
  CHECK(message->positions.empty() && message->liquidations.empty());
}

}  // namespace
}  // namespace colibri::hyperliquid

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  colibri::hyperliquid::CheckRules(text);
  colibri::hyperliquid::CheckBalances(text);
  colibri::hyperliquid::CheckFrame(text);
  return 0;
}
