#include "tools/venue_sim/sim_server.h"

#include <filesystem>
#include <iterator>
#include <memory>
#include <poll.h>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <openssl/bio.h>
#include <openssl/ssl.h>

#include "core/strings.h"
#include "tests/support/status_matchers.h"
#include <sys/socket.h>

namespace colibri::venue_sim {
namespace {

using testing::AllOf;
using testing::EndsWith;
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

using TlsContext = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

// Trusts the certificate alone; nobody when it is empty.
TlsContext MakeContext(const std::string& ca_pem) {
  TlsContext context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  if (!ca_pem.empty()) {
    const Bio pem(BIO_new_mem_buf(ca_pem.data(), -1), &BIO_free_all);
    const std::unique_ptr<X509, decltype(&X509_free)> root(
        PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr), &X509_free);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), root.get());
  }
  return context;
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
  const TlsContext stranger = MakeContext("");
  EXPECT_EQ(Connect(*server, stranger.get()), nullptr);
  const TlsContext context = MakeContext(server->ca_pem());
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

// A client that has asked for a stream of best bids and asks.
Bio OpenBookTicker(const SimServer& server, SSL_CTX* tls = nullptr) {
  Bio client = Connect(server, tls);
  if (client != nullptr) {
    Write(client.get(),
          "GET /ws/btcusdt@bookTicker HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
          "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
          "Sec-WebSocket-Version: 13\r\n\r\n");
    EXPECT_THAT(ReadUntil(client.get(), "\r\n\r\n"), StartsWith("HTTP/1.1 101"));
  }
  return client;
}

void ChangeBestAsk(SimServer& server, std::string_view price) {
  server.RunOnVenue([&](BinanceSim& sim) {
    sim.AdminCall(kTestApiKey,
                  "POST",
                  StrCat("/api/v3/order?symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC"
                         "&quantity=1&price=",
                         price));
  });
}

// The frames of a text from the server, unmasked and below 64 KiB each: opcode and FIN, payload.
std::vector<std::pair<int, std::string>> ReadFrames(BIO* bio, size_t count) {
  std::vector<std::pair<int, std::string>> frames;
  const auto read = [&](size_t size) {
    std::string bytes(size, '\0');
    size_t have = 0;
    while (have < size) {
      const int got = BIO_read(bio, bytes.data() + have, static_cast<int>(size - have));
      if (got <= 0) {
        return std::string();
      }
      have += static_cast<size_t>(got);
    }
    return bytes;
  };
  while (frames.size() < count) {
    const std::string head = read(2);
    if (head.empty()) {
      break;
    }
    size_t size = static_cast<unsigned char>(head[1]);
    if (size == 126) {
      const std::string more = read(2);
      size = static_cast<size_t>(static_cast<unsigned char>(more[0])) << 8 |
             static_cast<unsigned char>(more[1]);
    }
    frames.emplace_back(static_cast<unsigned char>(head[0]), read(size));
  }
  return frames;
}

TEST(SimServerTest, SplitsAMessageIntoFragments) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<SimServer> server, SimServer::Start(Quiet(false)));
  const Bio client = OpenBookTicker(*server);
  ASSERT_NE(client, nullptr);
  server->faults().Apply({.subject = FaultSubject::kBookTicker, .verb = FaultVerb::kSplit});
  ChangeBestAsk(*server, "61000");
  ChangeBestAsk(*server, "60999");
  const auto frames = ReadFrames(client.get(), 4);
  ASSERT_EQ(frames.size(), 4u);
  EXPECT_EQ(frames[0].first, 0x01);  // text, more to come
  EXPECT_EQ(frames[1].first, 0x00);  // continued
  EXPECT_EQ(frames[2].first, 0x80);  // continued, the last
  EXPECT_THAT(frames[0].second + frames[1].second + frames[2].second,
              AllOf(StartsWith("{\"u\":"), HasSubstr("\"a\":\"61000.00000000\""), EndsWith("}")));
  EXPECT_EQ(frames[3].first, 0x81);  // whole again
}

// What has come by now: -1 for nothing, 0 for the end of the stream, else 1.
int Peek(BIO* bio) {
  int descriptor = -1;
  BIO_get_fd(bio, &descriptor);
  pollfd waiting{.fd = descriptor, .events = POLLIN, .revents = 0};
  if (poll(&waiting, 1, /*timeout=*/0) == 0) {
    return -1;
  }
  char byte = 0;
  return static_cast<int>(recv(descriptor, &byte, 1, MSG_PEEK));
}

class HalfOpenTest : public testing::TestWithParam<bool> {};

TEST_P(HalfOpenTest, SwallowsEverythingButLeavesTheConnection) {
  const bool is_tls = GetParam();
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<SimServer> server, SimServer::Start(Quiet(is_tls)));
  const TlsContext context = MakeContext(server->ca_pem());
  const Bio client = OpenBookTicker(*server, is_tls ? context.get() : nullptr);
  ASSERT_NE(client, nullptr);
  server->faults().Apply({.subject = FaultSubject::kAll, .verb = FaultVerb::kHalfOpen});
  ChangeBestAsk(*server, "61000");
  // A masked ping, which a living server answers at once; then a close frame.
  Write(client.get(), std::string_view("\x89\x80\x01\x02\x03\x04", 6));
  Write(client.get(), std::string_view("\x88\x80\x01\x02\x03\x04", 6));
  // Another connection is answered meanwhile, so the loop has had its turn.
  const Bio other = OpenBookTicker(*server, is_tls ? context.get() : nullptr);
  ASSERT_NE(other, nullptr);
  ChangeBestAsk(*server, "60999");
  EXPECT_EQ(ReadFrames(other.get(), 1).size(), 1u);
  EXPECT_EQ(Peek(client.get()), -1);
}

INSTANTIATE_TEST_SUITE_P(PlainAndTls, HalfOpenTest, testing::Bool());

TEST(SimServerTest, FreesAHalfOpenConnectionWhenItsClientLeaves) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<SimServer> server, SimServer::Start(Quiet(false)));
  const auto descriptors = [] {
    const std::filesystem::directory_iterator open("/proc/self/fd");
    return std::distance(begin(open), end(open));
  };
  const auto before = descriptors();
  for (int i = 0; i < 20; ++i) {
    const Bio client = OpenBookTicker(*server);
    ASSERT_NE(client, nullptr);
    server->faults().Apply({.subject = FaultSubject::kAll, .verb = FaultVerb::kHalfOpen});
  }
  // The server learns of each end before it answers a connection made after it.
  const Bio last = OpenBookTicker(*server);
  ChangeBestAsk(*server, "61000");
  EXPECT_EQ(ReadFrames(last.get(), 1).size(), 1u);
  EXPECT_LE(descriptors(), before + 2);
}

TEST(SimServerTest, SwallowsARequestWithoutClosing) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<SimServer> server, SimServer::Start(Quiet(false)));
  server->faults().Apply({.subject = FaultSubject::kPublic, .verb = FaultVerb::kSwallowAfter});
  const Bio client = Connect(*server, nullptr);
  ASSERT_NE(client, nullptr);
  Write(client.get(), kGetTime);
  int64_t seen = 0;
  while (seen == 0) {
    server->RunOnVenue([&](BinanceSim& sim) { seen = sim.traffic().requests["GET /api/v3/time"]; });
  }
  const Bio other = Connect(*server, nullptr);
  Write(other.get(), kGetTime);
  EXPECT_THAT(ReadUntil(other.get(), "}"), HasSubstr("{\"serverTime\":"));
  EXPECT_EQ(Peek(client.get()), -1);
}

TEST(SimServerTest, HangsUpOnARequest) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<SimServer> server, SimServer::Start(Quiet(false)));
  server->faults().Apply({.subject = FaultSubject::kPublic, .verb = FaultVerb::kHangUpBefore});
  const Bio client = Connect(*server, nullptr);
  ASSERT_NE(client, nullptr);
  Write(client.get(), kGetTime);
  EXPECT_EQ(ReadUntil(client.get(), "}"), "");
}

TEST(SimServerTest, RunsAPlanOfFaults) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<SimServer> server, SimServer::Start(Quiet(false)));
  const Bio client = OpenBookTicker(*server);
  ASSERT_NE(client, nullptr);
  server->RunFaults(*FaultPlan::Parse("at 1ms market shutdown", "plan"), /*seed=*/1);
  EXPECT_THAT(ReadUntil(client.get(), "going away"),
              AllOf(HasSubstr("serverShutdown"), HasSubstr("going away")));
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
