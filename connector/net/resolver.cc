#include "connector/net/resolver.h"

#include <cstdint>
#include <map>
#include <mutex>
#include <netdb.h>
#include <system_error>
#include <thread>
#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include "connector/async_event.h"
#include "connector/net/cpu_cores.h"
#include "core/strings.h"
#include <sys/socket.h>

namespace colibri {

namespace asio = boost::asio;

namespace {

// Each is a thread; a name server that answers late must not pile them up.
constexpr size_t kLookupsMax = 32;

// Where the threads leave their answers; the loop may be gone by then.
class Mailbox {
 public:
  explicit Mailbox(asio::io_context& context) : context_(&context) {}

  void Close() {
    const std::lock_guard lock(mutex_);
    context_ = nullptr;
  }
  void Post(std::function<void()> on_loop) {
    const std::lock_guard lock(mutex_);
    if (context_ != nullptr) {
      asio::post(*context_, std::move(on_loop));
    }
  }

 private:
  std::mutex mutex_;
  asio::io_context* context_;
};

}  // namespace

absl::StatusOr<IpAddresses> ResolveBySystem(const std::string& host) {
  addrinfo hints = {};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  if (const int error = getaddrinfo(host.c_str(), nullptr, &hints, &found); error != 0) {
    return absl::UnavailableError(gai_strerror(error));
  }
  IpAddresses addresses;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    asio::ip::tcp::endpoint endpoint;
    if (entry->ai_addrlen <= endpoint.capacity()) {
      std::copy_n(reinterpret_cast<const unsigned char*>(entry->ai_addr),
                  entry->ai_addrlen,
                  reinterpret_cast<unsigned char*>(endpoint.data()));
      endpoint.resize(entry->ai_addrlen);
      addresses.push_back(endpoint.address());
    }
  }
  freeaddrinfo(found);
  return addresses;
}

struct Resolver::State {
  struct Lookup {
    AsyncEvent done;
    absl::StatusOr<IpAddresses> answer = IpAddresses();
  };

  State(asio::io_context& context, Clock& clock, BlockingResolve resolve)
      : mailbox(std::make_shared<Mailbox>(context)), clock(clock), resolve(std::move(resolve)) {}

  std::shared_ptr<Mailbox> mailbox;
  Clock& clock;
  BlockingResolve resolve;
  uint64_t next_id = 1;
  std::map<uint64_t, Lookup> lookups;
  size_t threads = 0;  // those whose coroutine has gone included

  absl::Status StartThread(const std::shared_ptr<State>& self, uint64_t id, std::string host);
  void Deliver(uint64_t id, absl::StatusOr<IpAddresses> answer);
};

absl::Status Resolver::State::StartThread(const std::shared_ptr<State>& self,
                                          uint64_t id,
                                          std::string host) {
  if (threads >= kLookupsMax) {
    return absl::UnavailableError(
        StrCat(kLookupsMax, " look-ups are under way: the name server does not answer"));
  }
  auto look_up = [mailbox = mailbox,
                  weak = std::weak_ptr(self),
                  resolve = resolve,
                  id,
                  host = std::move(host)] {
    UnpinThisThread();
    absl::StatusOr<IpAddresses> answer = resolve(host);
    mailbox->Post([weak, id, answer = std::move(answer)]() mutable {
      if (const std::shared_ptr<State> state = weak.lock()) {
        state->Deliver(id, std::move(answer));
      }
    });
  };
  try {
    std::thread(std::move(look_up)).detach();
  } catch (const std::system_error& error) {
    return absl::UnavailableError(StrCat("can't start a thread: ", error.what()));
  }
  ++threads;
  return absl::OkStatus();
}

void Resolver::State::Deliver(uint64_t id, absl::StatusOr<IpAddresses> answer) {
  --threads;
  if (const auto lookup = lookups.find(id); lookup != lookups.end()) {
    lookup->second.answer = std::move(answer);
    lookup->second.done.Set();
  }
}

Resolver::Resolver(asio::io_context& context, Clock& clock, BlockingResolve resolve)
    : state_(std::make_shared<State>(context, clock, std::move(resolve))) {}

Resolver::~Resolver() {
  state_->mailbox->Close();
}

Task<absl::StatusOr<IpAddresses>> Resolver::Resolve(std::string host, absl::Duration timeout) {
  const std::shared_ptr<State> state = state_;
  boost::system::error_code error;
  if (const asio::ip::address address = asio::ip::make_address(host, error); !error) {
    co_return IpAddresses{address};
  }
  const uint64_t id = state->next_id++;
  if (absl::Status started = state->StartThread(state, id, std::move(host)); !started.ok()) {
    co_return started;
  }
  // Forgets the look-up however this ends.
  struct Forget {
    State& state;
    uint64_t id;
    ~Forget() { state.lookups.erase(id); }
  } forget{*state, id};
  State::Lookup& lookup = state->lookups[id];
  if (!co_await lookup.done.Wait(state->clock, timeout)) {
    co_return absl::DeadlineExceededError("the name server does not answer");
  }
  if (lookup.answer.ok() && lookup.answer->empty()) {
    co_return absl::UnavailableError("the name has no address");
  }
  co_return std::move(lookup.answer);
}

}  // namespace colibri
