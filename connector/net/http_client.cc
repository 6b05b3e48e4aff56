#include "connector/net/http_client.h"

#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "connector/async_event.h"
#include "connector/net/http_codec.h"
#include "connector/net/net_stream.h"
#include "core/strings.h"

namespace colibri {

namespace asio = boost::asio;

namespace {
constexpr absl::Duration kUpkeepPeriod = absl::Seconds(5);
constexpr absl::Duration kWarmTimeout = absl::Seconds(10);
constexpr size_t kReadSize = size_t{32} * 1024;
}  // namespace

struct HttpClient::State {
  using Key = std::tuple<std::string, uint16_t, bool>;
  using KeyView = std::tuple<std::string_view, uint16_t, bool>;

  struct Idle {
    std::unique_ptr<NetStream> stream;
    absl::Duration since;
  };
  struct Pool {
    Url url;                 // without a path of meaning
    std::vector<Idle> idle;  // the last used is the last
    size_t in_use = 0;       // dialing ones included
    absl::Duration last_request;
    AsyncEvent freed;

    size_t size() const { return idle.size() + in_use; }
  };

  State(Dialer& dialer, asio::io_context& context, Clock& clock, HttpClientOptions options)
      : dialer(dialer), context(context), clock(clock), options(std::move(options)) {}

  Dialer& dialer;
  asio::io_context& context;
  Clock& clock;
  HttpClientOptions options;
  std::map<Key, Pool, std::less<>> pools;
  std::string text;  // of a request that is written at once
  TimerId upkeep_timer = 0;
  bool is_closed = false;

  Pool& PoolOf(const Url& url);
  std::unique_ptr<NetStream> TakeIdle(Pool& pool);
  void ScheduleUpkeep(const std::shared_ptr<State>& self);
  void Upkeep(const std::shared_ptr<State>& self);
  void KeepWarm(const std::shared_ptr<State>& self, const Key& key, Pool& pool);
};

namespace {

// A place in a pool, and the connection in it. Given back when this goes.
template <typename State>
struct Lease {
  using Key = typename State::Key;

  std::shared_ptr<State> state;
  Key key;
  std::unique_ptr<NetStream> stream;
  bool is_kept = false;  // the connection can carry another request

  Lease(std::shared_ptr<State> state, Key key) : state(std::move(state)), key(std::move(key)) {
    ++this->state->pools.at(this->key).in_use;
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() {
    auto& pool = state->pools.at(key);
    --pool.in_use;
    if (is_kept && stream != nullptr && !state->is_closed) {
      stream->ExpiresNever();
      pool.idle.push_back({std::move(stream), state->clock.monotonic()});
    }
    pool.freed.Set();
  }
};

// Puts a connection into the place. A failure shows again when a request needs the connection.
template <typename State>
Task<void> Warm(std::unique_ptr<Lease<State>> lease, Url url) {
  if (lease->state->is_closed) {
    co_return;
  }
  absl::StatusOr<std::unique_ptr<NetStream>> stream =
      co_await lease->state->dialer.Dial(std::move(url), kWarmTimeout);
  if (stream.ok()) {
    lease->stream = *std::move(stream);
    lease->is_kept = true;
  }
}

HttpResult Failure(absl::Status status, bool may_have_been_sent) {
  return {.status = std::move(status), .may_have_been_sent = may_have_been_sent, .response = {}};
}

// Reads one answer, past any 1xx. The stream keeps its deadline.
Task<absl::StatusOr<HttpResponse>> ReadResponse(NetStream& stream,
                                                size_t body_limit,
                                                bool& keeps_alive) {
  const std::unique_ptr<char[]> buffer(new char[kReadSize]);  // make_unique would zero it
  auto reader = std::make_unique<HttpResponseReader>(body_limit);
  while (true) {
    const absl::StatusOr<size_t> n = co_await stream.ReadSome(buffer.get(), kReadSize);
    if (!n.ok()) {
      co_return n.status();
    }
    if (*n == 0) {
      if (absl::Status ended = reader->PutEnd(); !ended.ok()) {
        co_return ended;
      }
      keeps_alive = false;
      co_return reader->Take();
    }
    std::string_view bytes(buffer.get(), *n);
    while (!bytes.empty()) {
      const absl::StatusOr<size_t> used = reader->Put(bytes);
      if (!used.ok()) {
        co_return used.status();
      }
      bytes.remove_prefix(*used);
      if (!reader->is_done()) {
        break;
      }
      const bool is_kept = reader->keeps_alive() && bytes.empty();
      HttpResponse response = reader->Take();
      if (response.status >= 200) {
        keeps_alive = is_kept;
        co_return response;
      }
      reader = std::make_unique<HttpResponseReader>(body_limit);
    }
  }
}

}  // namespace

HttpClient::State::Pool& HttpClient::State::PoolOf(const Url& url) {
  Pool& pool = pools[Key(url.host, url.port, url.is_tls)];
  if (pool.url.host.empty()) {
    pool.url = url;
    pool.url.path = "/";
  }
  return pool;
}

std::unique_ptr<NetStream> HttpClient::State::TakeIdle(Pool& pool) {
  while (!pool.idle.empty()) {
    Idle idle = std::move(pool.idle.back());
    pool.idle.pop_back();
    if (clock.monotonic() - idle.since < options.idle_limit && idle.stream->IsIdleAndOpen()) {
      return std::move(idle.stream);
    }
  }
  return nullptr;
}

void HttpClient::State::ScheduleUpkeep(const std::shared_ptr<State>& self) {
  if (upkeep_timer != 0 || is_closed) {
    return;
  }
  upkeep_timer = clock.ScheduleAfter(kUpkeepPeriod, [weak = std::weak_ptr(self)] {
    if (const std::shared_ptr<State> state = weak.lock()) {
      state->upkeep_timer = 0;
      state->Upkeep(state);
    }
  });
}

// Drops what is old or closed, fills up where the host is in use, forgets hosts that are not.
void HttpClient::State::Upkeep(const std::shared_ptr<State>& self) {
  const absl::Duration now = clock.monotonic();
  for (auto it = pools.begin(); it != pools.end();) {
    auto& [key, pool] = *it;
    std::erase_if(pool.idle, [&](const Idle& idle) {
      return now - idle.since >= options.idle_limit || !idle.stream->IsIdleAndOpen();
    });
    const bool is_in_use = now - pool.last_request < options.warm_time;
    if (is_in_use) {
      KeepWarm(self, key, pool);
    }
    if (!is_in_use && pool.size() == 0) {
      it = pools.erase(it);
    } else {
      ++it;
    }
  }
  if (!pools.empty()) {
    ScheduleUpkeep(self);
  }
}

void HttpClient::State::KeepWarm(const std::shared_ptr<State>& self, const Key& key, Pool& pool) {
  while (pool.size() < options.warm_connections) {  // each lease counts at once
    asio::co_spawn(
        context, Warm(std::make_unique<Lease<State>>(self, key), pool.url), asio::detached);
  }
}

HttpClient::HttpClient(Dialer& dialer,
                       asio::io_context& context,
                       Clock& clock,
                       HttpClientOptions options)
    : state_(std::make_shared<State>(dialer, context, clock, std::move(options))) {}

HttpClient::~HttpClient() {
  state_->is_closed = true;
  state_->clock.CancelTimer(state_->upkeep_timer);
  for (auto& [key, pool] : state_->pools) {
    pool.idle.clear();
  }
}

namespace {

// What is sent, for messages.
struct Target {
  const Url& url;
  absl::Duration timeout;

  absl::Status At(const absl::Status& status, std::string_view step) const {
    return AtStep(status, url, step, timeout);
  }
};

// One try on one connection: writes what is left of the request, and reads the answer.
template <typename State>
Task<HttpResult> Exchange(Lease<State>& lease,
                          std::string left,
                          uint64_t written_before,
                          Target target) {
  NetStream& stream = *lease.stream;
  const size_t body_limit = lease.state->options.body_limit;
  const absl::Status status = co_await stream.Write(std::move(left));
  if (!status.ok()) {
    co_return Failure(target.At(status, "write"), stream.bytes_written() > written_before);
  }
  absl::StatusOr<HttpResponse> response = co_await ReadResponse(stream, body_limit, lease.is_kept);
  if (!response.ok()) {
    co_return Failure(target.At(response.status(), "read"), true);
  }
  co_return HttpResult{
      .status = absl::OkStatus(), .may_have_been_sent = true, .response = *std::move(response)};
}

// The rest of a request that was written at once, or as much of it as the socket took.
template <typename State>
Task<HttpResult> Await(std::unique_ptr<Lease<State>> lease,
                       std::string left,
                       uint64_t written_before,
                       Url url,
                       absl::Duration timeout) {
  HttpResult result =
      co_await Exchange(*lease, std::move(left), written_before, {.url = url, .timeout = timeout});
  result.may_have_been_sent = true;
  State& state = *lease->state;
  if (result.status.ok()) {
    state.KeepWarm(lease->state, lease->key, state.pools.at(lease->key));
  }
  co_return result;
}

Task<HttpResult> AlreadyFailed(absl::Status status) {
  co_return Failure(std::move(status), /*may_have_been_sent=*/true);
}

}  // namespace

Task<HttpResult> HttpClient::Send(HttpRequest request) {
  const std::shared_ptr<State> state = state_;
  if (absl::Status checked = CheckHttpRequest(request.url.path, request.headers); !checked.ok()) {
    co_return Failure(AtStep(checked, request.url, "write", request.timeout), false);
  }
  const State::Key key(request.url.host, request.url.port, request.url.is_tls);
  const absl::Duration deadline = state->clock.monotonic() + request.timeout;
  state->PoolOf(request.url).last_request = state->clock.monotonic();
  state->ScheduleUpkeep(state);
  // All that wait wake when a place is freed; the first one takes it.
  while (state->PoolOf(request.url).in_use >= state->options.connections_per_host_max) {
    const absl::Duration left = deadline - state->clock.monotonic();
    if (!co_await state->PoolOf(request.url).freed.Wait(state->clock, left)) {
      co_return Failure(AtStep(absl::DeadlineExceededError("every connection stayed busy"),
                               request.url,
                               "connect",
                               request.timeout),
                        false);
    }
  }
  Lease<State> lease(state, key);
  while (true) {
    lease.stream = state->TakeIdle(state->pools.at(key));
    const bool is_fresh = lease.stream == nullptr;
    if (is_fresh) {
      absl::StatusOr<std::unique_ptr<NetStream>> dialed =
          co_await state->dialer.Dial(request.url, deadline - state->clock.monotonic());
      if (!dialed.ok()) {
        co_return Failure(dialed.status(), false);
      }
      lease.stream = *std::move(dialed);
    }
    lease.stream->ExpiresAfter(deadline - state->clock.monotonic());
    EncodeHttpRequest(request, state->options.user_agent, state->text);
    HttpResult result = co_await Exchange(lease,
                                          state->text,
                                          lease.stream->bytes_written(),
                                          {.url = request.url, .timeout = request.timeout});
    const bool can_try_another =
        !is_fresh && absl::IsUnavailable(result.status) && !result.may_have_been_sent;
    if (!can_try_another) {
      if (result.status.ok()) {
        state->KeepWarm(state, key, state->pools.at(key));
      }
      co_return result;
    }
  }
}

std::optional<Task<HttpResult>> HttpClient::TrySend(const HttpRequest& request) {
  const Url& url = request.url;
  const auto found = state_->pools.find(State::KeyView(url.host, url.port, url.is_tls));
  if (found == state_->pools.end() || !CheckHttpRequest(url.path, request.headers).ok()) {
    return std::nullopt;
  }
  State::Pool& pool = found->second;
  std::unique_ptr<NetStream> stream = state_->TakeIdle(pool);
  if (stream == nullptr) {
    return std::nullopt;
  }
  EncodeHttpRequest(request, state_->options.user_agent, state_->text);
  const uint64_t written_before = stream->bytes_written();
  const absl::StatusOr<size_t> written = stream->TryWrite(state_->text);
  if (!written.ok()) {
    if (stream->bytes_written() == written_before) {
      return std::nullopt;  // another connection takes it
    }
    return AlreadyFailed(AtStep(written.status(), url, "write", request.timeout));
  }
  stream->ExpiresAfter(request.timeout);
  pool.last_request = state_->clock.monotonic();
  auto lease = std::make_unique<Lease<State>>(state_, found->first);
  lease->stream = std::move(stream);
  return Await(
      std::move(lease), state_->text.substr(*written), written_before, url, request.timeout);
}

}  // namespace colibri
