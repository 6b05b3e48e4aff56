#include "connector/rest_assistant.h"

#include <algorithm>
#include <utility>

#include "connector/log.h"
#include "connector/order_socket.h"
#include "core/status_macros.h"
#include "core/strings.h"
#include "core/text_pool.h"

namespace colibri {
namespace {

constexpr std::string_view kUserAgent = "colibri";

RestResult NotSent(absl::Status status) {
  RestResult result;
  result.error = {.status = status, .outcome = Outcome::kNotSent};
  result.status = std::move(status);
  return result;
}

// "GET /api/v3/order": the query is signed, and stays out of messages.
std::string Describe(const VenueCall& call) {
  return StrCat(ToString(call.request.method), " ", call.request.path);
}

// A cancel that lost the race against a fill, or a post-only order that would have taken: the
// venue's answer is news, not trouble.
bool IsPartOfTrading(const VenueError& error) {
  return error.outcome == Outcome::kRejected &&
         (error.kind == ErrorKind::kCancelUnknownOrder || error.kind == ErrorKind::kWouldTake ||
          error.kind == ErrorKind::kOrderNotFound);
}

}  // namespace

RestAssistant::RestAssistant(Environment& environment,
                             const VenueProtocol& protocol,
                             Throttler& throttler,
                             TimeSynchronizer& time,
                             const Auth* auth,
                             Url base_url)
    : environment_(environment),
      protocol_(protocol),
      throttler_(throttler),
      time_(time),
      auth_(auth),
      base_url_(std::move(base_url)) {
  if (base_url_.path == "/") {
    base_url_.path.clear();
  }
}

Task<RestResult> RestAssistant::Call(VenueCall call, absl::Duration limit_wait) {
  const absl::Duration deadline = environment_.clock().monotonic() + call.timeout;
  return Finish(std::move(call), deadline, limit_wait, std::nullopt);
}

Task<RestResult> RestAssistant::Start(VenueCall call) {
  const absl::Duration now = environment_.clock().monotonic();
  const absl::Duration deadline = now + call.timeout;
  std::optional<Sent> sent = SendNow(call, now);
  return Finish(std::move(call), deadline, absl::ZeroDuration(), std::move(sent));
}

Task<RestResult> RestAssistant::Finish(VenueCall call,
                                       absl::Duration deadline,
                                       absl::Duration limit_wait,
                                       std::optional<Sent> first) {
  bool is_clock_healed = false;
  bool is_sent_again = false;
  while (true) {
    RestResult result;
    if (first.has_value()) {
      result = co_await TakeAnswer(call, *std::exchange(first, std::nullopt));
    } else {
      result = co_await CallOnce(call, deadline, limit_wait);
    }
    if (result.status.ok()) {
      GiveText(std::move(call.request.query));
      co_return result;
    }
    const bool is_refused_for_time = result.error.kind == ErrorKind::kClockSkew &&
                                     result.error.outcome != Outcome::kUnknown &&
                                     call.security == CallSecurity::kSigned;
    if (is_refused_for_time && !is_clock_healed) {
      is_clock_healed = true;
      LogWarning("clock_skew", {{"call", Describe(call)}, {"why", result.status.ToString()}});
      const absl::Status synced = co_await SynchronizeTime(kSkewSamples, call.priority);
      if (synced.ok()) {
        continue;
      }
    }
    // A kept connection may break under a request; reading twice does no harm.
    const bool is_broken_read = call.request.method == HttpMethod::kGet && result.is_unknown() &&
                                absl::IsUnavailable(result.status) && result.response.status == 0;
    if (is_broken_read && !is_sent_again) {
      is_sent_again = true;
      continue;
    }
    errors_ += IsPartOfTrading(result.error) ? 0 : 1;
    LogDebug("rest_failed", {{"call", Describe(call)}, {"why", result.status.ToString()}});
    co_return result;
  }
}

Task<absl::Status> RestAssistant::SynchronizeTime(int samples, CallPriority priority) {
  absl::Status status = absl::UnavailableError("the venue's time was not asked for");
  bool is_sampled = false;
  for (int i = 0; i < samples; ++i) {
    VenueCall call = protocol_.ServerTimeCall();
    call.priority = std::min(call.priority, priority);
    const absl::Duration deadline = environment_.clock().monotonic() + call.timeout;
    const RestResult result = co_await CallOnce(std::move(call), deadline, absl::ZeroDuration());
    if (!result.status.ok()) {
      status = result.status;
      continue;
    }
    const absl::StatusOr<absl::Time> venue_time = protocol_.ParseServerTime(result.response.body);
    if (!venue_time.ok()) {
      status = venue_time.status();
      continue;
    }
    time_.AddSample(result.sent, result.received, *venue_time);
    is_sampled = true;
  }
  co_return is_sampled ? absl::OkStatus() : status;
}

Task<RestResult> RestAssistant::CallOnce(VenueCall call,
                                         absl::Duration deadline,
                                         absl::Duration limit_wait) {
  Clock& clock = environment_.clock();
  const absl::Duration asked = clock.monotonic();
  absl::StatusOr<Throttler::Permit> permit =
      co_await throttler_.Acquire(call.charges, call.priority, deadline - asked + limit_wait);
  if (!permit.ok()) {
    co_return NotSent(permit.status());
  }
  const absl::Duration now = clock.monotonic();
  const absl::Duration left = deadline + std::min(now - asked, limit_wait) - now;
  if (left <= absl::ZeroDuration()) {
    permit->GiveBack();
    co_return NotSent(
        absl::DeadlineExceededError(StrCat("not sent: ", Describe(call), " was ready too late")));
  }
  // Asked once it may be sent: a socket that is full or down by now is none.
  const bool by_socket = order_socket_ != nullptr && order_socket_->Takes(call);
  HttpRequest request;
  OrderSocketFrame frame;
  absl::Status prepared = by_socket ? PrepareFrame(call, frame) : Prepare(call, left, request);
  if (!prepared.ok()) {
    permit->GiveBack();
    co_return NotSent(std::move(prepared));
  }
  co_return co_await TakeAnswer(
      call,
      {.permit = *std::move(permit),
       .at = now,
       .answer = by_socket ? order_socket_->Send(std::move(frame), left)
                           : environment_.http().Send(std::move(request))});
}

// The permit is held until the answer is there: the venue may count the request at any moment until
// then.
Task<RestResult> RestAssistant::TakeAnswer(VenueCall& call, Sent sent) {
  HttpResult answer = co_await std::move(sent.answer);
  RestResult result = Judge(call, std::move(answer), std::move(sent.permit));
  result.sent = sent.at;
  result.received = environment_.clock().monotonic();
  co_return result;
}

std::optional<RestAssistant::Sent> RestAssistant::SendNow(const VenueCall& call,
                                                          absl::Duration now) {
  std::optional<Throttler::Permit> permit = throttler_.TryAcquire(call.charges, call.priority);
  if (!permit.has_value()) {
    return std::nullopt;
  }
  std::optional<Task<HttpResult>> answer;
  if (order_socket_ != nullptr && order_socket_->Takes(call)) {
    OrderSocketFrame frame;
    if (PrepareFrame(call, frame).ok()) {
      answer = order_socket_->TrySend(frame, call.timeout);
      GiveText(std::move(frame.text));
    }
  } else if (Prepare(call, call.timeout, request_).ok()) {
    answer = environment_.http().TrySend(request_);
  }
  if (!answer.has_value()) {
    permit->GiveBack();
    return std::nullopt;
  }
  return Sent{.permit = *std::move(permit), .at = now, .answer = *std::move(answer)};
}

absl::Status RestAssistant::BeginSigning(const VenueCall& call) const {
  if (call.security == CallSecurity::kNone) {
    return absl::OkStatus();
  }
  if (auth_ == nullptr) {
    return absl::FailedPreconditionError(
        StrCat("not sent: ", Describe(call), " needs an API key, and none is configured"));
  }
  if (before_signing_ && call.security == CallSecurity::kSigned) {
    before_signing_(time_.venue_now());
  }
  return absl::OkStatus();
}

absl::Status RestAssistant::PrepareFrame(const VenueCall& call, OrderSocketFrame& frame) const {
  RETURN_IF_ERROR(BeginSigning(call));
  ASSIGN_OR_RETURN(frame, order_socket_->MakeFrame(call));
  return absl::OkStatus();
}

absl::Status RestAssistant::Prepare(const VenueCall& call,
                                    absl::Duration timeout,
                                    HttpRequest& request) {
  RETURN_IF_ERROR(BeginSigning(call));
  for (auto& [name, value] : signed_.headers) {
    GiveText(std::move(value));
  }
  signed_ = call.request;
  if (call.security != CallSecurity::kNone) {
    RETURN_IF_ERROR(call.security == CallSecurity::kSigned
                        ? auth_->SignRest(signed_, time_.venue_now())
                        : auth_->AddKey(signed_));
  }
  request.timeout = timeout;
  request.url = base_url_;
  signed_.AppendTarget(request.url.path);
  request.method = signed_.method;
  std::swap(request.headers, signed_.headers);
  request.headers.emplace_back("User-Agent", kUserAgent);
  request.body = signed_.body;
  return absl::OkStatus();
}

RestResult RestAssistant::Judge(const VenueCall& call, HttpResult sent, Throttler::Permit permit) {
  RestResult result;
  if (!sent.status.ok()) {
    if (!sent.may_have_been_sent) {
      permit.GiveBack();
    }
    result.status =
        absl::Status(sent.status.code(), StrCat(Describe(call), ": ", Std(sent.status.message())));
    result.error = {.status = result.status,
                    .outcome = sent.may_have_been_sent ? Outcome::kUnknown : Outcome::kNotSent};
    return result;
  }
  result.response = std::move(sent.response);
  throttler_.UpdateFromHeaders(result.response.headers, permit);
  permit.Settle();
  if (result.response.status >= 200 && result.response.status < 300) {
    const std::optional<VenueError> hidden = protocol_.FindError(result.response);
    if (!hidden.has_value()) {
      rate_limit_wait_ = kRateLimitWaitMin;
      return result;
    }
    result.error = *hidden;
  } else {
    result.error = protocol_.ClassifyError(result.response);
  }
  if (result.error.status.ok()) {  // a table with a hole must not turn a refusal into a success
    result.error.status =
        absl::InternalError(StrCat("HTTP status ", result.response.status, " is not classified"));
    result.error.outcome = Outcome::kUnknown;
  }
  if (result.error.kind == ErrorKind::kRegionBlocked && !region_hint_.empty()) {
    const absl::Status& told = result.error.status;
    result.error.status =
        absl::Status(told.code(), StrCat(Std(told.message()), "; ", region_hint_));
  }
  result.status = result.error.status;
  ObeyLimits(result.error);
  return result;
}

void RestAssistant::NoteLateAnswer(const HttpResponse& response) {
  if (response.status < 200 || response.status >= 300) {
    ObeyLimits(protocol_.ClassifyError(response));
  } else if (const std::optional<VenueError> hidden = protocol_.FindError(response)) {
    ObeyLimits(*hidden);
  }
}

void RestAssistant::ObeyLimits(const VenueError& error) {
  const std::string words(Std(error.status.message()));
  if (error.kind == ErrorKind::kRateLimited) {
    const absl::Duration wait = error.retry_after.value_or(rate_limit_wait_);
    if (!error.retry_after.has_value()) {
      rate_limit_wait_ = std::min(rate_limit_wait_ * 2, kRateLimitWaitMax);
    }
    LogWarning("rate_limited", {{"wait", absl::FormatDuration(wait)}, {"why", words}});
    const std::string reason = StrCat("the venue's rate limit is used up: ", words);
    if (error.limited_pool.empty() || !throttler_.ClosePoolFor(error.limited_pool, wait, reason)) {
      throttler_.CloseFor(wait, reason);
    }
  } else if (error.kind == ErrorKind::kBanned) {
    const absl::Duration wait = error.retry_after.value_or(kBanWait);
    LogError("banned", {{"wait", absl::FormatDuration(wait)}, {"why", words}});
    throttler_.OpenCircuit(
        wait,
        StrCat("the venue has banned this address for ", absl::FormatDuration(wait), ": ", words));
  }
}

}  // namespace colibri
