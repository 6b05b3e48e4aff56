#include "connector/url.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/strings.h"

namespace colibri {

namespace {

struct Scheme {
  std::string_view prefix;
  bool is_tls;
  uint16_t port;
};

constexpr Scheme kSchemes[] = {
    {"https://", true, 443}, {"wss://", true, 443}, {"http://", false, 80}, {"ws://", false, 80}};

// Without what follows '?', where keys and signatures may stand.
absl::Status BadUrl(std::string_view text, std::string_view problem) {
  const bool has_query = text.find('?') != std::string_view::npos;
  return absl::InvalidArgumentError(
      StrCat("URL '", text.substr(0, text.find('?')), has_query ? "?..." : "", "': ", problem));
}

bool IsUrlChar(char c) {
  return c > ' ' && c < '\x7f';
}

bool IsHostChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_';
}

bool IsIpv6Char(char c) {
  return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || (c >= '0' && c <= '9') || c == ':' ||
         c == '.';
}

}  // namespace

absl::StatusOr<Url> Url::Parse(std::string_view text) {
  const auto* scheme = std::find_if(std::begin(kSchemes), std::end(kSchemes), [&](const Scheme& s) {
    return text.substr(0, s.prefix.size()) == s.prefix;
  });
  if (scheme == std::end(kSchemes)) {
    return BadUrl(text, "starts with none of https://, wss://, http://, ws://");
  }
  if (!std::all_of(text.begin(), text.end(), IsUrlChar)) {
    return BadUrl(text.substr(0, text.find_first_of("\r\n")),
                  "has a space, a control or a non-ASCII character: percent-encode it");
  }
  std::string_view rest = text.substr(scheme->prefix.size());
  rest = rest.substr(0, rest.find('#'));
  const size_t authority_end = std::min(rest.find_first_of("/?"), rest.size());
  std::string_view authority = rest.substr(0, authority_end);
  const std::string_view path = rest.substr(authority_end);
  if (authority.find('@') != std::string_view::npos) {
    return absl::InvalidArgumentError(
        "URL: has a user or password before '@': credentials don't belong into a URL");
  }

  Url url;
  url.is_tls = scheme->is_tls;
  url.port = scheme->port;
  std::string_view port;
  bool has_port = false;
  if (!authority.empty() && authority.front() == '[') {
    const size_t close = authority.find(']');
    if (close == std::string_view::npos) {
      return BadUrl(text, "has '[' without ']' in the host");
    }
    url.host = authority.substr(1, close - 1);
    const std::string_view after = authority.substr(close + 1);
    if (!after.empty() && after.front() != ':') {
      return BadUrl(text, "has text after ']' that is not a port");
    }
    has_port = !after.empty();
    port = has_port ? after.substr(1) : after;
  } else {
    const size_t colon = authority.find(':');
    url.host = authority.substr(0, colon);
    has_port = colon != std::string_view::npos;
    port = has_port ? authority.substr(colon + 1) : std::string_view();
  }
  const bool is_ipv6 = !authority.empty() && authority.front() == '[';
  if (url.host.empty()) {
    return BadUrl(text, "has no host");
  }
  if (!std::all_of(url.host.begin(), url.host.end(), is_ipv6 ? IsIpv6Char : IsHostChar)) {
    return BadUrl(text, StrCat("has a host with a character that no host has: '", url.host, "'"));
  }
  if (has_port) {
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (error != std::errc() || end != port.data() + port.size() || url.port == 0) {
      return BadUrl(text, StrCat("has port '", port, "', which is not in 1..65535"));
    }
  }
  url.path = path.empty() || path.front() != '/' ? StrCat("/", path) : std::string(path);
  return url;
}

std::string Url::host_and_port() const {
  std::string text;
  AppendHostAndPort(text);
  return text;
}

void Url::AppendHostAndPort(std::string& text) const {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  text.append(is_ipv6 ? "[" : "").append(host).append(is_ipv6 ? "]" : "");
  if (port != (is_tls ? 443 : 80)) {
    absl::StrAppend(&text, ":", port);
  }
}

}  // namespace colibri
