#include "connector/net/http_codec.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/match.h"
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "core/strings.h"

namespace colibri {

namespace http = boost::beast::http;

namespace {

constexpr size_t kHeaderLimit = size_t{64} * 1024;
// At least so many bytes of a chunked answer are to come until its end, "0\r\n\r\n". Beast asserts
// that it gets them in one piece.
constexpr size_t kChunkEndSize = 5;

// What may stand where in a request's head. Each request is checked whole: loops without an early
// end look at many characters at a time.
bool IsPrintable(std::string_view text) {
  bool has_other = false;
  for (const char c : text) {
    has_other |= static_cast<signed char>(c) <= ' ' || c == '\x7f';
  }
  return !has_other;
}

bool IsValue(std::string_view text) {
  bool has_other = false;
  for (const char c : text) {
    has_other |= c == '\r' || c == '\n' || c == '\0';
  }
  return !has_other;
}

constexpr std::array<bool, 256> kNameCharacters = [] {
  std::array<bool, 256> table{};
  for (char c = ' ' + 1; c < '\x7f'; ++c) {
    table[static_cast<size_t>(c)] =
        std::string_view("\"(),/:;<=>?@[\\]{}").find(c) == std::string_view::npos;
  }
  return table;
}();

bool IsName(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return kNameCharacters[static_cast<uint8_t>(c)];
  });
}

bool Has(const HttpHeaders& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(), [&](const auto& header) {
    return absl::EqualsIgnoreCase(Abs(header.first), Abs(name));
  });
}

template <typename Text>
std::string ToString(const Text& text) {
  return std::string(text.data(), text.size());
}

}  // namespace

absl::Status CheckHttpRequest(std::string_view path, const HttpHeaders& headers) {
  if (path.empty() || path.front() != '/' || !IsPrintable(path)) {
    return absl::InvalidArgumentError(
        "the request's path is not '/' and printable ASCII: percent-encode it");
  }
  for (const auto& [name, value] : headers) {
    if (!IsName(name)) {
      return absl::InvalidArgumentError("a header's name is empty or has a character no name has");
    }
    if (!IsValue(value)) {
      return absl::InvalidArgumentError(
          StrCat("the value of header ", name, " has a line break or a zero byte"));
    }
  }
  return absl::OkStatus();
}

void EncodeHttpRequest(const HttpRequest& request, std::string_view user_agent, std::string& text) {
  const bool has_body = !request.body.empty() || request.method == HttpMethod::kPost ||
                        request.method == HttpMethod::kPut;
  text.clear();
  text.reserve(256 + request.url.path.size() + request.body.size());
  text.append(ToString(request.method)).append(" ").append(request.url.path);
  text.append(" HTTP/1.1\r\n");
  const auto add = [&text](std::string_view name, std::string_view value) {
    text.append(name).append(": ").append(value).append("\r\n");
  };
  if (!Has(request.headers, "Host")) {
    text.append("Host: ");
    request.url.AppendHostAndPort(text);
    text.append("\r\n");
  }
  if (!Has(request.headers, "User-Agent")) {
    add("User-Agent", user_agent);
  }
  if (has_body && !Has(request.headers, "Content-Length")) {
    const absl::AlphaNum size(request.body.size());
    add("Content-Length", Std(size.Piece()));
  }
  for (const auto& [name, value] : request.headers) {
    add(name, value);
  }
  text.append("\r\n").append(request.body);
}

struct HttpResponseReader::Impl {
  http::response_parser<http::string_body> parser;
  // Of a header that is not complete: Beast wants it in one piece.
  std::string pending;
  bool has_started = false;
};

HttpResponseReader::HttpResponseReader(size_t body_limit) : impl_(std::make_unique<Impl>()) {
  impl_->parser.body_limit(body_limit);
  impl_->parser.header_limit(kHeaderLimit);
  impl_->parser.eager(true);
}

HttpResponseReader::~HttpResponseReader() = default;

absl::StatusOr<size_t> HttpResponseReader::Put(std::string_view bytes) {
  impl_->has_started = impl_->has_started || !bytes.empty();
  const size_t held = impl_->pending.size();
  if (held > 0) {
    impl_->pending.append(bytes);
  }
  const std::string_view input = held > 0 ? std::string_view(impl_->pending) : bytes;
  size_t used = 0;
  while (used < input.size() && !impl_->parser.is_done()) {
    if (impl_->parser.is_header_done() && impl_->parser.chunked() &&
        input.size() - used < kChunkEndSize) {
      break;
    }
    boost::system::error_code error;
    const size_t n =
        impl_->parser.put(boost::asio::buffer(input.data() + used, input.size() - used), error);
    used += n;
    if (error == http::error::need_more || (!error && n == 0)) {
      break;
    }
    if (error) {
      return absl::UnavailableError(StrCat("the answer can't be read: ", error.message()));
    }
  }
  if (impl_->parser.is_done()) {
    impl_->pending.clear();
    return used > held ? used - held : 0;
  }
  std::string rest(input.substr(used));
  impl_->pending = std::move(rest);
  return bytes.size();
}

absl::Status HttpResponseReader::PutEnd() {
  boost::system::error_code error;
  if (!impl_->parser.is_header_done()) {
    return absl::UnavailableError(impl_->has_started ? "the peer closed within the answer"
                                                     : "the peer closed without an answer");
  }
  impl_->parser.put_eof(error);
  if (error) {
    return absl::UnavailableError("the peer closed within the answer");
  }
  return absl::OkStatus();
}

bool HttpResponseReader::has_started() const {
  return impl_->has_started;
}

bool HttpResponseReader::has_header() const {
  return impl_->parser.is_header_done();
}

bool HttpResponseReader::is_done() const {
  return impl_->parser.is_done();
}

bool HttpResponseReader::keeps_alive() const {
  return impl_->parser.get().keep_alive();
}

HttpResponse HttpResponseReader::Take() {
  auto message = impl_->parser.release();
  HttpResponse response;
  response.status = static_cast<int>(message.result_int());
  for (const auto& field : message) {
    response.headers.emplace_back(ToString(field.name_string()), ToString(field.value()));
  }
  response.body = std::move(message.body());
  return response;
}

}  // namespace colibri
