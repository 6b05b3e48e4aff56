// The capability table: what each venue claims, and how many cases hold it. docs/venues.md shows
// it; this fails when the two differ.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <string>
#include <utility>

#include "gtest/gtest.h"

#include "core/strings.h"
#include "tests/conformance/capabilities.h"
#include "tests/conformance/conformance_case.h"

namespace colibri::conformance {
namespace {

constexpr char kPage[] = "docs/venues.md";
constexpr std::string_view kBegin = "<!-- capability table: begin -->\n";
constexpr std::string_view kEnd = "<!-- capability table: end -->\n";

// A case is evidence for several claims, and runs once.
bool Passes(const ConformanceCase& one, const std::string& venue) {
  static std::map<std::pair<std::string, std::string>, bool> known;
  const auto [entry, is_new] = known.try_emplace({one.id, venue}, false);
  if (is_new) {
    entry->second = FailuresOf(one, venue).empty();
  }
  return entry->second;
}

std::string Cell(const Capability& capability, const std::string& venue) {
  const VenueSpec& spec = EntryOf(venue).spec;
  if (!capability.is_claimed(spec)) {
    return "no";
  }
  int passed = 0;
  int failed = 0;
  for (const ConformanceCase& one : AllCases()) {
    const bool is_evidence =
        std::find(one.capabilities.begin(), one.capabilities.end(), capability.name) !=
        one.capabilities.end();
    if (is_evidence && one.AppliesTo(spec)) {
      ++(Passes(one, venue) ? passed : failed);
    }
  }
  return failed > 0 ? StrCat("FAILS: ", failed, " of ", passed + failed)
                    : StrCat("yes (", passed, ")");
}

std::string Table() {
  std::string head = "| |";
  std::string line = "|---|";
  for (const std::string& venue : EnvelopeFolder::Venues()) {
    head += StrCat(" ", venue, " |");
    line += "---|";
  }
  std::string table = StrCat(head, "\n", line, "\n");
  for (const Capability& capability : AllCapabilities()) {
    table += StrCat("| ", capability.description, " |");
    for (const std::string& venue : EnvelopeFolder::Venues()) {
      table += StrCat(" ", Cell(capability, venue), " |");
    }
    table += "\n";
  }
  return table;
}

// Of the venue's own headers and sources, from the root of the tree.
int64_t LinesOf(const std::string& venue) {
  int64_t lines = 0;
  for (const auto& entry : std::filesystem::directory_iterator(StrCat("exchanges/", venue))) {
    const std::string extension = entry.path().extension().string();
    if (extension == ".h" || extension == ".cc") {
      std::ifstream in(entry.path());
      lines += std::count(std::istreambuf_iterator<char>(in), {}, '\n');
    }
  }
  return lines;
}

TEST(CapabilityTableTest, TellsHowManyLinesEachVenueHas) {
  for (const std::string& venue : EnvelopeFolder::Venues()) {
    const VenueSpec& spec = EntryOf(venue).spec;
    const int64_t aim = !spec.is_perpetual() ? 1000 : spec.signs_with_wallet ? 1500 : 1300;
    const int64_t lines = LinesOf(venue);
    std::cout << "exchanges/" << venue << ": " << lines << " lines, the aim is " << aim << "\n";
    EXPECT_GT(lines, 0) << "exchanges/" << venue << " has no sources";
  }
}

TEST(CapabilityTableTest, IsTheOneInTheDocumentation) {
  const std::string table = Table();
  std::ifstream in(kPage);
  std::string page((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const size_t begin = page.find(kBegin);
  const size_t end = page.find(kEnd);
  ASSERT_TRUE(begin != std::string::npos && end != std::string::npos && begin < end)
      << kPage << " has no place for the table between " << kBegin << " and " << kEnd;
  const size_t from = begin + kBegin.size();
  const bool is_same = page.substr(from, end - from) == table;
  if (!is_same && std::getenv("COLIBRI_RENEW_TABLE") != nullptr) {
    page.replace(from, end - from, table);
    std::ofstream(kPage) << page;
    return;
  }
  EXPECT_TRUE(is_same) << "the table in " << kPage << " is not that of the suite; renew it with\n"
                       << "  COLIBRI_RENEW_TABLE=1 build/release/bin/conformance_test "
                          "--gtest_filter='CapabilityTableTest.*'\n"
                       << table;
  EXPECT_EQ(table.find("FAILS"), std::string::npos) << table;
}

}  // namespace
}  // namespace colibri::conformance
