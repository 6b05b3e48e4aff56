#include "tools/cli/run_config.h"

#include <map>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "exchanges/registry.h"

namespace colibri::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

RunConfigReading Read(const std::string& text,
                      std::map<std::string, std::string, std::less<>> variables = {}) {
  static const Registry& registry = *new Registry(MakeRegistry());
  return ReadRunConfig(text, "run.yaml", registry, [&variables](std::string_view name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional<std::string>(found->second);
  });
}

constexpr char kPaper[] = R"(
exchange: {venue: binance, domain: testnet, pairs: [BTC-USDT, ETH-USDT]}
paper:
  balances: {BTC: 0.5, USDT: 30000}
  delay_to_venue: 15ms
  delay_jitter: 5ms
  maker_fee: -0.0001
  cancels_ahead: 0.25
  seed: 9
strategy:
  name: simple_market_maker
  pair: ETH-USDT
  levels: 3
  quantity: 0.01
  inventory: {base_share_target: 0.4, price_shift: 0.0005}
  refresh_interval: 2s
run: {duration: 90m}
)";

TEST(RunConfigTest, TellsWhereTheYamlIsBroken) {
  EXPECT_THAT(Read("exchange:\n  venue: [binance\n").problems,
              ElementsAre(HasSubstr("run.yaml:3: not YAML: ")));
  EXPECT_THAT(Read("").problems, ElementsAre(HasSubstr("run.yaml:1: holds no configuration")));
  EXPECT_THAT(Read("- a\n- b\n").problems, SizeIs(1));
}

TEST(RunConfigTest, TellsFiveMistakesAtOnce) {
  const RunConfigReading reading = Read(R"(exchange:
  venue: binanse
  pairs: [BTCUSDT]
paper:
  balances: {USDT: lots}
strategy:
  name: simple_market_maker
  levles: 2
  quantity: 1
  bid_spread: 1.5
)");
  EXPECT_THAT(
      reading.problems,
      ElementsAre("run.yaml:2: exchange.venue: unknown venue \"binanse\"; did you mean binance, "
                  "binance_perpetual, hyperliquid?",
                  "run.yaml:3: exchange.pairs: \"BTCUSDT\" is no pair: write BASE-QUOTE, as "
                  "BTC-USDT",
                  HasSubstr("run.yaml:5: paper.balances.USDT: is \"lots\": write an amount"),
                  "run.yaml:8: strategy.levles: unknown key; did you mean levels?",
                  HasSubstr("run.yaml:10: strategy.bid_spread: is 1.5: write a fraction")));
}

TEST(RunConfigTest, TellsWhatIsMissing) {
  EXPECT_THAT(Read("exchange: {}\n").problems,
              ElementsAre(HasSubstr("exchange.venue: is missing"),
                          HasSubstr("exchange.pairs: is missing"),
                          HasSubstr("strategy: is missing")));
  EXPECT_THAT(
      Read("exchange: {venue: binance, pairs: [BTC-USDT]}\n"
           "strategy: {name: simple_market_maker}\n")
          .problems,
      ElementsAre(HasSubstr("run.yaml:2: strategy.quantity: and notional are both missing")));
  EXPECT_THAT(Read("exchange: {venue: binance, pairs: [BTC-USDT]}\npaper: {}\n"
                   "strategy: {name: simple_market_maker, quantity: 1}\n")
                  .problems,
              ElementsAre(HasSubstr("run.yaml:2: paper.balances: is missing")));
}

TEST(RunConfigTest, NamesTheNearestOfWhatItDoesNotKnow) {
  EXPECT_THAT(Read("exchange: {venue: binance, domain: testnat, pairs: [BTC-USDT]}\n"
                   "stratgy: {}\n"
                   "strategy: {name: simple_marketmaker, pair: BTC-USDC, quantity: 1}\n")
                  .problems,
              ElementsAre(HasSubstr("exchange.domain: binance has no domain \"testnat\"; did you "
                                    "mean testnet"),
                          HasSubstr("run.yaml:2: stratgy: unknown key; did you mean strategy"),
                          HasSubstr("strategy.pair: BTC-USDC is not one of exchange.pairs; did you "
                                    "mean BTC-USDT?"),
                          HasSubstr("strategy.name: unknown strategy \"simple_marketmaker\"; did "
                                    "you mean simple_market_maker?")));
}

TEST(RunConfigTest, TellsAValueThatCannotBeReadOnceOnly) {
  EXPECT_THAT(Read("exchange: {venue: binance, pairs: [BTC-USDT]}\n"
                   "strategy: {name: simple_market_maker, quantity: 1e-3, levels: many,\n"
                   "  refresh_interval: 5, post_only: maybe, inventory: 3}\n")
                  .problems,
              ElementsAre(HasSubstr("strategy.levels: is \"many\": write a whole number"),
                          HasSubstr("strategy.quantity: is \"1e-3\": write a plain number"),
                          HasSubstr("strategy.post_only: is \"maybe\": write true or false"),
                          HasSubstr("strategy.inventory: is a text: write its keys"),
                          HasSubstr("strategy.refresh_interval: is \"5\": write a duration")));
}

TEST(RunConfigTest, TellsKeysGivenTwice) {
  EXPECT_THAT(Read(std::string(kPaper) + "run: {duration: 1h}\n").problems,
              ElementsAre("run.yaml:18: run: is given twice; the first is in line 17"));
}

TEST(RunConfigTest, TellsVariablesThatAreNotSet) {
  const std::string text =
      "exchange: {venue: \"${VENUE}\", domain: \"${DOMAIN:-local}\", pairs: [BTC-USDT]}\n"
      "strategy: {name: simple_market_maker, quantity: 1}\n";
  EXPECT_THAT(
      Read(text).problems,
      testing::Contains(HasSubstr("run.yaml:1: ${VENUE}: the environment variable is not")));
  const RunConfigReading reading = Read(text, {{"VENUE", "binance"}});
  EXPECT_THAT(reading.problems, IsEmpty());
  EXPECT_EQ(reading.config.paper.market.domain, "local");
}

TEST(RunConfigTest, RefusesWhatCannotRun) {
  EXPECT_THAT(Read("exchange: {venue: binance, pairs: [BTC-USDT, ETH-USDT]}\n"
                   "recording: {files: [a.gz], rules: {price_increment: 0, "
                   "quantity_increment: 0.1}}\n"
                   "strategy: {name: simple_market_maker, pair: BTC-USDT, quantity: 1}\n")
                  .problems,
              ElementsAre(HasSubstr("recording.rules.price_increment: is 0: write a number above"),
                          HasSubstr("recording: holds one pair, and exchange.pairs names 2"),
                          HasSubstr("recording: needs a section paper")));
}

TEST(RunConfigTest, ReadsAPaperConfiguration) {
  const RunConfigReading reading = Read(kPaper);
  ASSERT_THAT(reading.problems, IsEmpty());
  const RunConfig& config = reading.config;
  EXPECT_EQ(config.mode, RunMode::kPaper);
  EXPECT_EQ(config.venue->spec.name, "binance");
  EXPECT_EQ(config.paper.market.domain, "testnet");
  EXPECT_THAT(config.paper.market.pairs, SizeIs(2));
  EXPECT_EQ(config.paper.balances.at("BTC"), Decimal::FromScaled(5, 1));
  EXPECT_EQ(config.paper.delay_to_venue.least, absl::Milliseconds(15));
  EXPECT_EQ(config.paper.delay_from_venue.jitter, absl::Milliseconds(5));
  EXPECT_EQ(config.paper.market.fee_override->maker, Decimal::FromScaled(-1, 4));
  EXPECT_EQ(config.paper.market.fee_override->taker, config.venue->spec.fees.percent.taker);
  EXPECT_EQ(config.paper.cancels_ahead, Decimal::FromScaled(25, 2));
  EXPECT_EQ(config.paper.seed, 9U);
  EXPECT_EQ(config.strategy.pair.ToString(), "ETH-USDT");
  EXPECT_EQ(config.strategy.market_maker.levels, 3);
  EXPECT_TRUE(config.strategy.market_maker.inventory.is_enabled);
  EXPECT_EQ(config.strategy.market_maker.refresh_interval, absl::Seconds(2));
  EXPECT_EQ(config.duration, absl::Minutes(90));
}

TEST(RunConfigTest, TellsMistakesAboutWhatOutlivesTheProcess) {
  const std::string rest = "strategy: {name: simple_market_maker, quantity: 1}\n";
  EXPECT_THAT(Read("exchange: {venue: binance, pairs: [BTC-USDT]}\n"
                   "state: /tmp/state\n"
                   "restart: forget\n"
                   "journal:\n"
                   "  sync: sometimes\n"
                   "  sync_interval: 2h\n"
                   "  rotate_size: 1KB\n"
                   "  archives_max: -1\n"
                   "  compress: yes\n" +
                   rest)
                  .problems,
              ElementsAre(HasSubstr("run.yaml:3: restart: is \"forget\": write adopt"),
                          HasSubstr("run.yaml:5: journal.sync: unknown sync policy \"sometimes\": "
                                    "use every_intent, interval or never"),
                          HasSubstr("run.yaml:6: journal.sync_interval: is 2h: write a duration"),
                          HasSubstr("run.yaml:7: journal.rotate_size: is \"1KB\": write a size"),
                          HasSubstr("run.yaml:8: journal.archives_max: is -1: write a number"),
                          HasSubstr("run.yaml:9: journal.compress: unknown key")));
  EXPECT_THAT(
      Read("exchange: {venue: binance, pairs: [BTC-USDT], order_entry: pigeon}\n" + rest).problems,
      ElementsAre(HasSubstr("run.yaml:1: exchange.order_entry: is \"pigeon\": write socket")));
  EXPECT_THAT(Read("exchange: {venue: binance, pairs: [BTC-USDT], market_silence_max: 0s}\n"
                   "journal: {sync: never}\n" +
                   rest)
                  .problems,
              ElementsAre(HasSubstr("run.yaml:1: exchange.market_silence_max: is 0: write a "
                                    "duration from 1s"),
                          HasSubstr("run.yaml:2: journal: needs the key state")));
}

TEST(RunConfigTest, ReadsWhatOutlivesTheProcess) {
  const RunConfigReading reading = Read(
      "exchange: {venue: binance, domain: local, pairs: [BTC-USDT],\n"
      "  market_silence_max: 5s, private_silence_max: 30s, order_entry: rest,\n"
      "  order_socket_url: ws://127.0.0.1:1/orders}\n"
      "state: /tmp/state\n"
      "restart: cancel\n"
      "journal: {sync: interval, sync_interval: 20ms, rotate_size: 64KB, archives_max: 9}\n"
      "strategy: {name: simple_market_maker, quantity: 1}\n");
  ASSERT_THAT(reading.problems, IsEmpty());
  const ExchangeConfig& market = reading.config.paper.market;
  EXPECT_EQ(market.state_directory, "/tmp/state");
  EXPECT_EQ(market.restart, RestartPolicy::kCancel);
  EXPECT_EQ(market.journal.sync, SyncPolicy::kInterval);
  EXPECT_EQ(market.journal.sync_interval, absl::Milliseconds(20));
  EXPECT_EQ(market.journal.rotate_bytes, 64U << 10);
  EXPECT_EQ(market.journal.archives_max, 9);
  EXPECT_EQ(market.market_silence_max, absl::Seconds(5));
  EXPECT_EQ(market.private_silence_max, absl::Seconds(30));
  EXPECT_EQ(market.order_entry, OrderChannel::kRest);
  EXPECT_EQ(market.hosts.order_socket_url, "ws://127.0.0.1:1/orders");
}

TEST(RunConfigTest, SurvivesHostileYaml) {
  // A bomb of aliases, deep nesting, and a map as a key.
  EXPECT_FALSE(Read("a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
                    "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\n"
                    "e: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n")
                   .problems.empty());
  EXPECT_FALSE(Read(std::string(5000, '[')).problems.empty());
  EXPECT_FALSE(Read("? {a: b}\n: c\n").problems.empty());
  EXPECT_FALSE(Read("exchange: &x {venue: *x}\n").problems.empty());
}

constexpr char kLive[] = R"(
exchange: {venue: binance, pairs: [BTC-USDT, ETH-USDT]}
strategy: {name: simple_market_maker, pair: BTC-USDT, quantity: 0.01}
)";

TEST(RunConfigTest, ReadsEveryRiskLimit) {
  const RunConfigReading reading = Read(std::string(kLive) + R"(
state: var/state
risk:
  order_quantity_max: 0.5
  order_notional_max: 20000
  price_distance_max_bps: 200
  crossing_max_bps: 12.5
  open_orders_max: 10
  open_orders_total_max: 20
  position_max: 2
  position_start: balances
  daily_loss_max: 100
  daily_loss_total_max: 150
  kill_at_daily_loss: 200
  kill_at_daily_loss_total: 300
  order_rate: {orders: 50, per: 10s}
  book_age_max: 5s
  requires_book: true
  forbids_self_cross: true
  pairs:
    BTC-USDT: {order_quantity_max: 0.1, forbids_self_cross: false}
)");
  ASSERT_THAT(reading.problems, IsEmpty());
  EXPECT_EQ(reading.config.paper.market.state_directory, "var/state");
  const RiskConfig& risk = reading.config.paper.market.risk;
  EXPECT_EQ(risk.limits.order_quantity_max, Quantity::FromScaled(5, 1));
  EXPECT_EQ(risk.limits.order_notional_max, Notional(Decimal::FromInteger(20'000)));
  EXPECT_EQ(risk.limits.price_distance_max_bps, Decimal::FromInteger(200));
  EXPECT_EQ(risk.limits.crossing_max_bps, Decimal::FromScaled(125, 1));
  EXPECT_EQ(risk.limits.open_orders_max, 10);
  EXPECT_EQ(risk.open_orders_total_max, 20);
  EXPECT_EQ(risk.limits.position_max, Quantity(Decimal::FromInteger(2)));
  EXPECT_EQ(risk.position_start, PositionStart::kBalances);
  EXPECT_EQ(risk.limits.daily_loss_max, Notional(Decimal::FromInteger(100)));
  EXPECT_EQ(risk.daily_loss_total_max, Notional(Decimal::FromInteger(150)));
  EXPECT_EQ(risk.limits.kill_at_daily_loss, Notional(Decimal::FromInteger(200)));
  EXPECT_EQ(risk.kill_at_daily_loss_total, Notional(Decimal::FromInteger(300)));
  ASSERT_TRUE(risk.order_rate.has_value());
  EXPECT_EQ(risk.order_rate->orders, 50);
  EXPECT_EQ(risk.order_rate->period, absl::Seconds(10));
  EXPECT_EQ(risk.limits.book_age_max, absl::Seconds(5));
  EXPECT_EQ(risk.limits.requires_book, true);
  EXPECT_EQ(risk.limits.forbids_self_cross, true);
  EXPECT_EQ(risk.pairs.at("BTC-USDT").order_quantity_max, Quantity::FromScaled(1, 1));
  EXPECT_EQ(risk.pairs.at("BTC-USDT").forbids_self_cross, false);
}

TEST(RunConfigTest, TellsEveryMistakeOfTheRiskSection) {
  const RunConfigReading reading = Read(R"(exchange: {venue: binance, pairs: [BTC-USDT]}
strategy: {name: simple_market_maker, quantity: 0.01}
risk:
  order_quantity_max: 0
  price_distance_max_bps: 1.2345
  position_start: balance
  order_rate: {orders: 0}
  book_age_max: 0s
  daily_los_max: 5
  pairs:
    ETH-USDT: {position_max: 1}
    BTC-USDT: {position_max: -1}
)");
  EXPECT_THAT(
      reading.problems,
      testing::UnorderedElementsAre(
          HasSubstr("run.yaml:4: risk.order_quantity_max: is 0: write an amount above 0"),
          HasSubstr("run.yaml:5: risk.price_distance_max_bps: is 1.2345: write basis points"),
          HasSubstr("run.yaml:6: risk.position_start: is \"balance\""),
          HasSubstr("run.yaml:7: risk.order_rate.per: is missing"),
          HasSubstr("run.yaml:8: risk.book_age_max: is 0: write a duration"),
          HasSubstr("run.yaml:9: risk.daily_los_max: unknown key; did you mean daily_loss_max"),
          HasSubstr("run.yaml:11: risk.pairs.ETH-USDT: unknown key"),
          HasSubstr("run.yaml:12: risk.pairs.BTC-USDT.position_max: is -1")));
}

}  // namespace
}  // namespace colibri::cli
