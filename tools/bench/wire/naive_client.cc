// The naive twin: Beast's blocking streams, nlohmann's documents, std::map and doubles.
#include <iomanip>
#include <map>
#include <memory>
#include <sstream>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <openssl/hmac.h>

#include "core/strings.h"
#include "nlohmann/json.hpp"
#include "tools/bench/wire/client.h"

namespace colibri::bench {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

struct Book {
  std::map<double, double, std::greater<>> bids;
  std::map<double, double> asks;
};

template <typename Side>
void Apply(const nlohmann::json& levels, Side& side) {
  for (const nlohmann::json& level : levels) {
    const double price = std::stod(level[0].get<std::string>());
    const double quantity = std::stod(level[1].get<std::string>());
    if (quantity == 0) {
      side.erase(price);
    } else {
      side[price] = quantity;
    }
  }
}

// {"coin":"P0000","levels":[[{"px":"49999.0","sz":"3.03622","n":5},...],[...]]}
void Replace(const nlohmann::json& data, Book& book) {
  const auto fill = [](const nlohmann::json& levels, auto& side) {
    side.clear();
    for (const nlohmann::json& level : levels) {
      side[std::stod(level["px"].get<std::string>())] = std::stod(level["sz"].get<std::string>());
    }
  };
  fill(data["levels"][0], book.bids);
  fill(data["levels"][1], book.asks);
}

std::string Sign(const std::string& query) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(),
       kApiSecret,
       static_cast<int>(sizeof(kApiSecret) - 1),
       reinterpret_cast<const unsigned char*>(query.data()),
       query.size(),
       digest,
       &size);
  std::ostringstream text;
  for (unsigned i = 0; i < size; ++i) {
    text << std::hex << std::setw(2) << std::setfill('0') << static_cast<int>(digest[i]);
  }
  return text.str();
}

template <typename Stream>
void SendOrder(Stream& stream, const std::string& price) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  std::ostringstream query;
  query << "symbol=P0000USDT&side=BUY&type=LIMIT&timeInForce=IOC&quantity=0.001&price=" << price
        << "&newClientOrderId=naive" << milliseconds
        << "&newOrderRespType=FULL&recvWindow=5000&timestamp=" << milliseconds;
  http::request<http::string_body> request(
      http::verb::post, "/api/v3/order?" + query.str() + "&signature=" + Sign(query.str()), 11);
  request.set(http::field::host, "127.0.0.1");
  request.set("X-MBX-APIKEY", kApiKey);
  request.prepare_payload();
  http::write(stream, request);
  beast::flat_buffer buffer;
  http::response<http::string_body> response;
  http::read(stream, buffer, response);
  const nlohmann::json answer = nlohmann::json::parse(response.body());
  if (answer["status"] != "EXPIRED") {
    throw std::runtime_error("the order is not answered as it should be");
  }
}

template <typename WebSocket, typename OrderStream>
int Run(const ClientOptions& options, WebSocket& market, OrderStream& orders) {
  market.handshake("127.0.0.1", "/stream");
  FrameMeter meter(options);
  std::map<std::string, Book> books;
  std::map<std::string, std::pair<std::string, std::string>> quotes;
  beast::flat_buffer buffer;
  while (true) {
    buffer.clear();
    beast::error_code error;
    market.read(buffer, error);
    if (error) {
      return options.is_responder() ? 0 : 1;
    }
    const nlohmann::json message =
        nlohmann::json::parse(static_cast<const char*>(buffer.data().data()),
                              static_cast<const char*>(buffer.data().data()) + buffer.size());
    const nlohmann::json& data = message["data"];
    const std::string symbol = data[options.kind == FrameKind::kBook ? "coin" : "s"];
    if (options.kind == FrameKind::kBook) {
      Replace(data, books[symbol]);
    } else if (options.kind == FrameKind::kDiff) {
      Apply(data["b"], books[symbol].bids);
      Apply(data["a"], books[symbol].asks);
    } else if (data["b"].is_string()) {
      quotes[symbol] = {data["b"], data["a"]};
      if (options.is_responder()) {
        SendOrder(orders, quotes[symbol].first);
      }
    }
    if (!options.is_responder() && meter.Count()) {
      meter.Print();
      return 0;
    }
  }
}

}  // namespace

int RunNaive(const ClientOptions& options) {
  asio::io_context context;
  const tcp::endpoint venue(asio::ip::make_address("127.0.0.1"), options.port);
  const auto connect = [&](tcp::socket& socket) {
    socket.connect(venue);
    socket.set_option(tcp::no_delay(true));
  };
  if (!options.is_tls()) {
    tcp::socket orders(context);
    beast::websocket::stream<tcp::socket> market(context);
    connect(orders);
    connect(market.next_layer());
    return Run(options, market, orders);
  }
  asio::ssl::context tls(asio::ssl::context::tls_client);
  tls.load_verify_file(options.ca_file);
  tls.set_verify_mode(asio::ssl::verify_peer);
  asio::ssl::stream<tcp::socket> orders(context, tls);
  beast::websocket::stream<beast::ssl_stream<tcp::socket>> market(context, tls);
  connect(orders.next_layer());
  orders.handshake(asio::ssl::stream_base::client);
  connect(market.next_layer().next_layer());
  market.next_layer().handshake(asio::ssl::stream_base::client);
  return Run(options, market, orders);
}

}  // namespace colibri::bench
