#include "tests/conformance/conformance_case.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "gtest/gtest-spi.h"
#include "gtest/gtest.h"

#include "tests/conformance/capabilities.h"

namespace colibri::conformance {
namespace {

std::vector<ConformanceCase>& Cases() {
  static std::vector<ConformanceCase> cases;
  return cases;
}

}  // namespace

bool ConformanceCase::AppliesTo(const VenueSpec& spec) const {
  return std::all_of(capabilities.begin(), capabilities.end(), [&](const std::string& name) {
    return Claims(spec, name);
  });
}

const std::vector<ConformanceCase>& AllCases() {
  return Cases();
}

bool AddCase(ConformanceCase added) {
  Cases().push_back(std::move(added));
  return true;
}

void RunCase(const ConformanceCase& wanted, std::string_view venue) {
  VenueUnderTest at(venue);
  for (const std::string& name : wanted.envelopes) {
    ASSERT_TRUE(at.venue.Has(name)) << venue << " claims what " << wanted.id << " tries: it needs "
                                    << EnvelopeFolder::PathOf(venue) << "/" << name << ".json";
  }
  try {
    wanted.body(at);
  } catch (const std::exception& missing) {  // a member of an envelope that the case asks for
    ADD_FAILURE() << wanted.id << ": " << missing.what();
  }
  at.CheckInvariants();
  for (const std::string& name : wanted.envelopes) {
    EXPECT_TRUE(at.venue.used().contains(name))
        << wanted.id << " lists " << name << " and did not use it";
  }
}

std::vector<std::string> FailuresOf(const ConformanceCase& wanted, std::string_view venue) {
  testing::TestPartResultArray results;
  {
    testing::ScopedFakeTestPartResultReporter reporter(
        testing::ScopedFakeTestPartResultReporter::INTERCEPT_ALL_THREADS, &results);
    RunCase(wanted, venue);
  }
  std::vector<std::string> failures;
  for (int i = 0; i < results.size(); ++i) {
    if (results.GetTestPartResult(i).failed()) {
      failures.emplace_back(results.GetTestPartResult(i).message());
    }
  }
  return failures;
}

}  // namespace colibri::conformance
