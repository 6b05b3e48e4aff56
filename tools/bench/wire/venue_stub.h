// The venue's side of a benchmark: as much of Binance Spot as a client needs to come up and to
// place orders that expire at once, and of Hyperliquid's perpetuals what it needs for the books.
// It checks nothing; colibri sim is the venue that does.
//
//   VenueStub stub(pairs, tls_context);
//   while (stub.market() == nullptr) stub.Poll();      // until a client has its market stream
//   stub.market()->Write(frame);                       // no Poll between the two
//   while (stub.orders() == before) stub.Poll();       // its order has arrived, whole
//
// Thread: one.
#pragma once

#include <cstdint>
#include <list>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tools/bench/wire/socket.h"

namespace colibri::bench {

class VenueStub {
 public:
  VenueStub(int pairs, SSL_CTX* context);
  ~VenueStub();

  uint16_t port() const { return port_; }
  // Accepts, reads and answers what is there; does not wait. Answers to orders wait for Answer.
  void Poll();
  struct Market {
    Socket* socket;       // until markets_lost() says that one of them is gone
    std::set<int> pairs;  // that were asked for; empty: the client did not say
  };
  // All market streams, in the order of their coming.
  std::vector<Market> markets();
  // How many have ended.
  int markets_lost() const { return markets_lost_; }
  // The last of them; null before there is one.
  Socket* market();
  // Books were asked for, of so many pairs.
  int snapshots() const { return snapshots_; }
  // Orders that have arrived, each as a whole request.
  int64_t orders() const { return orders_; }
  // Answers those that wait.
  void Answer();

 private:
  struct Peer {
    Socket socket;
    bool is_web_socket = false;
    bool is_market = false;
    std::set<int> pairs = {};  // of its streams
    std::string held = {};     // the answer to an order
  };

  // What a target or a frame names comes on that socket.
  void NoteStreams(std::string_view text, Peer& peer) const;
  void Serve(Peer& peer);
  bool ServeHttp(Peer& peer);
  bool ServeFrame(Peer& peer);
  std::string BodyFor(std::string_view target);

  int pairs_;
  SSL_CTX* context_;
  std::string rules_;
  std::string snapshot_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::list<Peer> peers_;
  int markets_lost_ = 0;
  int snapshots_ = 0;
  int64_t orders_ = 0;
};

}  // namespace colibri::bench
