#include "auth/secret.h"

#include <sstream>
#include <type_traits>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "auth/credentials.h"

namespace colibri {
namespace {

static_assert(!std::is_copy_constructible_v<Secret>);
static_assert(!std::is_copy_assignable_v<Secret>);
static_assert(!std::is_convertible_v<Secret, std::string>);
static_assert(!std::is_convertible_v<Secret, std::string_view>);
static_assert(!std::is_convertible_v<const char*, Secret>, "a Secret is made by name");
static_assert(!std::is_copy_constructible_v<Credentials>);

template <typename T>
std::string Printed(const T& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

TEST(SecretTest, PrintsAsRedacted) {
  const Secret secret("hunter2");

  EXPECT_EQ(Printed(secret), "REDACTED");
  EXPECT_EQ(testing::PrintToString(secret), "REDACTED");
}

TEST(SecretTest, PrintsAsRedactedWhenEmpty) {
  EXPECT_EQ(Printed(Secret()), "REDACTED");  // not even its absence shows
}

TEST(SecretTest, StringifiesAsRedacted) {
  struct Sink {
    std::string text;
    void Append(std::string_view more) { text += more; }
  } sink;

  AbslStringify(sink, Secret("hunter2"));

  EXPECT_EQ(sink.text, "REDACTED");
}

TEST(SecretTest, RevealsItsBytesWithZerosInside) {
  const std::string_view bytes("a\0b", 3);

  EXPECT_EQ(Secret(bytes).reveal(), bytes);
  EXPECT_EQ(Secret(bytes).size(), 3u);
}

TEST(SecretTest, MoveEmptiesTheSource) {
  Secret from("hunter2");

  const Secret to(std::move(from));

  EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move): what the test is about
  EXPECT_EQ(from.reveal(), "");
  EXPECT_EQ(to.reveal(), "hunter2");
}

TEST(SecretTest, MoveAssignmentToItselfKeepsTheBytes) {
  Secret secret("hunter2");
  Secret& alias = secret;

  secret = std::move(alias);

  EXPECT_EQ(secret.reveal(), "hunter2");
}

TEST(SecretTest, CloneOwnsItsOwnBytes) {
  Secret original("hunter2");

  const Secret clone = original.Clone();
  original = Secret();

  EXPECT_EQ(clone.reveal(), "hunter2");
}

TEST(SecretTest, WipeStringClearsTheWholeCapacity) {
  std::string text = "a secret that is long enough for the heap";
  text.resize(4);  // the tail stays behind in the buffer
  const char* const bytes = text.data();

  WipeString(text);

  ASSERT_EQ(text.data(), bytes);
  EXPECT_EQ(text, "");
  EXPECT_EQ(std::string(bytes, 41), std::string(41, '\0'));
}

TEST(CredentialsTest, PrintWhichPartsThereAreAndNoValue) {
  const Credentials credentials{.api_key = Secret("kkk"), .api_secret = Secret("sss")};

  EXPECT_EQ(Printed(credentials), "api_key=REDACTED api_secret=REDACTED passphrase=none");
}

TEST(CredentialsTest, PrintThatThereIsAWallet) {
  const Credentials credentials{.wallet_key = Secret("www"), .account_address = "0x1"};

  EXPECT_EQ(Printed(credentials),
            "api_key=none api_secret=none passphrase=none wallet_key=REDACTED");
}

}  // namespace
}  // namespace colibri
