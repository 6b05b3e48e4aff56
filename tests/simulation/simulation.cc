#include "tests/simulation/simulation.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "connector/connector.h"
#include "connector/journal_scan.h"
#include "connector/memory_files.h"
#include "connector/simulated_environment.h"
#include "core/random.h"
#include "core/strings.h"
#include "exchanges/registry.h"
#include "strategies/event_log.h"
#include "tests/simulation/network.h"
#include "tests/simulation/order_checker.h"
#include "tests/simulation/random_trader.h"
#include "tests/simulation/simulated_venue.h"
#include "tests/simulation/state_checker.h"
#include "tests/simulation/truth.h"
#include "tools/venue_sim/fault_plan.h"
#include "tools/venue_sim/fault_runner.h"

namespace colibri::simulation {
namespace {

namespace asio = boost::asio;

constexpr absl::Duration kQuietTail = absl::Minutes(4);
constexpr absl::Duration kStartTimeout = absl::Minutes(10);
// A period of the reconciler with open orders, and room for its requests.
constexpr absl::Duration kReconciledWithin = absl::Seconds(60);
class Run {
 public:
  explicit Run(const SimulationOptions& options)
      : options_(options),
        random_(options.seed * 0x9e3779b97f4a7c15 + 1),
        environment_(options.seed),
        venue_(MakeSimulatedVenue(options.venue, environment_.clock(), options.seed)),
        pair_(venue_->pair()),
        journal_path_(StrCat("state/", options.venue, "-local.journal")),
        network_(environment_, venue_->wire(), options.seed + 77, venue_->dialect()),
        checker_([this](std::string violation) { Violate(std::move(violation)); },
                 [this](const ClientOrderId& id) {
                   return venue_->Find(id, environment_.clock().now());
                 }),
        state_checker_(
            *venue_, pair_, [this](std::string violation) { Violate(std::move(violation)); }) {
    environment_.UseTransports(network_, network_);
    environment_.UseFiles(disk_);
    network_.checker().set_reporter(
        [this](std::string violation) { Violate(std::move(violation)); });
    network_.set_intent_finder([this](std::string_view id) {
      CheckRestart(id);
      return IntentOf(id);
    });
    if (options.is_traced) {
      network_.set_tracer([this](const std::string& line) { Trace(StrCat("wire ", line)); });
    }
    began_ = environment_.clock().now();
    venue_->Start();
  }

  SimulationResult Finish() {
    const absl::Duration noisy = options_.duration - kQuietTail;
    faults_.emplace(environment_.clock(),
                    venue_->faults(),
                    venue_sim::FaultPlan::FromSeed(
                        options_.seed, {.duration = options_.duration, .quiet_tail = kQuietTail}),
                    options_.seed);
    faults_->set_on_fault(
        [this](const venue_sim::Fault& fault) { Trace(StrCat("fault ", ToString(fault))); });
    faults_->Start();
    DrawWeather();
    const absl::Time noisy_until = began_ + noisy;
    StartProcess();
    while (environment_.clock().now() < noisy_until) {
      LiveUntil(std::min(noisy_until, environment_.clock().now() + DrawLifetime()));
    }
    faults_->Clear();
    network_.set_weather({});
    Settle();
    Compare();
    Kill();
    return Report();
  }

 private:
  // By what is on the disk, not by what the process believes.
  std::optional<absl::Time> IntentOf(std::string_view id) {
    const std::string* journal = disk_.Find(journal_path_);
    if (journal == nullptr || journal->find(id) == std::string::npos) {
      return std::nullopt;
    }
    // Orders leave before they are tracked: one that is not is being placed at this moment.
    const Order* order = connector_->FindOrder(ClientOrderId(id));
    return order == nullptr ? environment_.clock().now() : order->created_at;
  }

  // No new order before it is known what became of those of the process before.
  void CheckRestart(std::string_view placed) {
    for (const Order* order : connector_->open_orders()) {
      const bool is_unknown = order->is_in_doubt || order->state == OrderState::kPendingCreate;
      if (order->is_restored && (is_unknown || restart_ == RestartPolicy::kCancel)) {
        Violate(StrCat("order ",
                       placed,
                       " was placed while order ",
                       order->client_order_id,
                       " of the process before was ",
                       is_unknown ? "not settled" : "to be canceled"));
      }
    }
  }

  // Quiet, rough, or bad: most runs have some of each.
  void DrawWeather() {
    Weather weather;
    const double badness = random_.UniformReal() * random_.UniformReal();
    weather.refuse = 0.1 * badness;
    weather.lose_request = 0.1 * badness;
    weather.lose_answer = 0.1 * badness;
    weather.cut_after = 0.1 * badness;
    weather.straggle = 0.1 * badness;
    weather.old_snapshot = 0.5 * badness;
    weather.refuse_socket = 0.3 * badness;
    weather.die_young = 0.3 * badness;
    weather.latency_max = absl::Milliseconds(5 + static_cast<int64_t>(random_.Uniform(300)));
    network_.set_weather(weather);
  }

  absl::Duration DrawLifetime() {
    return absl::Seconds(20 + static_cast<int64_t>(random_.Uniform(600)));
  }

  void StartProcess() {
    ++lives_;
    Trace(StrCat("process ", lives_, " starts"));
    disk_.Restart();
    network_.Restore();
    is_crashed_ = false;
    if (const std::string* journal = disk_.Find(journal_path_); journal != nullptr) {
      const absl::StatusOr<JournalScan> scan = ScanJournal(*journal);
      if (scan.ok()) {
        JournalState state;
        for (const ScannedRecord& scanned : scan->records) {
          state.Apply(scanned.record);
        }
        checker_.CompareWith(state);
        // Written and not said: the process died in between.
        for (const FundingKey& key : state.funding().told) {
          funding_noted_.insert(FundingName(key.payment_id, key.paid_at));
        }
      } else {
        Violate(StrCat("the journal cannot be read: ", scan.status().ToString()));
      }
    }
    ExchangeConfig config;
    config.venue = options_.venue;
    config.domain = "local";
    config.pairs = {pair_};
    config.state_directory = "state";
    config.client_order_id_prefix = kOurPrefix;  // no id that the venue makes up begins so
    config.journal.rotate_bytes = 20'000 + random_.Uniform(200'000);
    venue_->Configure(config);
    restart_ = random_.Uniform(2) == 0 ? RestartPolicy::kAdopt : RestartPolicy::kCancel;
    config.restart = restart_;
    config.order_entry = random_.Uniform(4) == 0 ? OrderChannel::kRest : OrderChannel::kSocket;
    const Credentials credentials = venue_->credentials();
    absl::StatusOr<std::unique_ptr<Connector>> made =
        (*registry_.Find(options_.venue))->make_connector(environment_, config, &credentials);
    connector_ = *std::move(made);
    checker_.Watch(connector_->events());
    funding_ = connector_->events().Subscribe<FundingPayment>(
        [this](const FundingPayment& payment) { SeeFunding(payment); });
    state_checker_.Restart();
    log_.emplace(connector_->events(), [this](std::string_view line) {
      hash_.Add(line);
      ++events_;
      if (options_.is_traced) {
        Trace(StrCat("event ", line));
      }
    });
    started_ = std::make_shared<std::optional<absl::Status>>();
    asio::co_spawn(environment_.executor(), Start(connector_.get(), started_), asio::detached);
    trader_.emplace(random_.Next(), (*registry_.Find(options_.venue))->spec.trigger_sources);
  }

  static Task<void> Start(Connector* connector,
                          std::shared_ptr<std::optional<absl::Status>> started) {
    *started = co_await connector->Start(kStartTimeout);
  }

  // Trades until then, or until the process dies; if it died, a new one is there afterwards.
  void LiveUntil(absl::Time until) {
    const bool dies = random_.Uniform(3) != 0;
    if (dies && random_.Uniform(2) == 0) {
      disk_.CrashAfter(random_.Uniform(4000), [this] {
        is_crashed_ = true;
        funding_ = Subscription();
        checker_.StopWatching();  // whatever it still says, nobody hears it
        log_.reset();
        network_.Sever();
      });
    }
    if (random_.Uniform(4) == 0) {
      network_.Partition(absl::Seconds(1 + static_cast<int64_t>(random_.Uniform(90))));
    }
    if (random_.Uniform(12) == 0) {
      venue_->Shock(random_);
      Trace("shock");
    }
    DrawWeather();
    while (environment_.clock().now() < until && !is_crashed_) {
      StartTradingWhenReady();
      MeddleByHand();
      environment_.RunUntilTrue(
          [this, until] {
            Watch();
            return is_crashed_ || environment_.clock().now() >= until;
          },
          absl::Milliseconds(250 + static_cast<int64_t>(random_.Uniform(1000))));
      Look();
    }
    if (dies || is_crashed_) {
      Kill();
      ++crashes_;
      environment_.RunFor(absl::Milliseconds(static_cast<int64_t>(random_.Uniform(40'000))));
      StartProcess();
    }
  }

  void Look() {
    if (!is_crashed_) {
      state_checker_.Look(*connector_, network_.checker(), environment_.clock().now());
    }
  }

  void Watch() {
    if (!is_crashed_) {
      state_checker_.Watch(*connector_, network_.checker(), environment_.clock().now());
    }
  }

  void LiveFor(absl::Duration duration) {
    const absl::Time until = environment_.clock().now() + duration;
    while (environment_.clock().now() < until) {
      environment_.RunFor(std::min(absl::Seconds(1), until - environment_.clock().now()));
      Look();
    }
  }

  void StartTradingWhenReady() {
    if (!started_->has_value() || trader_->state() != StrategyState::kIdle) {
      return;
    }
    if (!(*started_)->ok()) {
      Trace(StrCat("not started: ", (*started_)->ToString()));
      return;
    }
    const absl::Status status = trader_->Start({*connector_, environment_.clock()});
    if (!status.ok()) {
      Violate(StrCat("the strategy does not start: ", status.ToString()));
    }
  }

  // Somebody uses the same account in the venue's app, from when we were first ready: what was
  // before is no business of ours.
  void MeddleByHand() {
    has_been_ready_ |= started_->has_value() && (*started_)->ok();
    if (!has_been_ready_ || random_.Uniform(150) != 0) {
      return;
    }
    venue_->PlaceByHand(random_);
  }

  // The process is gone at once: nothing of it gets out any more, and nothing is noted.
  void Kill() {
    Trace(StrCat("process ", lives_, " dies"));
    checker_.StopWatching();
    funding_ = Subscription();
    log_.reset();
    disk_.Crash();
    network_.Sever();
    trader_.reset();
    environment_.Await(connector_->Stop(absl::ZeroDuration()));
    environment_.RunUntilTrue([this] { return started_->has_value(); });
    connector_.reset();
  }

  void Settle() {
    network_.Partition(absl::ZeroDuration());
    const auto is_ready = [this] { return started_->has_value() && (*started_)->ok(); };
    if (!environment_.RunUntilTrue(is_ready, absl::Minutes(6))) {
      Violate(StrCat("not ready again: ",
                     connector_->health().Why(pair_),
                     started_->has_value() ? (*started_)->ToString() : " (still starting)"));
    }
    if (trader_->state() == StrategyState::kRunning) {
      trader_->Stop();
    }
    if (random_.Uniform(2) == 0) {
      CancelUnheard();
    }
    LiveFor(absl::Minutes(3));
    CheckOpenOrders();
    for (int round = 0; round < 3; ++round) {
      connector_->CancelAll(std::nullopt).IgnoreError();
      LiveFor(absl::Minutes(1));
    }
    venue_->WithdrawHand();
    LiveFor(absl::Seconds(150));  // a reconciliation of an idle connector
    venue_->SetTradersPaused(true);
    environment_.RunFor(absl::Seconds(2));  // what is under way arrives
  }

  // By hand, while no private connection is alive: it has to be found out by asking.
  void CancelUnheard() {
    network_.Partition(absl::Seconds(1));
    for (const Order* order : connector_->open_orders()) {
      venue_->CancelByHand(order->client_order_id);
    }
  }

  // After a quiet while nothing counts as open that has ended, nobody having asked for it.
  void CheckOpenOrders() {
    for (const Order* order : connector_->open_orders()) {
      const std::optional<OrderChecker::AtVenue> theirs =
          venue_->Find(order->client_order_id, environment_.clock().now());
      if (theirs.has_value() && !theirs->is_open && theirs->age > kReconciledWithin) {
        Violate(StrCat("order ",
                       order->client_order_id,
                       " is ",
                       ToString(order->state),
                       ", and ended at the venue ",
                       absl::FormatDuration(theirs->age),
                       " ago"));
      }
    }
  }

  void SeeFunding(const FundingPayment& payment) {
    const std::string name = FundingName(payment.payment_id, payment.header.venue_time);
    if (!funding_told_.emplace(name, payment.amount).second) {
      Violate(StrCat("the payment ", name, " was told twice"));
    }
  }

  void CompareFunding() {
    const std::map<std::string, Decimal> theirs = venue_->truth().funding;
    for (const auto& [name, amount] : theirs) {
      const auto told = funding_told_.find(name);
      if (told == funding_told_.end() ? !funding_noted_.contains(name) : told->second != amount) {
        Violate(StrCat("the payment ", name, " of ", amount, " was not told so"));
      }
    }
    for (const auto& [name, amount] : funding_told_) {
      if (!theirs.contains(name)) {
        Violate(StrCat("the payment ", name, " was told, and the venue has none"));
      }
    }
  }

  void Compare() {
    CompareFunding();
    for (std::string& difference : DifferencesOf(*connector_, *venue_, pair_)) {
      Violate(std::move(difference));
    }
    checker_.CheckEnd();
    for (const FillKey& key : ForeignFillsOf(*venue_, pair_)) {
      if (!checker_.was_foreign_fill_told(key)) {
        Violate(StrCat("the foreign trade ", key.trade_id, " was never told"));
      }
    }
    const venue_sim::SimTrafficView traffic = venue_->traffic();
    if (traffic.overuse_count() > 0) {
      Violate(
          StrCat("the venue refused ", traffic.overuse_count(), " times for overuse of a limit"));
    }
    for (const auto& [id, times] : traffic.repeated_client_order_ids) {
      if (times > 2 || !network_.checker().was_refused_for_time(id)) {
        Violate(StrCat("order ", id, " reached the venue ", times, " times"));
      }
    }
  }

  void Violate(std::string violation) {
    if (violations_.empty()) {
      first_violation_line_ = trace_.size();
    }
    Trace(StrCat("VIOLATION ", violation));
    violations_.push_back(StrCat("at ", Elapsed(), ": ", violation));
  }

  void Trace(std::string_view line) {
    if (options_.is_traced) {
      trace_.push_back(StrCat(Elapsed(), " ", line));
    }
  }

  std::string Elapsed() {
    return absl::FormatDuration(
        absl::Trunc(environment_.clock().now() - began_, absl::Milliseconds(1)));
  }

  SimulationResult Report() {
    SimulationResult result;
    result.violations = std::move(violations_);
    result.hash = hash_.ToHex();
    result.events = events_;
    result.orders = checker_.orders();
    result.fills = checker_.fills();
    result.triggers = checker_.triggers();
    result.foreign = checker_.foreign();
    result.doubts = checker_.doubts();
    result.late_fills = checker_.late_fills();
    result.crashes = crashes_;
    result.requests = network_.requests();
    result.socket_calls = network_.socket_calls();
    result.trace = std::move(trace_);
    result.first_violation_line = first_violation_line_;
    return result;
  }

  const SimulationOptions options_;
  const Registry registry_ = MakeRegistry();
  Random random_;
  MemoryFiles disk_;
  SimulatedEnvironment environment_;
  std::unique_ptr<SimulatedVenue> venue_;
  const TradingPair pair_;
  const std::string journal_path_;
  Network network_;
  std::optional<venue_sim::FaultRunner> faults_;
  OrderChecker checker_;
  StateChecker state_checker_;
  RollingHash hash_;
  absl::Time began_;

  std::unique_ptr<Connector> connector_;
  std::shared_ptr<std::optional<absl::Status>> started_;
  std::optional<EventLog> log_;
  std::optional<RandomTrader> trader_;
  RestartPolicy restart_ = RestartPolicy::kAdopt;
  bool is_crashed_ = false;
  bool has_been_ready_ = false;
  int lives_ = 0;
  Subscription funding_;
  std::map<std::string, Decimal> funding_told_;  // by FundingName
  std::set<std::string> funding_noted_;          // in the journal

  int64_t events_ = 0;
  int64_t crashes_ = 0;
  std::vector<std::string> violations_;
  std::vector<std::string> trace_;
  size_t first_violation_line_ = 0;
};

}  // namespace

SimulationResult RunSimulation(const SimulationOptions& options) {
  return Run(options).Finish();
}

}  // namespace colibri::simulation
