#include "tools/cli/run_config.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"

#include "connector/url.h"
#include "core/strings.h"
#include "tools/cli/book_config.h"
#include "tools/cli/perpetual_config.h"
#include "tools/cli/risk_config.h"
#include "tools/cli/venue_options.h"

namespace colibri::cli {
namespace {

constexpr absl::Duration kDelayMax = absl::Minutes(10);
constexpr absl::Duration kSilenceMin = absl::Seconds(1);
constexpr absl::Duration kSyncIntervalMin = absl::Milliseconds(1);
constexpr absl::Duration kSyncIntervalMax = absl::Minutes(1);
constexpr uint64_t kRotateSizeMin = 16 << 10;
constexpr uint64_t kRotateSizeMax = uint64_t{4} << 30;  // it is read at every start
constexpr int kArchivesMax = 100'000;

// "64MB", in powers of 1024; nullopt when it is no size.
std::optional<uint64_t> ParseSize(std::string_view text) {
  constexpr std::pair<const char*, int> kUnits[] = {{"KB", 10}, {"MB", 20}, {"GB", 30}};
  for (const auto& [unit, shift] : kUnits) {
    uint32_t number = 0;
    if (text.ends_with(unit) && absl::SimpleAtoi(Abs(text.substr(0, text.size() - 2)), &number)) {
      return uint64_t{number} << shift;
    }
  }
  return std::nullopt;
}

class Reader {
 public:
  Reader(const Registry& registry, const std::vector<int>& cores, ConfigErrors& errors)
      : registry_(registry), cores_(cores), errors_(errors) {}

  RunConfig Read(const ConfigNode& root) {
    ConfigSection file(root, "", errors_);
    if (root.kind != ConfigNode::Kind::kMap) {
      errors_.Add(root.line,
                  "",
                  "holds no configuration: write exchange, strategy and, for play "
                  "money, paper");
      return std::move(config_);
    }
    file.Require("exchange", "where to trade: venue, domain and pairs");
    if (std::optional<ConfigSection> exchange = file.Section("exchange")) {
      ReadExchange(*exchange);
    }
    ReadState(file);
    if (std::optional<ConfigSection> paper = file.Section("paper")) {
      ReadPaper(*paper);
    }
    if (std::optional<ConfigSection> recording = file.Section("recording")) {
      ReadRecording(*recording);
    }
    ChooseMode(file);
    file.Require("strategy", "what to run: name, and what it needs");
    if (std::optional<ConfigSection> strategy = file.Section("strategy")) {
      config_.strategy = ReadStrategy(*strategy, config_.paper.market.pairs, errors_);
    }
    if (std::optional<ConfigSection> run = file.Section("run")) {
      ReadRun(*run);
    }
    if (std::optional<ConfigSection> risk = file.Section("risk")) {
      ExchangeConfig& market = config_.paper.market;
      market.risk = ReadRisk(*risk, market.pairs, errors_);
    }
    if (const std::optional<ConfigSection> loop = file.Section("loop")) {
      config_.loop = ReadLoop(*loop, cores_);
      if (config_.mode == RunMode::kRecorded) {
        file.Tell("loop", "is of no use to recorded data, which waits for nothing: leave it out");
      }
    }
    file.TellUnknownKeys();
    return std::move(config_);
  }

 private:
  void ReadExchange(ConfigSection& section) {
    ExchangeConfig& market = config_.paper.market;
    section.Require("venue", "its name; `colibri venues` lists them");
    if (section.Read("venue", market.venue)) {
      const absl::StatusOr<const VenueEntry*> venue = registry_.Find(market.venue);
      if (venue.ok()) {
        config_.venue = *venue;
      } else {
        section.Tell("venue", Std(venue.status().message()));
      }
    }
    if (section.Read("domain", market.domain) && config_.venue != nullptr) {
      const absl::Status known = CheckDomain(*config_.venue, market.domain);
      if (!known.ok()) {
        section.Tell("domain", Std(known.message()));
      }
    }
    ReadPairs(section);
    market.books = ReadBookKinds(section, market.pairs);
    ReadUrl(section, "rest_url", market.hosts.rest_url);
    ReadUrl(section, "market_stream_url", market.hosts.market_stream_url);
    ReadUrl(section, "trade_stream_url", market.hosts.trade_stream_url);
    ReadUrl(section, "private_stream_url", market.hosts.private_stream_url);
    ReadUrl(section, "order_socket_url", market.hosts.order_socket_url);
    ReadOrderEntry(section, market.order_entry);
    section.Read("ca_file", config_.ca_file);
    section.Read("credentials", config_.credential_file);
    section.Read("client_order_id_prefix", market.client_order_id_prefix);
    ReadPositive(section, "snapshot_depth", market.snapshot_depth);
    ReadSilence(section, "market_silence_max", market.market_silence_max);
    ReadSilence(section, "private_silence_max", market.private_silence_max);
    ReadPerpetualSettings(section, spec(), market.pairs, market.perpetual);
    section.TellUnknownKeys();
  }

  static void ReadOrderEntry(ConfigSection& section, OrderChannel& channel) {
    std::string text;
    if (!section.Read("order_entry", text)) {
      return;
    }
    if (text != "socket" && text != "rest") {
      section.Tell(
          "order_entry",
          StrCat("is \"",
                 text,
                 "\": write socket (a WebSocket where the venue takes orders so, REST while "
                 "it is down) or rest"));
    }
    channel = text == "rest" ? OrderChannel::kRest : OrderChannel::kSocket;
  }

  static void ReadSilence(ConfigSection& section,
                          std::string_view key,
                          std::optional<absl::Duration>& value) {
    absl::Duration silence;
    if (section.Read(key, silence)) {
      value = silence;
      if (silence < kSilenceMin) {
        section.Tell(key,
                     StrCat("is ", absl::FormatDuration(silence), ": write a duration from 1s"));
      }
    }
  }

  // What outlives the process: where it is, how it is written, what is done with it.
  void ReadState(ConfigSection& file) {
    ExchangeConfig& market = config_.paper.market;
    if (file.Read("state", market.state_directory) && market.state_directory.empty()) {
      file.Tell("state", "is empty: write a directory, as state; it is made when missing");
    }
    std::string restart;
    if (file.Read("restart", restart)) {
      if (restart != "adopt" && restart != "cancel") {
        file.Tell("restart",
                  StrCat("is \"",
                         restart,
                         "\": write adopt (orders of an earlier run go on) or cancel (they are "
                         "canceled first)"));
      }
      market.restart = restart == "cancel" ? RestartPolicy::kCancel : RestartPolicy::kAdopt;
    }
    if (std::optional<ConfigSection> journal = file.Section("journal")) {
      ReadJournal(*journal, market.journal);
    }
    for (const std::string_view key : {"restart", "journal"}) {
      if (file.Has(key) && !file.Has("state")) {
        file.Tell(key, "needs the key state: the directory where the journal is kept");
      }
    }
  }

  static void ReadJournal(ConfigSection& section, JournalOptions& journal) {
    std::string sync;
    if (section.Read("sync", sync)) {
      const absl::StatusOr<SyncPolicy> policy = ParseSyncPolicy(sync);
      if (policy.ok()) {
        journal.sync = *policy;
      } else {
        section.Tell("sync", Std(policy.status().message()));
      }
    }
    if (section.Read("sync_interval", journal.sync_interval) &&
        (journal.sync_interval < kSyncIntervalMin || journal.sync_interval > kSyncIntervalMax)) {
      section.Tell("sync_interval",
                   StrCat("is ",
                          absl::FormatDuration(journal.sync_interval),
                          ": write a duration from 1ms to 1m"));
    }
    std::string size;
    if (section.Read("rotate_size", size)) {
      const std::optional<uint64_t> bytes = ParseSize(size);
      if (bytes.has_value() && *bytes >= kRotateSizeMin && *bytes <= kRotateSizeMax) {
        journal.rotate_bytes = *bytes;
      } else {
        section.Tell("rotate_size",
                     StrCat("is \"", size, "\": write a size from 16KB to 4GB, as 64MB"));
      }
    }
    if (section.Read("archives_max", journal.archives_max) &&
        (journal.archives_max < 0 || journal.archives_max > kArchivesMax)) {
      section.Tell(
          "archives_max",
          StrCat("is ", journal.archives_max, ": write a number from 0 to ", kArchivesMax));
    }
    section.TellUnknownKeys();
  }

  void ReadPairs(ConfigSection& section) {
    section.Require("pairs", "a list of them, as [BTC-USDT]");
    std::vector<std::string> texts;
    if (!section.Read("pairs", texts)) {
      return;
    }
    std::vector<TradingPair>& pairs = config_.paper.market.pairs;
    for (const std::string& text : texts) {
      absl::StatusOr<TradingPair> pair = TradingPair::Parse(text);
      if (!pair.ok()) {
        section.Tell("pairs", StrCat("\"", text, "\" is no pair: write BASE-QUOTE, as BTC-USDT"));
      } else if (std::find(pairs.begin(), pairs.end(), *pair) != pairs.end()) {
        section.Tell("pairs", StrCat(text, " is listed twice"));
      } else {
        pairs.push_back(*std::move(pair));
      }
    }
  }

  static void ReadUrl(ConfigSection& section, std::string_view key, std::string& value) {
    if (section.Read(key, value)) {
      const absl::StatusOr<Url> url = Url::Parse(value);
      if (!url.ok()) {
        section.Tell(key, Std(url.status().message()));
      }
    }
  }

  static void ReadPositive(ConfigSection& section, std::string_view key, int& value) {
    if (section.Read(key, value) && value <= 0) {
      section.Tell(key, StrCat("is ", value, ": write a number above 0"));
    }
  }

  void ReadPaper(ConfigSection& section) {
    PaperConfig& paper = config_.paper;
    section.Require("balances", "what the account starts with, as {BTC: 1, USDT: 50000}");
    if (std::optional<ConfigSection> balances = section.Section("balances")) {
      ReadBalances(*balances);
    }
    ReadDelay(section, "delay_to_venue", paper.delay_to_venue.least);
    ReadDelay(section, "delay_from_venue", paper.delay_from_venue.least);
    absl::Duration jitter;
    ReadDelay(section, "delay_jitter", jitter);
    paper.delay_to_venue.jitter = paper.delay_from_venue.jitter = jitter;
    ReadFees(section);
    if (section.Read("cancels_ahead", paper.cancels_ahead) &&
        (paper.cancels_ahead.is_negative() || paper.cancels_ahead > Decimal::FromInteger(1))) {
      section.Tell("cancels_ahead", StrCat("is ", paper.cancels_ahead, ": write 0 to 1"));
    }
    section.Read("seed", paper.seed);
    ReadPositive(section, "open_orders_max", paper.open_orders_max);
    ReadPaperPerpetual(section, spec(), paper.perpetual);
    section.TellUnknownKeys();
  }

  void ReadBalances(ConfigSection& section) {
    const auto balances = section.ReadAll();
    if (balances.empty() && section.is_empty()) {
      section.Tell("", "is empty: write what the account starts with, as {BTC: 1, USDT: 50000}");
    }
    for (const auto& [asset, text] : balances) {
      const absl::StatusOr<Decimal> amount = Decimal::Parse(text);
      if (!amount.ok() || amount->is_negative() ||
          *amount > Decimal::FromInteger(PaperConfig::kBalanceMax)) {
        section.Tell(
            asset,
            StrCat("is \"", text, "\": write an amount from 0 to ", PaperConfig::kBalanceMax));
      } else {
        config_.paper.balances[asset] = *amount;
      }
    }
  }

  void ReadFees(ConfigSection& section) {
    FeeRates rates = config_.venue != nullptr ? config_.venue->spec.fees.percent : FeeRates{};
    const bool is_maker = ReadRate(section, "maker_fee", rates.maker);
    const bool is_taker = ReadRate(section, "taker_fee", rates.taker);
    if (is_maker || is_taker) {
      config_.paper.market.fee_override = rates;
    }
  }

  static bool ReadRate(ConfigSection& section, std::string_view key, Decimal& rate) {
    const bool is_read = section.Read(key, rate);
    if (is_read && Abs(rate) >= Decimal::FromInteger(1)) {
      section.Tell(key,
                   StrCat("is ", rate, ": write a fraction between -1 and 1, as 0.001 for 0.1 %"));
    }
    return is_read;
  }

  static void ReadDelay(ConfigSection& section, std::string_view key, absl::Duration& delay) {
    if (section.Read(key, delay) && (delay < absl::ZeroDuration() || delay > kDelayMax)) {
      section.Tell(key,
                   StrCat("is ", absl::FormatDuration(delay), ": write a duration from 0s to 10m"));
    }
  }

  void ReadRecording(ConfigSection& section) {
    section.Require("files", "the recordings, in the order to play them, as [day1.gz, day2.gz]");
    section.Read("files", config_.paper.recording);
    section.Require("rules",
                    "the pair's rules, which a recording does not hold: price_increment, "
                    "quantity_increment, notional_min");
    if (std::optional<ConfigSection> rules = section.Section("rules")) {
      ReadRules(*rules);
    }
    section.TellUnknownKeys();
    const size_t pair_count = config_.paper.market.pairs.size();
    if (pair_count > 1) {
      errors_.Add(section.line(),
                  "recording",
                  StrCat("holds one pair, and exchange.pairs names ", pair_count));
    }
  }

  void ReadRules(ConfigSection& section) {
    TradingRule rule;
    section.Require("price_increment", "the step of prices, as 0.01");
    section.Require("quantity_increment", "the step of quantities, as 0.00001");
    ReadAmount(section, "price_increment", rule.price_increment, /*may_be_zero=*/false);
    ReadAmount(section, "quantity_increment", rule.quantity_increment, /*may_be_zero=*/false);
    ReadAmount(section, "price_min", rule.price_min);
    ReadAmount(section, "price_max", rule.price_max);
    ReadAmount(section, "quantity_min", rule.quantity_min);
    ReadAmount(section, "quantity_max", rule.quantity_max);
    ReadAmount(section, "notional_min", rule.notional_min);
    ReadAmount(section, "notional_max", rule.notional_max);
    ReadDecimals(section, "book_price_decimals", rule.book_scale_min.price_decimals);
    ReadDecimals(section, "book_quantity_decimals", rule.book_scale_min.quantity_decimals);
    ReadDecimals(section, "price_significant_digits", rule.price_significant_digits);
    const std::vector<TradingPair>& pairs = config_.paper.market.pairs;
    rule.pair = pairs.empty() ? TradingPair{} : pairs.front();
    ReadPerpetualRules(section, spec(), rule);
    section.TellUnknownKeys();
    if (config_.venue == nullptr || pairs.empty()) {
      return;
    }
    rule.symbol = config_.venue->default_symbols != nullptr
                      ? config_.venue->default_symbols(rule.pair).first
                      : rule.pair.ToString();
    config_.paper.rules = {std::move(rule)};
  }

  template <typename Amount>
  static void ReadAmount(ConfigSection& section,
                         std::string_view key,
                         Amount& amount,
                         bool may_be_zero = true) {
    if (section.Read(key, amount) && (amount.is_negative() || (amount.is_zero() && !may_be_zero))) {
      section.Tell(key,
                   StrCat("is ", amount, ": write a number ", may_be_zero ? "from 0" : "above 0"));
    }
  }

  static void ReadDecimals(ConfigSection& section, std::string_view key, int& decimals) {
    if (section.Read(key, decimals) && (decimals < 0 || decimals > Decimal::kFractionDigits)) {
      section.Tell(key, StrCat("is ", decimals, ": write a number from 0 to 18"));
    }
  }

  void ReadRun(ConfigSection& section) {
    if (section.Read("duration", config_.duration) && config_.duration <= absl::ZeroDuration()) {
      section.Tell("duration", "must be above zero, as 10m; leave it out to run until Ctrl-C");
    }
    section.TellUnknownKeys();
  }

  void ChooseMode(ConfigSection& file) {
    const bool is_paper = file.Has("paper");
    const bool is_recorded = file.Has("recording");
    config_.mode = is_recorded ? RunMode::kRecorded : is_paper ? RunMode::kPaper : RunMode::kLive;
    if (is_recorded && !is_paper) {
      file.Tell("recording", "needs a section paper: recorded data is traded with play money");
    }
    if (config_.venue == nullptr) {
      return;
    }
    if (!is_recorded && config_.venue->make_connector == nullptr) {
      file.Tell("exchange.venue",
                StrCat(config_.venue->spec.name, " has no connector yet: use a recording"));
    }
    if (is_recorded && config_.venue->make_market_data == nullptr) {
      file.Tell("exchange.venue",
                StrCat(config_.venue->spec.name, " has no parser of recordings yet"));
    }
  }

  // nullptr until the venue is known.
  const VenueSpec* spec() const {
    return config_.venue == nullptr ? nullptr : &config_.venue->spec;
  }

  const Registry& registry_;
  const std::vector<int>& cores_;
  ConfigErrors& errors_;
  RunConfig config_;
};

}  // namespace

std::string_view ToString(RunMode mode) {
  switch (mode) {
    case RunMode::kLive:
      return "live";
    case RunMode::kPaper:
      return "paper";
    default:
      return "recorded";
  }
}

RunConfigReading ReadRunConfig(const std::string& text,
                               const std::string& name,
                               const Registry& registry,
                               const VariableLookup& environment,
                               const std::vector<int>& cores) {
  ConfigErrors errors(name);
  RunConfigReading reading;
  if (const std::optional<ConfigNode> root = ParseYaml(text, environment, errors)) {
    reading.config = Reader(registry, cores, errors).Read(*root);
  }
  if (errors.empty() && reading.config.mode != RunMode::kLive) {
    // What the paper exchange itself knows better; one line, should anything have escaped us.
    const absl::Status status = CheckPaperConfig(reading.config.paper);
    if (!status.ok()) {
      errors.Add(1, "paper", Std(status.message()));
    }
  }
  reading.problems = errors.lines();
  return reading;
}

}  // namespace colibri::cli
