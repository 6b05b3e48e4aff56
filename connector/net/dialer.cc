#include "connector/net/dialer.h"

#include <utility>

#include "core/strings.h"

namespace colibri {

absl::Status AtStep(const absl::Status& status,
                    const Url& url,
                    std::string_view step,
                    absl::Duration timeout) {
  const bool is_ipv6 = url.host.find(':') != std::string::npos;
  std::string message = StrCat(is_ipv6 ? "[" : "",
                               url.host,
                               is_ipv6 ? "]" : "",
                               ":",
                               url.port,
                               ": ",
                               step,
                               ": ",
                               Std(status.message()));
  if (absl::IsDeadlineExceeded(status)) {
    message += StrCat(" (", absl::FormatDuration(timeout), ")");
  }
  return absl::Status(status.code(), message);
}

Dialer::Dialer(boost::asio::io_context& context,
               Clock& clock,
               TlsContext& tls,
               BlockingResolve resolve)
    : context_(context), clock_(clock), tls_(tls), resolver_(context, clock, std::move(resolve)) {}

Task<absl::StatusOr<std::unique_ptr<NetStream>>> Dialer::Dial(Url url, absl::Duration timeout) {
  auto stream = std::make_unique<NetStream>(context_.get_executor(), clock_);
  stream->ExpiresAfter(timeout);
  TlsContext& tls = tls_;
  absl::StatusOr<IpAddresses> addresses = co_await resolver_.Resolve(url.host, timeout);
  if (!addresses.ok()) {
    co_return AtStep(addresses.status(), url, "resolve", timeout);
  }
  absl::Status status = co_await stream->Connect(*std::move(addresses), url.port);
  if (!status.ok()) {
    co_return AtStep(status, url, "connect", timeout);
  }
  if (url.is_tls) {
    status = co_await stream->Handshake(tls, url.host);
    if (!status.ok()) {
      co_return AtStep(status, url, "handshake", timeout);
    }
  }
  co_return stream;
}

}  // namespace colibri
