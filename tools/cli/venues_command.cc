// colibri venues: what the registry knows.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include <nlohmann/json.hpp>

#include "core/strings.h"
#include "tools/cli/command.h"
#include <CLI/CLI.hpp>

namespace colibri::cli {
namespace {

using nlohmann::ordered_json;

std::vector<std::string> DomainNames(const VenueSpec& spec) {
  std::vector<std::string> names;
  for (const DomainSpec& domain : spec.domains) {
    names.push_back(domain.name);
  }
  return names;
}

// What can be done with the venue today.
std::vector<std::string> Uses(const VenueEntry& venue) {
  std::vector<std::string> uses;
  if (venue.make_connector != nullptr) {
    uses.insert(uses.end(), {"live", "paper"});
  }
  if (venue.make_market_data != nullptr) {
    uses.emplace_back("recorded");
  }
  return uses;
}

// How orders get there, the usual way first; empty where there are none.
std::vector<std::string> OrderChannels(const VenueEntry& venue) {
  if (venue.make_connector == nullptr || !venue.spec.capabilities.can_trade) {
    return {};
  }
  return venue.spec.has_order_socket() ? std::vector<std::string>{"socket", "rest"}
                                       : std::vector<std::string>{"rest"};
}

int PrintVenues(CommandContext& context, bool is_json) {
  ordered_json all = ordered_json::array();
  for (const std::unique_ptr<VenueEntry>& venue : context.registry.entries()) {
    const VenueSpec& spec = venue->spec;
    const bool has_wallet = spec.signs_with_wallet;
    all.push_back(
        {{"name", spec.name},
         {"display_name", spec.display_name},
         {"domains", DomainNames(spec)},
         {"uses", Uses(*venue)},
         {"order_entry", OrderChannels(*venue)},
         {"key_variables",
          {CredentialVariable(spec.name, has_wallet ? "WALLET_KEY" : "API_KEY"),
           CredentialVariable(spec.name, has_wallet ? "ACCOUNT_ADDRESS" : "API_SECRET")}}});
  }
  if (is_json) {
    context.io.out << all.dump(1) << '\n';
    return kExitOk;
  }
  for (const ordered_json& venue : all) {
    context.io.out << venue["name"].get<std::string>() << "  ("
                   << venue["display_name"].get<std::string>() << ")\n  domains  "
                   << absl::StrJoin(venue["domains"].get<std::vector<std::string>>(), ", ")
                   << "\n  for      "
                   << absl::StrJoin(venue["uses"].get<std::vector<std::string>>(), ", ")
                   << "\n  orders   "
                   << absl::StrJoin(venue["order_entry"].get<std::vector<std::string>>(), ", ")
                   << "\n  keys     "
                   << absl::StrJoin(venue["key_variables"].get<std::vector<std::string>>(), " and ")
                   << '\n';
  }
  return kExitOk;
}

}  // namespace

std::string CredentialVariable(std::string_view venue, std::string_view part) {
  return StrCat("COLIBRI_", absl::AsciiStrToUpper(Abs(venue)), "_", part);
}

void AddVenuesCommand(CLI::App& app, CommandContext& context) {
  auto is_json = std::make_shared<bool>(false);
  CLI::App* command = app.add_subcommand("venues", "List the venues and what they can do");
  command->footer("Example:\n  colibri venues --json");
  command->add_flag("--json", *is_json, "One JSON array instead of lines");
  command->callback([is_json, &context] {
    context.run = [is_json, &context] { return PrintVenues(context, *is_json); };
  });
}

}  // namespace colibri::cli
