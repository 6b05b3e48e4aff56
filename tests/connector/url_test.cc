#include "connector/url.h"

#include "gmock/gmock.h"

#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

TEST(UrlTest, RefusesWhatIsNoUrlAndSaysWhy) {
  EXPECT_THAT(Url::Parse(""), StatusIs(kInvalid, HasSubstr("starts with none of https://")));
  EXPECT_THAT(Url::Parse("ftp://a"), StatusIs(kInvalid, HasSubstr("'ftp://a'")));
  EXPECT_THAT(Url::Parse("https://"), StatusIs(kInvalid, HasSubstr("has no host")));
  EXPECT_THAT(Url::Parse("https://:443/"), StatusIs(kInvalid, HasSubstr("has no host")));
  EXPECT_THAT(Url::Parse("https://a b/"), StatusIs(kInvalid, HasSubstr("percent-encode")));
  EXPECT_THAT(Url::Parse("https://a/\r\nX: y"), StatusIs(kInvalid, HasSubstr("percent-encode")));
  EXPECT_THAT(Url::Parse("https://a%62/"), StatusIs(kInvalid, HasSubstr("'a%62'")));
  EXPECT_THAT(Url::Parse("wss://[::1"), StatusIs(kInvalid, HasSubstr("without ']'")));
  EXPECT_THAT(Url::Parse("wss://[::1]x"), StatusIs(kInvalid, HasSubstr("after ']'")));
  EXPECT_THAT(Url::Parse("wss://[g::1]"), StatusIs(kInvalid, HasSubstr("'g::1'")));
}

TEST(UrlTest, RefusesBadPorts) {
  EXPECT_THAT(Url::Parse("https://a:/"), StatusIs(kInvalid, HasSubstr("port ''")));
  EXPECT_THAT(Url::Parse("https://a:0/"), StatusIs(kInvalid, HasSubstr("port '0'")));
  EXPECT_THAT(Url::Parse("https://a:65536/"), StatusIs(kInvalid, HasSubstr("port '65536'")));
  EXPECT_THAT(Url::Parse("https://a:8x/"), StatusIs(kInvalid, HasSubstr("port '8x'")));
  EXPECT_THAT(Url::Parse("https://a:-1/"), StatusIs(kInvalid, HasSubstr("port '-1'")));
}

TEST(UrlTest, KeepsCredentialsAndQueriesOutOfErrors) {
  EXPECT_THAT(Url::Parse("https://user:hunter2@a/"),
              StatusIs(kInvalid, AllOf(HasSubstr("before '@'"), Not(HasSubstr("hunter2")))));
  EXPECT_THAT(Url::Parse("https://a:0/x?signature=abc"),
              StatusIs(kInvalid, AllOf(HasSubstr("'https://a:0/x?...'"), Not(HasSubstr("abc")))));
}

TEST(UrlTest, ReadsSchemeHostPortAndPath) {
  ASSERT_OK_AND_ASSIGN(const Url url, Url::Parse("wss://stream.binance.com:9443/ws?x=1#top"));
  EXPECT_TRUE(url.is_tls);
  EXPECT_EQ(url.host, "stream.binance.com");
  EXPECT_EQ(url.port, 9443);
  EXPECT_EQ(url.path, "/ws?x=1");
  EXPECT_EQ(url.host_and_port(), "stream.binance.com:9443");
}

TEST(UrlTest, TakesTheSchemesPortAndARootPath) {
  ASSERT_OK_AND_ASSIGN(const Url https, Url::Parse("https://api.binance.com"));
  EXPECT_EQ(https.port, 443);
  EXPECT_EQ(https.path, "/");
  EXPECT_EQ(https.host_and_port(), "api.binance.com");
  ASSERT_OK_AND_ASSIGN(const Url ws, Url::Parse("ws://localhost?streams=a"));
  EXPECT_FALSE(ws.is_tls);
  EXPECT_EQ(ws.port, 80);
  EXPECT_EQ(ws.path, "/?streams=a");
  EXPECT_EQ(ws.host_and_port(), "localhost");
}

TEST(UrlTest, ReadsIpv6Hosts) {
  ASSERT_OK_AND_ASSIGN(const Url url, Url::Parse("https://[::1]:8443/a"));
  EXPECT_EQ(url.host, "::1");
  EXPECT_EQ(url.port, 8443);
  EXPECT_EQ(url.host_and_port(), "[::1]:8443");
}

}  // namespace
}  // namespace colibri
