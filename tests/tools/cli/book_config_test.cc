#include "tools/cli/book_config.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"
#include "exchanges/registry.h"
#include "tools/cli/run_config.h"

namespace colibri::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

RunConfigReading Read(std::string_view books) {
  static const Registry& registry = *new Registry(MakeRegistry());
  return ReadRunConfig(StrCat("exchange:\n  venue: binance\n  pairs: [BTC-USDT, ETH-USDT]\n",
                              "  books: ",
                              books,
                              "\nstrategy: {name: simple_market_maker, pair: BTC-USDT, "
                              "quantity: 1}\n"),
                       "run.yaml",
                       registry,
                       [](std::string_view) { return std::nullopt; });
}

TEST(BookConfigTest, NamesTheKindsWhenItKnowsNone) {
  EXPECT_THAT(Read("{BTC-USDT: warm}").problems,
              ElementsAre(HasSubstr("run.yaml:4: exchange.books.BTC-USDT: is \"warm\": write hot "
                                    "(faster, for half a megabyte), plain, or auto")));
  EXPECT_THAT(Read("hot").problems,
              ElementsAre(HasSubstr("run.yaml:4: exchange.books: is a text")));
}

TEST(BookConfigTest, RefusesAPairThatIsNotTraded) {
  EXPECT_THAT(Read("{DOGE-USDT: hot}").problems,
              ElementsAre("run.yaml:4: exchange.books.DOGE-USDT: is not one of exchange.pairs"));
}

TEST(BookConfigTest, PairsLeftOutAreAuto) {
  const RunConfigReading reading = Read("{BTC-USDT: hot}");
  ASSERT_THAT(reading.problems, IsEmpty());
  const ExchangeConfig& market = reading.config.paper.market;
  EXPECT_EQ(KindOfBook(market, {"BTC", "USDT"}), BookKind::kHot);
  EXPECT_EQ(KindOfBook(market, {"ETH", "USDT"}), BookKind::kAuto);
  EXPECT_EQ(KindOfBook(Read("{ETH-USDT: plain}").config.paper.market, {"ETH", "USDT"}),
            BookKind::kPlain);
}

}  // namespace
}  // namespace colibri::cli
