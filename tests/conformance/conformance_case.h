// The cases of the suite, each written once for all venues.
//
//   CONFORMANCE_CASE(Spot29, TakesACancelFromTheStream, Needs("trading"), Reads("stream_canceled"))
//   {
//     ASSERT_OK(at.Start());                            // at: the VenueUnderTest
//     ...
//   }
//
// A case runs for each venue whose spec claims all that it needs (capabilities.h), and it is the
// evidence for them. It fails when an envelope of its list is missing or was not used; an envelope
// in no list fails the suite.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/conformance/venue_under_test.h"

namespace colibri::conformance {

struct Needs {
  std::vector<std::string> names;
  template <typename... Names>
  explicit Needs(Names... given) : names{std::string(given)...} {}
};

struct Reads {
  std::vector<std::string> names;
  template <typename... Names>
  explicit Reads(Names... given) : names{std::string(given)...} {}
};

struct ConformanceCase {
  std::string id;    // "Spot29": the number in the list that the suite began with
  std::string name;  // "TakesACancelFromTheStream"
  std::vector<std::string> capabilities;
  std::vector<std::string> envelopes;
  void (*body)(VenueUnderTest&) = nullptr;

  bool AppliesTo(const VenueSpec& spec) const;
};

const std::vector<ConformanceCase>& AllCases();
bool AddCase(ConformanceCase added);
// On a connector of its own, with the checks that belong to every case.
void RunCase(const ConformanceCase& wanted, std::string_view venue);
// The same without a word to the test that asks: what failed.
std::vector<std::string> FailuresOf(const ConformanceCase& wanted, std::string_view venue);

#define CONFORMANCE_CASE(id, name, needs, reads)                          \
  static void Run##id##name(VenueUnderTest& at);                          \
  [[maybe_unused]] static const bool kAdded##id##name =                   \
      AddCase({#id, #name, (needs).names, (reads).names, Run##id##name}); \
  static void Run##id##name([[maybe_unused]] VenueUnderTest& at)

}  // namespace colibri::conformance
