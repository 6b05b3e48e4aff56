// colibri book: the order book of a pair, once or as it moves.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include <nlohmann/json.hpp>

#include "core/status_macros.h"
#include "core/strings.h"
#include "tools/cli/command.h"
#include "tools/cli/stop_signal.h"
#include "tools/cli/venue_options.h"
#include <CLI/CLI.hpp>

namespace colibri::cli {
namespace {

using nlohmann::ordered_json;

constexpr absl::Duration kRedraw = absl::Seconds(1);
constexpr absl::Duration kStopTimeout = absl::Seconds(5);
constexpr char kHomeAndClear[] = "\x1b[H\x1b[2J";

struct BookOptions {
  VenueOptions venue;
  std::string pair;
  size_t depth = 10;
  bool is_followed = false;
  double seconds = 0;  // 0: until Ctrl-C
  bool is_json = false;
};

ordered_json LevelsJson(const std::vector<PriceLevel>& levels) {
  ordered_json all = ordered_json::array();
  for (const PriceLevel& level : levels) {
    all.push_back({level.price.ToString(), level.quantity.ToString()});
  }
  return all;
}

std::string Render(const BookOptions& options,
                   const OrderBook& book,
                   const std::vector<PriceLevel>& bids,
                   const std::vector<PriceLevel>& asks) {
  std::string text = absl::StrFormat("%s on %s (%s)  update %d\n\n%14s %14s   %-14s %-14s\n",
                                     options.pair,
                                     options.venue.venue,
                                     options.venue.domain,
                                     book.last_update_id(),
                                     "quantity",
                                     "bid",
                                     "ask",
                                     "quantity");
  for (size_t i = 0; i < std::max(bids.size(), asks.size()); ++i) {
    absl::StrAppendFormat(&text,
                          "%14s %14s   %-14s %-14s\n",
                          i < bids.size() ? bids[i].quantity.ToString() : "",
                          i < bids.size() ? bids[i].price.ToString() : "",
                          i < asks.size() ? asks[i].price.ToString() : "",
                          i < asks.size() ? asks[i].quantity.ToString() : "");
  }
  return text;
}

// first_book: how long it took from the start to the first book.
void Print(CliIo& io,
           const BookOptions& options,
           absl::Duration first_book,
           const absl::StatusOr<const OrderBook*>& book) {
  if (!book.ok()) {
    io.err << "the book is stale: " << book.status().message() << '\n' << std::flush;
    return;
  }
  const std::vector<PriceLevel> bids = (*book)->levels(Side::kBuy, options.depth);
  const std::vector<PriceLevel> asks = (*book)->levels(Side::kSell, options.depth);
  if (options.is_json) {
    io.out << ordered_json{{"venue", options.venue.venue},
                           {"domain", options.venue.domain},
                           {"pair", options.pair},
                           {"first_book_ms", absl::ToDoubleMilliseconds(first_book)},
                           {"last_update_id", (*book)->last_update_id()},
                           {"bid_levels", (*book)->bids().size()},
                           {"ask_levels", (*book)->asks().size()},
                           {"bids", LevelsJson(bids)},
                           {"asks", LevelsJson(asks)}}
                  .dump()
           << '\n';
  } else {
    io.out << (options.is_followed && io.is_terminal ? kHomeAndClear : "")
           << Render(options, **book, bids, asks) << (options.is_followed ? "\n" : "");
  }
  io.out << std::flush;
}

Task<absl::Status> Show(AsioEnvironment& environment,
                        Connector& connector,
                        BookOptions options,
                        TradingPair pair,
                        CliIo& io) {
  StopSignal stop(environment, io, [] { return std::vector<const Order*>(); });
  stop.set_message("stopping");
  std::optional<StartProgress> progress(std::in_place, io, connector);
  const absl::Duration asked = environment.clock().monotonic();
  const std::optional<absl::Status> started =
      co_await stop.OrStop(connector.Start(absl::Seconds(options.venue.timeout_seconds)));
  progress.reset();
  if (started.has_value() && started->ok()) {
    const absl::Duration begun = environment.clock().monotonic();
    const absl::Duration end =
        options.seconds > 0 ? begun + absl::Seconds(options.seconds) : absl::InfiniteDuration();
    const absl::Duration first_book = begun - asked;
    Print(io, options, first_book, connector.book(pair));
    while (options.is_followed && environment.clock().monotonic() < end &&
           !co_await stop.Wait(std::min(kRedraw, end - environment.clock().monotonic()))) {
      Print(io, options, first_book, connector.book(pair));
    }
  }
  co_await connector.Stop(kStopTimeout);
  co_return started.value_or(absl::OkStatus());
}

absl::StatusOr<int> Book(const BookOptions& options, CommandContext& context) {
  LimitLog(context.io, LogLevel::kError);  // what goes wrong is told by StartProgress
  ASSIGN_OR_RETURN(const TradingPair pair, TradingPair::Parse(options.pair));
  ASSIGN_OR_RETURN(const VenueAccess access,
                   OpenVenue(options.venue, {pair}, Keys::kNone, context));
  RETURN_IF_ERROR(access.environment->Await(
      Show(*access.environment, *access.connector, options, pair, context.io)));
  return kExitOk;
}

}  // namespace

void AddBookCommand(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<BookOptions>();
  CLI::App* command = app.add_subcommand("book", "Print a pair's order book; needs no keys");
  command->footer("Example:\n  colibri book binance BTC-USDT --depth 5 --follow");
  AddVenueOptions(*command, options->venue, Keys::kNone);
  command->add_option("PAIR", options->pair, "As BTC-USDT")->required();
  command->add_option("--depth", options->depth, "Levels of each side")
      ->check(CLI::Range(1, 5000))
      ->capture_default_str();
  command->add_flag("--follow", options->is_followed, "Again every second, until Ctrl-C");
  command->add_option("--seconds", options->seconds, "Follow no longer than this")
      ->check(CLI::PositiveNumber);
  command->add_flag("--json", options->is_json, "One JSON object, on one line, per book");
  command->callback([options, &context] {
    context.run = [options, &context] {
      const absl::StatusOr<int> code = Book(*options, context);
      return code.ok() ? *code : Fail(context.io, code.status());
    };
  });
}

}  // namespace colibri::cli
