// Runs every case for every venue that it applies to, and holds folders, cases and specs against
// each other.
#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "exchanges/registry.h"
#include "nlohmann/json.hpp"
#include "tests/conformance/capabilities.h"
#include "tests/conformance/conformance_case.h"

namespace colibri::conformance {
namespace {

using testing::IsEmpty;
using VenueAndCase = std::pair<std::string, const ConformanceCase*>;

std::vector<VenueAndCase> Applicable() {
  std::vector<VenueAndCase> applicable;
  for (const std::string& venue : EnvelopeFolder::Venues()) {
    for (const ConformanceCase& one : AllCases()) {
      if (one.AppliesTo(EntryOf(venue).spec)) {
        applicable.emplace_back(venue, &one);
      }
    }
  }
  return applicable;
}

class ConformanceTest : public testing::TestWithParam<VenueAndCase> {};

TEST_P(ConformanceTest, Holds) {
  RunCase(*GetParam().second, GetParam().first);
}

INSTANTIATE_TEST_SUITE_P(Venues,
                         ConformanceTest,
                         testing::ValuesIn(Applicable()),
                         [](const testing::TestParamInfo<VenueAndCase>& tested) {
                           return StrCat(tested.param.first,
                                         "_",
                                         tested.param.second->id,
                                         "_",
                                         tested.param.second->name);
                         });

TEST(ConformanceFolderTest, HasOneOfEachConnectorOfTheRegistry) {
  const Registry registry = MakeRegistry();
  for (const std::unique_ptr<VenueEntry>& entry : registry.entries()) {
    EXPECT_TRUE(entry->make_connector == nullptr || EnvelopeFolder::Exists(entry->spec.name))
        << "make " << EnvelopeFolder::PathOf(entry->spec.name)
        << ", as tests/conformance/README.md says";
  }
}

TEST(ConformanceFolderTest, HoldsNothingThatNoCaseReads) {
  for (const std::string& venue : EnvelopeFolder::Venues()) {
    std::set<std::string> listed;
    for (const ConformanceCase& one : AllCases()) {
      if (one.AppliesTo(EntryOf(venue).spec)) {
        listed.insert(one.envelopes.begin(), one.envelopes.end());
      }
    }
    const EnvelopeFolder folder(venue);
    for (const auto& [name, envelope] : folder.all()) {
      EXPECT_TRUE(listed.contains(name))
          << EnvelopeFolder::PathOf(venue) << "/" << name << ".json is read by no case";
    }
  }
}

TEST(ConformanceFolderTest, SaysWhereEachEnvelopeIsFrom) {
  for (const std::string& venue : EnvelopeFolder::Venues()) {
    const EnvelopeFolder folder(venue);
    for (const auto& [name, envelope] : folder.all()) {
      EXPECT_NE(envelope.content().value("purpose", ""), "") << venue << "/" << name;
      EXPECT_NE(envelope.content().value("origin", ""), "") << venue << "/" << name;
    }
  }
}

TEST(ConformanceFolderTest, HasACaseForEveryClaim) {
  for (const std::string& venue : EnvelopeFolder::Venues()) {
    const VenueSpec& spec = EntryOf(venue).spec;
    for (const Capability& capability : AllCapabilities()) {
      const bool has_case =
          std::any_of(AllCases().begin(), AllCases().end(), [&](const ConformanceCase& one) {
            return one.AppliesTo(spec) &&
                   std::find(one.capabilities.begin(), one.capabilities.end(), capability.name) !=
                       one.capabilities.end();
          });
      EXPECT_TRUE(!capability.is_claimed(spec) || has_case)
          << venue << " claims " << capability.name << ", and no case tries it";
    }
  }
}

TEST(ConformanceFolderTest, IsTriedByCasesThatAreNumberedApart) {
  std::set<std::string> ids;
  for (const ConformanceCase& one : AllCases()) {
    EXPECT_TRUE(ids.insert(one.id).second) << one.id << " is there twice";
  }
}

}  // namespace
}  // namespace colibri::conformance
