#include "tools/venue_sim/sim_server.h"

#include <memory>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <openssl/bio.h>
#include <openssl/ssl.h>

#include "tests/support/status_matchers.h"

namespace colibri::venue_sim {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

using Bio = std::unique_ptr<BIO, decltype(&BIO_free_all)>;

SimServerOptions Quiet(bool tls) {
  SimServerOptions options;
  options.tls = tls;
  options.venue.background_traders = false;
  return options;
}

// A client on OpenSSL alone: plain without a context, TLS that trusts the context's roots with one.
Bio Connect(const SimServer& server, SSL_CTX* tls) {
  Bio bio(tls == nullptr ? BIO_new_connect(server.authority().c_str()) : BIO_new_ssl_connect(tls),
          &BIO_free_all);
  if (tls != nullptr) {
    BIO_set_conn_hostname(bio.get(), server.authority().c_str());
    SSL* ssl = nullptr;
    BIO_get_ssl(bio.get(), &ssl);
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), "127.0.0.1");
  }
  return BIO_do_connect(bio.get()) == 1 ? std::move(bio) : Bio(nullptr, &BIO_free_all);
}

// Reads until the text appears or the peer closes.
std::string ReadUntil(BIO* bio, std::string_view end) {
  std::string text;
  char buffer[4096];
  while (text.find(end) == std::string::npos) {
    const int size = BIO_read(bio, buffer, sizeof(buffer));
    if (size <= 0) {
      break;
    }
    text.append(buffer, static_cast<size_t>(size));
  }
  return text;
}

void Write(BIO* bio, std::string_view text) {
  BIO_write(bio, text.data(), static_cast<int>(text.size()));
}

constexpr char kGetTime[] =
    "GET /api/v3/time HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

TEST(SimServerTest, NamesThePortThatIsInUse) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<SimServer> server, SimServer::Start(Quiet(false)));
  SimServerOptions options = Quiet(false);
  options.port = server->port();
  EXPECT_THAT(SimServer::Start(options),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       AllOf(HasSubstr("port " + std::to_string(server->port()) + " is in use"),
                             HasSubstr("--port"))));
}

TEST(SimServerTest, RefusesAnAddressThatIsNone) {
  SimServerOptions options = Quiet(false);
  options.host = "nowhere.example";
  EXPECT_THAT(SimServer::Start(options),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("127.0.0.1")));
}

TEST(SimServerTest, AnswersHttp) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<SimServer> server, SimServer::Start(Quiet(false)));
  const Bio client = Connect(*server, nullptr);
  ASSERT_NE(client, nullptr);
  Write(client.get(), kGetTime);
  EXPECT_THAT(ReadUntil(client.get(), "}"),
              AllOf(StartsWith("HTTP/1.1 200 OK"),
                    HasSubstr("x-mbx-used-weight-1m: 1"),
                    HasSubstr("{\"serverTime\":")));
}

TEST(SimServerTest, ServesTlsUnderItsOwnAuthority) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<SimServer> server, SimServer::Start(Quiet(true)));
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()),
                                                                  &SSL_CTX_free);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  EXPECT_EQ(Connect(*server, context.get()), nullptr);  // not trusted yet
  const Bio pem(BIO_new_mem_buf(server->ca_pem().data(), -1), &BIO_free_all);
  const std::unique_ptr<X509, decltype(&X509_free)> root(
      PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr), &X509_free);
  X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), root.get());
  const Bio client = Connect(*server, context.get());
  ASSERT_NE(client, nullptr);
  Write(client.get(), kGetTime);
  EXPECT_THAT(ReadUntil(client.get(), "}"), HasSubstr("{\"serverTime\":"));
}

TEST(SimServerTest, StreamsOverWebSocket) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<SimServer> server, SimServer::Start(Quiet(false)));
  const Bio client = Connect(*server, nullptr);
  ASSERT_NE(client, nullptr);
  Write(client.get(),
        "GET /ws/btcusdt@bookTicker HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n");
  EXPECT_THAT(ReadUntil(client.get(), "\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 101"), HasSubstr("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")));
  server->RunOnVenue([](BinanceSim& sim) {
    sim.AdminCall(kTestApiKey,
                  "POST",
                  "/api/v3/order?symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=1"
                  "&price=61000&newClientOrderId=a");
  });
  EXPECT_THAT(ReadUntil(client.get(), "}"), HasSubstr("\"a\":\"61000.00000000\""));
  server->faults().CutMarketStreams();
  EXPECT_EQ(ReadUntil(client.get(), "}"), "");
}

TEST(SimServerTest, RefusesAWebSocketElsewhere) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<SimServer> server, SimServer::Start(Quiet(false)));
  const Bio client = Connect(*server, nullptr);
  ASSERT_NE(client, nullptr);
  Write(client.get(),
        "GET /elsewhere HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n");
  EXPECT_THAT(ReadUntil(client.get(), "endpoint"), StartsWith("HTTP/1.1 404"));
}

TEST(SimServerTest, StopsTwiceAndStillTellsTheTruth) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<SimServer> server, SimServer::Start(Quiet(false)));
  server->Stop();
  server->Stop();
  bool has_account = false;
  server->RunOnVenue([&](BinanceSim& sim) { has_account = sim.account(kTestApiKey).has_value(); });
  EXPECT_TRUE(has_account);
  EXPECT_EQ(Connect(*server, nullptr), nullptr);
}

}  // namespace
}  // namespace colibri::venue_sim
