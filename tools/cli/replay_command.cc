// colibri replay: recordings through the connector's own parser, sequencer and book, checked and
// summed up.
#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>
#include <zlib.h>

#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include "auth/encoding.h"
#include "connector/recorded_market.h"
#include "core/book_text.h"
#include "core/status_macros.h"
#include "core/strings.h"
#include "tools/cli/command.h"
#include <CLI/CLI.hpp>

namespace colibri::cli {
namespace {

using nlohmann::ordered_json;

constexpr size_t kCheckpointDepth = 20;

struct ReplayOptions {
  std::string venue;
  std::string pair;
  std::vector<std::string> files;
  BookScale scale;
  BookKind book = BookKind::kAuto;
  int64_t checkpoint_interval = 0;  // applied diffs; 0: none
  bool is_json = false;
};

std::string Sha256Hex(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
  return HexEncode(absl::MakeConstSpan(digest.data(), size));
}

uint32_t Crc32(std::string_view text) {
  return static_cast<uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size())));
}

ordered_json LevelJson(const std::optional<PriceLevel>& level) {
  if (!level.has_value()) {
    return nullptr;
  }
  return {level->price.ToString(), level->quantity.ToString()};
}

ordered_json CheckpointJson(const RecordedMarket& market) {
  const OrderBook& book = market.book();
  return {{"applied", market.books().diffs_applied()},
          {"line", market.totals().lines},
          {"u", book.last_update_id()},
          {"bid", LevelJson(book.best_bid())},
          {"ask", LevelJson(book.best_ask())},
          {"nbids", book.bids().size()},
          {"nasks", book.asks().size()},
          {"crc32_top20", Crc32(CanonicalText(book, kCheckpointDepth))}};
}

ordered_json SummaryJson(const RecordedMarket& market, double seconds) {
  const OrderBook& book = market.book();
  const RecordingTotals& totals = market.totals();
  return {{"lines", totals.lines},
          {"depth_messages", totals.depth_messages},
          {"diffs_applied", market.books().diffs_applied()},
          {"snapshots", totals.snapshots},
          {"snapshots_applied", market.books().snapshots_applied()},
          {"level_changes", market.books().level_changes()},
          {"sequence_gaps", market.books().gaps()},
          {"final_update_id", book.last_update_id()},
          {"bid_levels", book.bids().size()},
          {"ask_levels", book.asks().size()},
          {"book", book.is_hot() ? "hot" : "plain"},
          {"sha256_full_book", Sha256Hex(CanonicalText(book))},
          {"trades", totals.trades},
          {"trade_quantity", totals.trade_quantity.ToString()},
          {"trade_notional", totals.trade_notional.ToString()},
          {"messages_per_second",
           seconds > 0 ? static_cast<int64_t>(static_cast<double>(totals.lines) / seconds) : 0},
          {"book_state", ToString(market.sequencer().state())}};
}

void PrintSummary(CliIo& io, const ordered_json& summary) {
  for (const auto& [key, value] : summary.items()) {
    if (key == "checkpoints") {
      for (const ordered_json& checkpoint : value) {
        io.out << "checkpoint           " << checkpoint.dump() << '\n';
      }
      continue;
    }
    io.out << key << std::string(key.size() < 21 ? 21 - key.size() : 1, ' ')
           << (value.is_string() ? value.get<std::string>() : value.dump()) << '\n';
  }
}

// Plays the whole recording. Gaps are told as they are met; an error ends it.
absl::Status Play(RecordedMarket& market,
                  const ReplayOptions& options,
                  CliIo& io,
                  ordered_json& checkpoints,
                  ordered_json& gaps) {
  int64_t applied = 0;
  for (;;) {
    const int64_t gaps_before = market.books().gaps();
    ASSIGN_OR_RETURN(const bool has_more, market.Step());
    if (!has_more) {
      if (options.checkpoint_interval > 0 && applied % options.checkpoint_interval != 0) {
        checkpoints.push_back(CheckpointJson(market));  // the end is one, too
      }
      return absl::OkStatus();
    }
    if (market.books().gaps() != gaps_before) {
      const std::string text =
          StrCat(market.Where(), ": sequence gap: ", market.sequencer().stale_reason());
      io.err << "error: " << text << "; the book is stale from here on\n";
      gaps.push_back(text);
    }
    const int64_t interval = options.checkpoint_interval;
    if (interval > 0 && market.books().diffs_applied() / interval != applied / interval) {
      checkpoints.push_back(CheckpointJson(market));
    }
    applied = market.books().diffs_applied();
  }
}

absl::StatusOr<int> Replay(const ReplayOptions& options, CommandContext& context) {
  ASSIGN_OR_RETURN(const VenueEntry* venue, context.registry.Find(options.venue));
  if (venue->make_market_data == nullptr) {
    return absl::InvalidArgumentError(StrCat("venue ", options.venue, " can't replay recordings"));
  }
  ASSIGN_OR_RETURN(TradingPair pair, TradingPair::Parse(options.pair));
  SimulatedClock clock(absl::UnixEpoch());
  EventBus events;
  RecordedMarket market(*venue,
                        {.pair = std::move(pair),
                         .files = options.files,
                         .scale = options.scale,
                         .book = options.book},
                        clock,
                        events);
  ordered_json checkpoints = ordered_json::array();
  ordered_json gaps = ordered_json::array();
  const auto start = std::chrono::steady_clock::now();
  const absl::Status status = Play(market, options, context.io, checkpoints, gaps);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  if (!status.ok()) {
    // Whatever its code: the recording is at fault, not the command line.
    context.io.err << "error: " << status.message() << '\n';
    return kExitFailed;
  }
  ordered_json summary = SummaryJson(market, elapsed.count());
  if (options.checkpoint_interval > 0) {
    summary["checkpoints"] = std::move(checkpoints);
  }
  if (!gaps.empty()) {
    summary["gaps"] = std::move(gaps);
  }
  if (options.is_json) {
    context.io.out << summary.dump(1) << '\n';
  } else {
    PrintSummary(context.io, summary);
  }
  if (!market.sequencer().is_synced()) {
    context.io.err << "error: the book is " << ToString(market.sequencer().state()) << " at the end"
                   << (market.sequencer().stale_reason().empty() ? "" : ": ")
                   << market.sequencer().stale_reason() << '\n';
    return kExitFailed;
  }
  return market.books().gaps() == 0 ? kExitOk : kExitFailed;
}

}  // namespace

void AddReplayCommand(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<ReplayOptions>();
  CLI::App* command = app.add_subcommand(
      "replay", "Run recordings through a venue's own parser, sequencer and book, and sum them up");
  command->footer(
      "Example:\n  colibri replay --venue binance --pair BTC-USDT day1.gz day2.gz --json\n"
      "Exit code 1: a sequence gap, a stale book at the end, or a recording that can't be read.");
  command->add_option("--venue", options->venue, "Whose messages they are; see `colibri venues`")
      ->required();
  command->add_option("--pair", options->pair, "The recorded pair, as BTC-USDT")->required();
  command->add_option("FILE", options->files, "Recordings, plain or gzip, played as one stream")
      ->required();
  command
      ->add_option(
          "--price-decimals", options->scale.price_decimals, "Decimals of the book's prices")
      ->check(CLI::Range(0, 18))
      ->capture_default_str();
  command
      ->add_option("--quantity-decimals",
                   options->scale.quantity_decimals,
                   "Decimals of the book's quantities")
      ->check(CLI::Range(0, 18))
      ->capture_default_str();
  command
      ->add_option_function<std::string>(
          "--book",
          [options](const std::string& word) { options->book = *ParseBookKind(word); },
          "plain; hot, which is faster; or auto: hot once much changes in it")
      ->check(CLI::IsMember({"auto", "plain", "hot"}))
      ->default_str("auto");
  command
      ->add_option("--checkpoints",
                   options->checkpoint_interval,
                   "Also print the book's top every N applied diffs")
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 40));
  command->add_flag("--json", options->is_json, "One JSON object instead of lines");
  command->callback([options, &context] {
    context.run = [options, &context] {
      const absl::StatusOr<int> code = Replay(*options, context);
      return code.ok() ? *code : Fail(context.io, code.status());
    };
  });
}

}  // namespace colibri::cli
