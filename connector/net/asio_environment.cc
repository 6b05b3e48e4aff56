#include "connector/net/asio_environment.h"

#include <exception>
#include <map>
#include <random>

#include "absl/time/clock.h"
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include "connector/net/asio_clock.h"
#include "connector/net/dialer.h"
#include "connector/net/posix_files.h"
#include "connector/net/read_turns.h"
#include "connector/net/tls_context.h"
#include "connector/net/ws_client.h"
#include "core/check.h"

namespace colibri {

namespace asio = boost::asio;

namespace {
uint64_t RandomSeed() {
  std::random_device device;
  return uint64_t{device()} << 32 | device();
}
}  // namespace

struct AsioEnvironment::Impl {
  explicit Impl(AsioEnvironmentOptions options)
      : loop(options.loop),
        random(options.seed != 0 ? options.seed : RandomSeed()),
        tls(std::move(options.extra_ca_pem)),
        context(std::make_unique<asio::io_context>(1)),
        work(asio::make_work_guard(*context)) {
    clock.Start(*context);
    // Its thread is joined before the context goes.
    files = std::make_unique<PosixFiles>([&context = *context](std::function<void()> done) {
      asio::post(context, std::move(done));
    });
    dialer = std::make_unique<Dialer>(*context, clock, tls, std::move(options.resolve));
    http = std::make_unique<HttpClient>(*dialer, *context, clock, std::move(options.http));
    turns = std::make_unique<ReadTurns>();
    web_sockets = std::make_unique<WsClient>(*dialer, *context, clock, *turns, RandomSeed());
  }

  // Coroutines that still wait die with the context, and their locals cancel timers, close sockets
  // and leave the turns: so those outlive the context, but the clock lets go of its timers before.
  ~Impl() {
    web_sockets.reset();
    http.reset();
    dialer.reset();
    files.reset();
    clock.Shutdown();
    work.reset();
    context.reset();
  }

  // Until the context is stopped.
  void Run();

  LoopMode loop;
  uint64_t next_poll_id = 1;
  std::map<uint64_t, std::function<void()>> polls;
  AsioClock clock;
  Random random;
  TlsContext tls;
  std::unique_ptr<asio::io_context> context;
  asio::executor_work_guard<asio::io_context::executor_type> work;
  std::unique_ptr<PosixFiles> files;
  std::unique_ptr<Dialer> dialer;
  std::unique_ptr<HttpClient> http;
  std::unique_ptr<ReadTurns> turns;
  std::unique_ptr<WsClient> web_sockets;
};

void AsioEnvironment::Impl::Run() {
  switch (loop.kind) {
    case LoopMode::Kind::kBlocking:
      context->run();
      break;
    case LoopMode::Kind::kCoalesce:
      while (context->run_one() != 0) {
        context->poll();
        absl::SleepFor(loop.pause);
      }
      break;
    case LoopMode::Kind::kBusyPoll:
      while (!context->stopped()) {
        // Asio's own timer would be told by the kernel, tens of microseconds late.
        clock.RunDue();
        // By id, because one may remove another.
        for (auto poll = polls.begin(); poll != polls.end();) {
          const uint64_t id = poll->first;
          poll->second();
          poll = polls.upper_bound(id);
        }
        context->poll();
      }
      break;
  }
}

AsioEnvironment::AsioEnvironment(AsioEnvironmentOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}

AsioEnvironment::~AsioEnvironment() = default;

Clock& AsioEnvironment::clock() {
  return impl_->clock;
}

Random& AsioEnvironment::random() {
  return impl_->random;
}

HttpTransport& AsioEnvironment::http() {
  return *impl_->http;
}

WebSocketTransport& AsioEnvironment::web_sockets() {
  return *impl_->web_sockets;
}

FileSystem& AsioEnvironment::files() {
  return *impl_->files;
}

asio::any_io_executor AsioEnvironment::executor() {
  return impl_->context->get_executor();
}

asio::io_context& AsioEnvironment::io_context() {
  return *impl_->context;
}

uint64_t AsioEnvironment::AddPoll(std::function<void()> poll) {
  if (impl_->loop.kind != LoopMode::Kind::kBusyPoll) {
    return 0;
  }
  const uint64_t id = impl_->next_poll_id++;
  impl_->polls.emplace(id, std::move(poll));
  return id;
}

void AsioEnvironment::RemovePoll(uint64_t id) {
  impl_->polls.erase(id);
}

void AsioEnvironment::Run() {
  impl_->Run();
  impl_->context->restart();
}

void AsioEnvironment::Stop() {
  impl_->context->stop();
}

void AsioEnvironment::Await(Task<void> task) {
  bool is_done = false;
  std::exception_ptr exception;
  asio::co_spawn(*impl_->context, std::move(task), [&](const std::exception_ptr& thrown) {
    is_done = true;
    exception = thrown;
    impl_->context->stop();
  });
  impl_->Run();
  CHECK(is_done && "stopped while a task was awaited");
  impl_->context->restart();
  if (exception != nullptr) {
    std::rethrow_exception(exception);
  }
}

}  // namespace colibri
