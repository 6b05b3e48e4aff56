// colibri journal: what a journal holds, and what can be had of a broken one.
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <system_error>

#include <nlohmann/json.hpp>

#include "connector/journal_scan.h"
#include "connector/journal_state.h"
#include "connector/net/posix_files.h"
#include "core/status_macros.h"
#include "core/strings.h"
#include "tools/cli/command.h"
#include "tools/cli/journal_text.h"
#include <CLI/CLI.hpp>

namespace colibri::cli {
namespace {

using nlohmann::ordered_json;

struct JournalCommandOptions {
  std::string file;
  std::string output;
  bool is_json = false;
  bool is_salvage = false;
  bool shows_orders = false;
};

void Print(CliIo& io, const JournalCommandOptions& options, const ordered_json& line) {
  io.out << (options.is_json ? JsonLine(line) : TextLine(line)) << '\n';
}

// Records and gaps, as they stand in the file.
void PrintRecords(CliIo& io, const JournalCommandOptions& options, const JournalScan& scan) {
  size_t told = 0;
  const auto tell_gaps_before = [&](uint64_t offset) {
    for (; told < scan.gaps.size() && scan.gaps[told].begin < offset; ++told) {
      Print(io, options, GapJson(scan.gaps[told]));
    }
  };
  for (const ScannedRecord& scanned : scan.records) {
    tell_gaps_before(scanned.offset);
    Print(io, options, RecordJson(scanned));
  }
  tell_gaps_before(std::numeric_limits<uint64_t>::max());
}

// A journal of the records that can be had, byte for byte as they were.
absl::Status WriteSalvaged(const JournalCommandOptions& options,
                           std::string_view content,
                           const JournalScan& scan) {
  std::error_code ignored;
  if (std::filesystem::exists(options.output, ignored)) {
    return absl::InvalidArgumentError(
        StrCat(options.output, " exists already; --output names a new file"));
  }
  std::string salvaged = JournalHeader();
  for (const ScannedRecord& scanned : scan.records) {
    salvaged += content.substr(scanned.offset, RecordSize(content, scanned.offset));
  }
  // What is written must be read where it matters.
  RETURN_IF_ERROR(ScanJournal(salvaged).status());
  return PosixFiles().Replace(options.output, salvaged);
}

absl::StatusOr<JournalScan> Scan(const JournalCommandOptions& options, std::string_view content) {
  absl::StatusOr<JournalScan> scan =
      options.is_salvage ? SalvageJournal(content) : ScanJournal(content);
  if (scan.ok()) {
    return scan;
  }
  const bool is_broken = absl::IsDataLoss(scan.status());
  return absl::Status(
      scan.status().code(),
      StrCat(options.file,
             ": ",
             Std(scan.status().message()),
             is_broken
                 ? StrCat("\n  see what can be had: colibri journal ", options.file, " --salvage")
                 : std::string()));
}

absl::StatusOr<int> ShowJournal(const JournalCommandOptions& options, CommandContext& context) {
  if (!options.output.empty() && !options.is_salvage) {
    return absl::InvalidArgumentError("--output goes with --salvage");
  }
  CliIo& io = context.io;
  ASSIGN_OR_RETURN(const std::string content, PosixFiles().Read(options.file));
  ASSIGN_OR_RETURN(const JournalScan scan, Scan(options, content));
  JournalState state;
  for (const ScannedRecord& scanned : scan.records) {
    state.Apply(scanned.record);
  }
  if (options.shows_orders) {
    for (const RememberedOrder& remembered : state.orders()) {
      Print(io, options, RememberedOrderJson(remembered));
    }
  } else {
    PrintRecords(io, options, scan);
  }
  Print(io, options, SummaryJson(scan, state, content.size()));
  if (scan.has_torn_tail) {
    io.err << "warning: " << options.file << ": the last " << content.size() - scan.end
           << " bytes, from offset " << scan.end
           << " on, are no whole record: a crash cut it, or it is being written now. The next start"
              " cuts it off\n";
  }
  for (const JournalScan::Gap& gap : scan.gaps) {
    io.err << "warning: " << options.file << ": bytes " << gap.begin << " to " << gap.end
           << " are lost: " << gap.reason << '\n';
  }
  if (!options.output.empty()) {
    RETURN_IF_ERROR(WriteSalvaged(options, content, scan));
    io.err << "wrote " << scan.records.size() << " records to " << options.output
           << "; put it in the place of " << options.file
           << " while nothing runs on it, and the next start asks the venue for what is missing\n";
  }
  return kExitOk;
}

}  // namespace

void AddJournalCommand(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<JournalCommandOptions>();
  CLI::App* command = app.add_subcommand(
      "journal", "Print the journal of a connector's orders; salvage a broken one");
  command->footer(
      "Examples:\n"
      "  colibri journal state/binance.journal\n"
      "  colibri journal state/binance.journal --orders --json\n"
      "  colibri journal broken.journal --salvage --output good.journal\n"
      "One line per record: offset, time (UTC), kind, fields; at the end a summary. The file may "
      "be\n"
      "in use. A record that a crash cut short at the end is a warning.\n"
      "Exit code 1: the file is broken before its end, or no journal. 2: wrong usage, no such "
      "file.");
  command->add_option("FILE", options->file, "The journal; its archives are FILE.1, FILE.2, ...")
      ->required();
  command->add_flag("--json", options->is_json, "One JSON object per line");
  command->add_flag(
      "--orders", options->shows_orders, "The orders as they stand at the end, not the records");
  command->add_flag("--salvage",
                    options->is_salvage,
                    "Go on behind broken places; they are told as gaps, with reasons");
  command->add_option("--output",
                      options->output,
                      "With --salvage: write what can be had to this new file, as a good journal");
  command->callback([options, &context] {
    context.run = [options, &context] {
      const absl::StatusOr<int> code = ShowJournal(*options, context);
      return code.ok() ? *code : Fail(context.io, code.status());
    };
  });
}

}  // namespace colibri::cli
