// The floor: what the machine allows. No sequence check, no reconnect, no risk, no metrics; it
// trusts the shape of the frames to the letter.
#include <charconv>
#include <cstring>
#include <ctime>
#include <unistd.h>
#include <vector>

#include "auth/hmac_sha256.h"
#include "core/strings.h"
#include "tools/bench/wire/client.h"
#include "tools/bench/wire/socket.h"

namespace colibri::bench {
namespace {

// "50000.01000000" to 5000001000000, up to the quote.
int64_t ScanNumber(const char*& at) {
  int64_t value = 0;
  for (; *at != '"'; ++at) {
    if (*at != '.') {
      value = value * 10 + (*at - '0');
    }
  }
  return value;
}

struct Ticker {
  int64_t bid = 0;
  int64_t ask = 0;
};

// Prices to quantities, a place for each tick.
struct FlatBook {
  static constexpr int64_t kFirst = 4'990'000;
  static constexpr int64_t kTicks = 20'000;
  std::vector<int64_t> quantities = std::vector<int64_t>(kTicks);
  int64_t best_bid = 0;

  void Apply(int64_t price, int64_t quantity) {
    const int64_t tick = price / 1'000'000 - kFirst;
    quantities[static_cast<size_t>(tick)] = quantity;
  }
};

Ticker ScanTicker(std::string_view frame) {
  Ticker ticker;
  const char* at = frame.data() + frame.find("\"b\":\"", 60) + 5;
  ticker.bid = ScanNumber(at);
  at += 7;  // ","B":"
  ScanNumber(at);
  at += 7;  // ","a":"
  ticker.ask = ScanNumber(at);
  return ticker;
}

void ScanDiff(std::string_view frame, FlatBook& book) {
  const char* at = frame.data() + frame.find("\"b\":[", 90) + 5;
  const char* const end = frame.data() + frame.size();
  while (at < end) {
    if (*at != '[' || at[1] != '"') {  // from the bids to the asks, or the end
      ++at;
      continue;
    }
    at += 2;
    const int64_t price = ScanNumber(at);
    at += 3;  // ","
    book.Apply(price, ScanNumber(at));
    at += 2;
  }
}

// A whole book of 20 levels a side.
struct TopBook {
  static constexpr size_t kLevels = 40;
  int64_t prices[kLevels];
  int64_t quantities[kLevels];
};

void ScanBook(std::string_view frame, TopBook& book) {
  const char* at = frame.data() + frame.find("\"levels\":[[", 40) + 11;
  for (size_t i = 0; i < TopBook::kLevels; ++i) {
    at += 7;  // {"px":"
    book.prices[i] = ScanNumber(at);
    at += 8;  // ","sz":"
    book.quantities[i] = ScanNumber(at);
    at += 6;  // ","n":
    while (*at != '}') {
      ++at;
    }
    at += at[1] == ']' ? 4 : 2;  // },  or ],[ from the bids to the asks
  }
}

// The pair that the frame names behind so many bytes.
size_t PairAt(std::string_view frame, size_t offset) {
  size_t pair = 0;
  std::from_chars(frame.data() + offset, frame.data() + offset + 4, pair);
  return pair;
}

// An order from a template: price, time and signature are written in.
class OrderTemplate {
 public:
  OrderTemplate() {
    text_ =
        "POST /api/v3/order?symbol=P0000USDT&side=BUY&type=LIMIT&timeInForce=IOC&quantity=0.001"
        "&price=00000.00&newClientOrderId=floor0000000000000000&newOrderRespType=FULL"
        "&recvWindow=5000&timestamp=1700000000000&signature=";
    query_ = text_.find('?') + 1;
    signature_ = text_.size();
    price_ = text_.find("price=") + 6;
    time_ = text_.find("timestamp=") + 10;
    text_ += StrCat(std::string(64, '0'),
                    " HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: floor\r\nX-MBX-APIKEY: ",
                    kApiKey,
                    "\r\nContent-Length: 0\r\n\r\n");
  }

  std::string_view Fill(int64_t price) {
    timespec now = {};
    clock_gettime(CLOCK_REALTIME, &now);
    Digits(price / 100'000'000, 5, &text_[price_]);
    Digits(price / 1'000'000 % 100, 2, &text_[price_ + 6]);
    Digits(now.tv_sec * 1000 + now.tv_nsec / 1'000'000, 13, &text_[time_]);
    // "&signature=" is not signed.
    char hex[HmacSha256::kHexSize];
    hmac_.SignHex({text_.data() + query_, signature_ - query_ - 11}, hex);
    std::memcpy(&text_[signature_], hex, sizeof(hex));
    return text_;
  }

 private:
  static void Digits(int64_t value, int count, char* at) {
    for (int i = count - 1; i >= 0; --i, value /= 10) {
      at[i] = static_cast<char>('0' + value % 10);
    }
  }

  std::string text_;
  size_t query_ = 0;
  size_t price_ = 0;
  size_t time_ = 0;
  size_t signature_ = 0;
  HmacSha256 hmac_{kApiSecret};
};

}  // namespace

int RunFloor(const ClientOptions& options) {
  const TlsContext context = options.is_tls() ? MakeClientContext(options.ca_file) : nullptr;
  Socket orders = Socket::Connect("127.0.0.1", options.port, context.get());
  Socket market = Socket::Connect("127.0.0.1", options.port, context.get());
  UpgradeToWebSocket(market, "/stream");
  FrameMeter meter(options);
  OrderTemplate order;
  const auto pairs = static_cast<size_t>(options.pairs);
  std::vector<FlatBook> books(options.kind == FrameKind::kDiff ? pairs : 0);
  std::vector<TopBook> tops(options.kind == FrameKind::kBook ? pairs : 0);
  const bool is_spinning = options.waiting == Waiting::kSpinning;
  int64_t seen = 0;
  while (true) {
    if (options.waiting == Waiting::kCoalescing) {
      usleep(100);
    }
    if (!is_spinning) {
      market.WaitReadable();
    }
    if (!market.Read()) {
      if (market.is_closed()) {
        return options.is_responder() ? 0 : 1;
      }
      if (options.is_responder() && is_spinning && orders.Read()) {
        orders.Drop(orders.bytes().size());  // answers
      }
      continue;
    }
    for (WireFrame frame = ReadFrame(market.bytes()); frame.size != 0;
         frame = ReadFrame(market.bytes())) {
      if (options.kind == FrameKind::kDiff) {
        // {"stream":"p0000usdt@...
        ScanDiff(frame.payload, books[PairAt(frame.payload, 12)]);
      } else if (options.kind == FrameKind::kBook) {
        // {"channel":"l2Book","data":{"coin":"P0000"
        TopBook& book = tops[PairAt(frame.payload, 37)];
        ScanBook(frame.payload, book);
        seen += book.prices[0];
      } else if (frame.payload[21] == 'b') {  // {"stream":"p0000usdt@bookTicker"
        const Ticker ticker = ScanTicker(frame.payload);
        seen += ticker.ask;
        if (options.is_responder()) {
          orders.Read();
          orders.Drop(orders.bytes().size());
          orders.Write(order.Fill(ticker.bid));
        }
      }
      market.Drop(frame.size);
      if (!options.is_responder() && meter.Count()) {
        meter.Print();
        return seen >= 0 ? 0 : 1;
      }
    }
  }
}

}  // namespace colibri::bench
