// book, balance and sim, against a simulated venue on loopback.
#include <algorithm>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include "gmock/gmock.h"
#include <nlohmann/json.hpp>

#include "core/strings.h"
#include "tests/tools/cli/cli_fixture.h"
#include "tools/venue_sim/sim_server.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace colibri::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using venue_sim::SimServer;

// Discarded when it printed no JSON.
json Json(const CliRun& run) {
  return json::parse(run.out, nullptr, /*allow_exceptions=*/false);
}

const std::map<std::string, std::string, std::less<>> kTestKeys = {
    {"COLIBRI_BINANCE_API_KEY", venue_sim::kTestApiKey},
    {"COLIBRI_BINANCE_API_SECRET", venue_sim::kTestApiSecret}};

// A port on which nobody listens, as long as this lives.
class RefusedPort {
 public:
  RefusedPort() : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    socklen_t size = sizeof(address);
    EXPECT_EQ(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~RefusedPort() { close(socket_); }
  RefusedPort(const RefusedPort&) = delete;
  RefusedPort& operator=(const RefusedPort&) = delete;

  uint16_t port() const { return port_; }

 private:
  int socket_;
  uint16_t port_ = 0;
};

class VenueCommandsTest : public testing::Test {
 protected:
  void SetUp() override {
    auto server = SimServer::Start({.tls = true});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    ca_file_ = folder_.Write("ca.pem", server_->ca_pem());
  }

  std::vector<std::string> With(std::vector<std::string> arguments) const {
    const std::string& authority = server_->authority();
    arguments.insert(arguments.end(),
                     {"--domain",
                      "local",
                      "--ca-file",
                      ca_file_,
                      "--rest-url",
                      StrCat("https://", authority),
                      "--stream-url",
                      StrCat("wss://", authority, "/stream"),
                      "--private-url",
                      StrCat("wss://", authority, "/ws-api/v3")});
    return arguments;
  }

  TestFolder folder_;
  std::string ca_file_;
  std::unique_ptr<SimServer> server_;
};

TEST_F(VenueCommandsTest, BookPrintsTheTopAndLeaves) {
  const CliRun run = RunColibri(With({"book", "binance", "BTC-USDT", "--depth", "3", "--json"}));
  ASSERT_EQ(run.exit_code, kExitOk) << run.err;
  const json book = Json(run);
  EXPECT_EQ(book["bids"].size(), 3U);
  EXPECT_EQ(book["asks"].size(), 3U);
  EXPECT_LT(std::stod(book["bids"][0][0].get<std::string>()),
            std::stod(book["asks"][0][0].get<std::string>()));
  EXPECT_GT(book["bid_levels"], 50);
}

TEST_F(VenueCommandsTest, BookFollowsUntilTheTimeIsUp) {
  const CliRun run =
      RunColibri(With({"book", "binance", "ETH-USDT", "--follow", "--seconds", "3"}));
  ASSERT_EQ(run.exit_code, kExitOk) << run.err;
  const size_t first = run.out.find("ETH-USDT on binance (local)");
  ASSERT_NE(first, std::string::npos);
  EXPECT_NE(run.out.find("ETH-USDT on binance (local)", first + 1), std::string::npos);
}

TEST_F(VenueCommandsTest, BookNamesTheNearestPair) {
  const CliRun run = RunColibri(With({"book", "binance", "BTC-USTD"}));
  EXPECT_EQ(run.exit_code, kExitUsage);
  EXPECT_THAT(run.err, HasSubstr("binance has no pair BTC-USTD; did you mean BTC-USDT"));
}

TEST_F(VenueCommandsTest, BookTellsACertificateThatIsNotTrusted) {
  std::vector<std::string> arguments = With({"book", "binance", "BTC-USDT", "--timeout", "4"});
  arguments.erase(std::find(arguments.begin(), arguments.end(), "--ca-file"));
  arguments.erase(std::find(arguments.begin(), arguments.end(), ca_file_));
  const CliRun run = RunColibri(arguments);
  EXPECT_EQ(run.exit_code, kExitFailed);
  EXPECT_THAT(run.err, HasSubstr("certificate"));
}

TEST_F(VenueCommandsTest, BalancePrintsWhatTheAccountHolds) {
  const CliRun run = RunColibri(With({"balance", "binance", "--json"}), kTestKeys);
  ASSERT_EQ(run.exit_code, kExitOk) << run.err;
  const json first = Json(run)["balances"][1];
  EXPECT_EQ(first["asset"], "BTC");
  EXPECT_EQ(first["total"], "10");
  EXPECT_EQ(first["available"], "10");
  EXPECT_THAT(RunColibri(With({"balance", "binance"}), kTestKeys).out, HasSubstr("USDT"));
}

TEST_F(VenueCommandsTest, BalanceTellsARefusedKeyAtOnce) {
  auto keys = kTestKeys;
  keys["COLIBRI_BINANCE_API_SECRET"] = "wrong";
  const CliRun run = RunColibri(With({"balance", "binance"}), keys);
  EXPECT_EQ(run.exit_code, kExitFailed);
  EXPECT_THAT(run.err, HasSubstr("ignature"));
  EXPECT_THAT(run.err, Not(HasSubstr("wrong")));
  EXPECT_THAT(run.err, Not(HasSubstr("trying again")));
}

TEST_F(VenueCommandsTest, SimNamesWhoHoldsThePort) {
  const CliRun run = RunColibri({"sim", "binance", "--port", StrCat(server_->port())});
  EXPECT_EQ(run.exit_code, kExitFailed);
  EXPECT_THAT(run.err,
              HasSubstr(StrCat("port ", server_->port(), " is in use by process ", getpid())));
  EXPECT_THAT(run.err, HasSubstr("--port"));
}

TEST(SimCommandTest, TellsHowToUseIt) {
  const CliRun run = RunColibri({"sim", "binance", "--port", "0", "--seconds", "0.05"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_THAT(run.out, HasSubstr("http://127.0.0.1:"));
  EXPECT_THAT(run.out, HasSubstr("export COLIBRI_BINANCE_API_KEY="));
  EXPECT_THAT(run.out, HasSubstr("colibri book binance BTC-USDT --domain local"));
}

TEST(SimCommandTest, WritesItsCertificateAuthority) {
  const TestFolder folder;
  const CliRun run = RunColibri({"sim",
                                 "binance",
                                 "--port",
                                 "0",
                                 "--tls",
                                 "--ca-out",
                                 folder.PathOf("ca.pem"),
                                 "--seconds",
                                 "0.05",
                                 "--json"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_THAT(ReadText(folder.PathOf("ca.pem")), HasSubstr("BEGIN CERTIFICATE"));
  EXPECT_THAT(Json(run)["rest_url"].get<std::string>(), testing::StartsWith("https://127.0.0.1:"));
  EXPECT_EQ(RunColibri({"sim",
                        "binance",
                        "--port",
                        "0",
                        "--tls",
                        "--ca-out",
                        "/nowhere/ca.pem",
                        "--seconds",
                        "1"})
                .exit_code,
            kExitFailed);
}

TEST(SimCommandTest, NamesTheVenuesThatItSimulates) {
  EXPECT_THAT(RunColibri({"sim", "binanc"}).err, HasSubstr("did you mean binance"));
  EXPECT_THAT(RunColibri({"sim", "--help"}).out,
              HasSubstr("binance, binance_perpetual, hyperliquid, hyperliquid_perpetual"));
}

TEST(BookCommandTest, TellsWhichHostFailedAndWhatIsRetried) {
  const RefusedPort refused;
  const std::string authority = StrCat("127.0.0.1:", refused.port());
  const CliRun run = RunColibri({"book",
                                 "binance",
                                 "BTC-USDT",
                                 "--domain",
                                 "local",
                                 "--rest-url",
                                 StrCat("http://", authority),
                                 "--stream-url",
                                 StrCat("ws://", authority, "/stream"),
                                 "--timeout",
                                 "0.5"});
  EXPECT_EQ(run.exit_code, kExitFailed);
  EXPECT_THAT(run.err, HasSubstr(authority));
  EXPECT_THAT(run.err, HasSubstr("trying again"));
  EXPECT_THAT(run.err, HasSubstr("not ready after 500ms"));
}

TEST(BookCommandTest, RefusesUnknownNames) {
  EXPECT_THAT(RunColibri({"book", "bynance", "BTC-USDT"}).err, HasSubstr("did you mean binance"));
  EXPECT_THAT(RunColibri({"book", "binance", "BTC-USDT", "--domain", "lokal"}).err,
              HasSubstr("did you mean local"));
  EXPECT_EQ(RunColibri({"book", "binance", "BTCUSDT"}).exit_code, kExitUsage);
  EXPECT_EQ(RunColibri({"book", "binance", "BTC-USDT", "--ca-file", "/nowhere"}).exit_code,
            kExitUsage);
}

TEST(BalanceCommandTest, NamesTheVariableOfAMissingKey) {
  const CliRun run = RunColibri({"balance", "binance"});
  EXPECT_NE(run.exit_code, kExitOk);
  EXPECT_THAT(run.err, HasSubstr("COLIBRI_BINANCE_API_KEY"));
}

TEST(BalanceCommandTest, TriesAgainWhereNobodyAnswers) {
  const RefusedPort refused;
  const std::string authority = StrCat("127.0.0.1:", refused.port());
  const CliRun run = RunColibri({"balance",
                                 "binance",
                                 "--domain",
                                 "local",
                                 "--rest-url",
                                 StrCat("http://", authority),
                                 "--timeout",
                                 "0.5"},
                                kTestKeys);
  EXPECT_EQ(run.exit_code, kExitFailed);
  EXPECT_THAT(run.err, HasSubstr(authority));
  EXPECT_THAT(run.err, HasSubstr("trying again in 250ms"));
}

}  // namespace
}  // namespace colibri::cli
