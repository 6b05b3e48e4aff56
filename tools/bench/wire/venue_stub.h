// The venue's side of a benchmark: as much of Binance Spot as a client needs to come up and to
// place orders that expire at once. It checks nothing; colibri sim is the venue that does.
//
//   VenueStub stub(pairs, tls_context);
//   while (stub.market() == nullptr) stub.Poll();      // until a client has its market stream
//   stub.market()->Write(frame);
//   while (stub.orders() == before) stub.Poll();       // its order has arrived, whole
//
// Thread: one.
#pragma once

#include <cstdint>
#include <list>
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
  // Of the last client that asked for a market stream; null before.
  Socket* market();
  // Of all that are connected, in the order of their coming.
  std::vector<Socket*> markets();
  // Of the one that asked for this pair; else as above.
  Socket* market(int pair);
  // All that is queued.
  void FlushMarkets();
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
    std::string held = {};  // the answer to an order
  };

  // The pairs that a target or a frame names come on that socket.
  void NoteStreams(std::string_view text, Peer& peer);
  void Serve(Peer& peer);
  bool ServeHttp(Peer& peer);
  bool ServeFrame(Peer& peer);
  std::string BodyFor(std::string_view target);

  SSL_CTX* context_;
  std::string rules_;
  std::string snapshot_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::list<Peer> peers_;
  Peer* market_ = nullptr;
  std::vector<Peer*> by_pair_;  // null: nobody asked for it
  int snapshots_ = 0;
  int64_t orders_ = 0;
};

}  // namespace colibri::bench
