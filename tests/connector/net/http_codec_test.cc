#include "connector/net/http_codec.h"

#include "gmock/gmock.h"

#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::HasSubstr;

constexpr auto kUnavailable = absl::StatusCode::kUnavailable;

// The whole answer, fed in pieces of `step` bytes.
absl::StatusOr<HttpResponse> ReadInSteps(std::string_view text, size_t step) {
  HttpResponseReader reader(/*body_limit=*/100);
  while (!text.empty() && !reader.is_done()) {
    const absl::StatusOr<size_t> used = reader.Put(text.substr(0, step));
    if (!used.ok()) {
      return used.status();
    }
    text.remove_prefix(*used);
  }
  if (!reader.is_done()) {
    if (absl::Status ended = reader.PutEnd(); !ended.ok()) {
      return ended;
    }
  }
  return reader.Take();
}

TEST(HttpResponseReaderTest, RefusesBrokenChunksAtEverySplit) {
  constexpr std::string_view kText =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n";
  for (size_t step = 1; step <= kText.size(); ++step) {
    EXPECT_THAT(ReadInSteps(kText, step), StatusIs(kUnavailable, HasSubstr("bad chunk"))) << step;
  }
}

TEST(HttpResponseReaderTest, RefusesABodyAboveTheLimitThatComesInChunks) {
  const std::string text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n" +
                           std::string(64, 'a') + "\r\n40\r\n" + std::string(64, 'b') +
                           "\r\n0\r\n\r\n";
  EXPECT_THAT(ReadInSteps(text, 7), StatusIs(kUnavailable, HasSubstr("body limit exceeded")));
}

TEST(HttpResponseReaderTest, ReadsChunksCutAnywhere) {
  for (const std::string body :
       {"0\r\n\r\n", "1\r\na\r\n0\r\n\r\n", "2;x=y\r\nab\r\n0\r\nT: 1\r\n\r\n"}) {
    const std::string text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body;
    ASSERT_OK_AND_ASSIGN(const HttpResponse whole, ReadInSteps(text, text.size()));
    for (size_t step = 1; step < text.size(); ++step) {
      ASSERT_OK_AND_ASSIGN(const HttpResponse response, ReadInSteps(text, step));
      EXPECT_EQ(response.body, whole.body) << step;
    }
  }
}

TEST(HttpResponseReaderTest, LeavesWhatBelongsToTheNextAnswer) {
  constexpr std::string_view kFirst = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  constexpr std::string_view kBoth =
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 204 No Content\r\n\r\n";
  for (size_t held = 0; held < kFirst.size(); ++held) {
    HttpResponseReader reader(100);
    ASSERT_THAT(reader.Put(kBoth.substr(0, held)), IsOkAndHolds(held));
    ASSERT_THAT(reader.Put(kBoth.substr(held)), IsOkAndHolds(kFirst.size() - held)) << held;
    EXPECT_TRUE(reader.is_done());
    EXPECT_EQ(reader.Take().body, "ok");
  }
}

std::string Encode(const HttpRequest& request) {
  std::string text = "what was there before";
  EncodeHttpRequest(request, "colibri/0.1", text);
  return text;
}

TEST(EncodeHttpRequestTest, KeepsTheHeadersOfTheRequest) {
  const HttpRequest request = {
      .url = {.is_tls = true, .host = "::1", .port = 8443, .path = "/a"},
      .method = HttpMethod::kDelete,
      .headers = {{"user-agent", "mine"}, {"Accept", "*/*"}},
  };
  EXPECT_EQ(Encode(request),
            "DELETE /a HTTP/1.1\r\nHost: [::1]:8443\r\nuser-agent: mine\r\nAccept: */*\r\n\r\n");
}

TEST(EncodeHttpRequestTest, GivesAnEmptyPostItsLength) {
  const HttpRequest request = {.url = {.is_tls = true, .host = "a.test", .port = 443, .path = "/"},
                               .method = HttpMethod::kPost};
  EXPECT_THAT(Encode(request), HasSubstr("\r\nContent-Length: 0\r\n\r\n"));
}

}  // namespace
}  // namespace colibri
