// Instruments, orders and addresses that the tests of Hyperliquid share.
#pragma once

#include <string>
#include <string_view>

#include "connector/instrument.h"
#include "core/order.h"
#include "core/strings.h"

namespace colibri::hyperliquid {

inline constexpr std::string_view kSampleAccount = "0x14791697260e4c9a71f18484c9f997b308e59325";
// Of the id of SampleOrder().
inline constexpr std::string_view kSampleCloid = "0x000000000000000000000000000a839d";

// Frames of the market as the venue writes them: two pairs, both sides.
inline constexpr std::string_view kSampleBook =
    R"({"channel":"l2Book","data":{"coin":"BTC","time":1737918843800,"levels":[[)"
    R"({"px":"105055.0","sz":"3.03622","n":5},{"px":"105054.0","sz":"0.1428","n":1}],)"
    R"([{"px":"105056.0","sz":"6.34472","n":13}]]}})";
inline constexpr std::string_view kSampleQuote =
    R"({"channel":"bbo","data":{"coin":"ETH","time":5,"bbo":[{"px":"1670.1","sz":"2","n":1},)"
    R"({"px":"1670.2","sz":"3","n":1}]}})";
inline constexpr std::string_view kSampleTrades =
    R"({"channel":"trades","data":[{"coin":"BTC","side":"A","px":"104320.0","sz":"0.01500",)"
    R"("hash":"0x03","time":1769916002000,"tid":300003,"users":["0xb","0xs"]},)"
    R"({"coin":"ETH","side":"B","px":"1670.1","sz":"0.01","hash":"0x04","time":1769916002001,)"
    R"("tid":1125899906842623,"users":["0xb","0xs"]}]})";

inline Decimal D(std::string_view text) {
  return Decimal::Parse(text).value();
}

// BTC-USD, asset 0, and ETH-USD, asset 4.
inline InstrumentTable SampleInstruments() {
  InstrumentTable instruments;
  instruments.Add({"BTC", "USD"}, "BTC", "BTC", {1, 5}, 0);
  instruments.Add({"ETH", "USD"}, "ETH", "ETH", {2, 4}, 4);
  return instruments;
}

// A limit buy of 0.0147 ETH at 1670.1, not yet sent.
inline Order SampleOrder(std::string_view client_order_id = "clb1") {
  Order order;
  order.client_order_id = ClientOrderId(client_order_id);
  order.pair = {"ETH", "USD"};
  order.side = Side::kBuy;
  order.type = OrderType::kLimit;
  order.time_in_force = TimeInForce::kGtc;
  order.quantity = Quantity(D("0.0147"));
  order.price = Price(D("1670.10"));
  order.created_at = absl::FromUnixMillis(1'700'000'000'000);
  return order;
}

inline std::string ChannelFrame(std::string_view channel, std::string_view data) {
  return StrCat(R"({"channel":")", channel, R"(","data":)", data, "}");
}
// The data of userFills with one fill: members before the list, and more of the fill.
inline std::string SampleFills(std::string_view head, std::string_view more = "") {
  return StrCat(R"({"user":"0x1",)",
                head,
                R"("fills":[{"coin":"BTC","px":"66653.0","sz":"0.001","side":"A",)",
                R"("time":1781528065899,"startPosition":"-0.0213","dir":"Open Short",)",
                R"("closedPnl":"0.0","hash":"0xe2","oid":55030848197,"crossed":false,)",
                R"("fee":"0.009997","tid":745210434703679,)",
                R"("cloid":"0xe8d5fd7ebbb4c3cff4d1803472a11463",)",
                more,
                R"("feeToken":"USDC","twapId":null}]})");
}

}  // namespace colibri::hyperliquid
