// WsClient against Beast's server side: an implementation that shares nothing with ours.
#include <future>
#include <thread>

#include "gmock/gmock.h"
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "connector/net/asio_environment.h"
#include "core/strings.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;
using ::testing::HasSubstr;

using PeerStream = websocket::stream<tcp::socket>;

// Serves one connection on a thread of its own.
class BeastPeer {
 public:
  explicit BeastPeer(std::function<void(PeerStream&)> script)
      : acceptor_(context_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
        thread_([this, script = std::move(script)] {
          PeerStream stream(acceptor_.accept());
          stream.next_layer().set_option(tcp::no_delay(true));
          stream.read_message_max(32 << 20);
          ErrorCode error;
          stream.accept(error);
          EXPECT_FALSE(error) << error.message();
          script(stream);
        }) {}
  ~BeastPeer() { thread_.join(); }

  Url url() const {
    return {.is_tls = false,
            .host = "127.0.0.1",
            .port = acceptor_.local_endpoint().port(),
            .path = "/ws"};
  }

 private:
  asio::io_context context_;
  tcp::acceptor acceptor_;
  std::thread thread_;
};

// Sends back each message until the client closes; gives the reason of the close.
void Echo(PeerStream& stream, std::promise<ErrorCode>& end) {
  beast::flat_buffer buffer;
  ErrorCode error;
  while (true) {
    stream.read(buffer, error);
    if (error) {
      end.set_value(error);
      return;
    }
    stream.text(stream.got_text());
    stream.write(buffer.data(), error);
    buffer.clear();
  }
}

TEST(WsBeastPeerTest, EchoesMessagesOfEverySizeAndClosesInOrder) {
  std::promise<ErrorCode> end;
  BeastPeer peer([&](PeerStream& stream) {
    stream.auto_fragment(true);
    stream.write_buffer_bytes(100'000);
    Echo(stream, end);
  });
  AsioEnvironment environment;
  ASSERT_OK_AND_ASSIGN(auto socket,
                       environment.Await(environment.web_sockets().Connect({.url = peer.url()})));
  for (const size_t size : {0, 1, 125, 126, 127, 65535, 65536, 100'001, 1 << 20, 16 << 20}) {
    std::string text(size, '\0');
    for (size_t i = 0; i < size; ++i) {
      text[i] = static_cast<char>('a' + i % 26);
    }
    ASSERT_THAT(environment.Await(socket->Write(text)), IsOk()) << size;
    ASSERT_OK_AND_ASSIGN(const WebSocketFrame frame, environment.Await(socket->Read()));
    ASSERT_TRUE(frame.text == text) << size;
  }
  socket->Close();
  EXPECT_EQ(end.get_future().get(), websocket::error::closed);
}

TEST(WsBeastPeerTest, RefusesAMessageOfMoreThanSixteenMebibytes) {
  BeastPeer peer([](PeerStream& stream) {
    stream.auto_fragment(false);
    ErrorCode error;
    stream.write(asio::buffer(std::string((16 << 20) + 1, 'x')), error);
    EXPECT_TRUE(error) << "the client read it";
  });
  AsioEnvironment environment;
  ASSERT_OK_AND_ASSIGN(auto socket,
                       environment.Await(environment.web_sockets().Connect({.url = peer.url()})));
  EXPECT_THAT(
      environment.Await(socket->Read()),
      StatusIs(absl::StatusCode::kUnavailable, HasSubstr("a message of more than 16777216 bytes")));
}

TEST(WsBeastPeerTest, AnswersPingsBetweenTheFragmentsOfAMessage) {
  std::promise<std::string> pong;
  std::promise<ErrorCode> end;
  BeastPeer peer([&](PeerStream& stream) {
    stream.control_callback([&](websocket::frame_type type, beast::string_view payload) {
      if (type == websocket::frame_type::pong) {
        pong.set_value(std::string(payload.data(), payload.size()));
      }
    });
    stream.write_some(false, asio::buffer(std::string("first ")));
    stream.ping("beat");
    stream.write_some(true, asio::buffer(std::string("second")));
    beast::flat_buffer buffer;
    ErrorCode error;
    stream.read(buffer, error);  // takes the pong, then the close
    end.set_value(error);
  });
  AsioEnvironment environment;
  ASSERT_OK_AND_ASSIGN(auto socket,
                       environment.Await(environment.web_sockets().Connect({.url = peer.url()})));
  ASSERT_OK_AND_ASSIGN(const WebSocketFrame frame, environment.Await(socket->Read()));
  EXPECT_EQ(frame.text, "first second");
  socket->Close();
  EXPECT_EQ(pong.get_future().get(), "beat");
  // Before the environment ends: a socket that is closed over the peer's answer resets it.
  EXPECT_EQ(end.get_future().get(), websocket::error::closed);
}

TEST(WsBeastPeerTest, ReadsABurstThatCameInOnePieceWithItsOrder) {
  BeastPeer peer([](PeerStream& stream) {
    for (int i = 0; i < 5000; ++i) {
      stream.write(asio::buffer(StrCat("message ", i)));
    }
    stream.close(websocket::close_reason(websocket::close_code::try_again_later, "maintenance"));
  });
  AsioEnvironment environment;
  ASSERT_OK_AND_ASSIGN(auto socket,
                       environment.Await(environment.web_sockets().Connect({.url = peer.url()})));
  for (int i = 0; i < 5000; ++i) {
    ASSERT_OK_AND_ASSIGN(const WebSocketFrame frame, environment.Await(socket->Read()));
    ASSERT_EQ(frame.text, StrCat("message ", i));
  }
  EXPECT_THAT(environment.Await(socket->Read()),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("1013 try again later (maint")));
}

}  // namespace
}  // namespace colibri
