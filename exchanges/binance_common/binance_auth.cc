#include "exchanges/binance_common/binance_auth.h"

#include <algorithm>
#include <array>

#include "absl/container/inlined_vector.h"

#include "auth/encoding.h"
#include "core/status_macros.h"
#include "core/strings.h"
#include "core/text_pool.h"

namespace colibri::binance {
namespace {

// Of what is signed of an order's frame, with room to spare.
constexpr size_t kPayloadSize = 768;

constexpr std::string_view kLoginMethod = "userDataStream.subscribe.signature";

// What signing adds, as far as it is there already.
struct Signed {
  bool has_timestamp = false;
  bool has_signature = false;
};

// Looks through "a=1&b=2".
void Find(std::string_view parameters, Signed& found) {
  while (!parameters.empty()) {
    found.has_timestamp |= parameters.starts_with("timestamp=");
    found.has_signature |= parameters.starts_with("signature=");
    const size_t end = std::min(parameters.find('&'), parameters.size());
    parameters.remove_prefix(std::min(end + 1, parameters.size()));
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<Auth>> BinanceAuth::Make(const Credentials& credentials,
                                                        absl::Duration receive_window) {
  if (credentials.api_key.empty()) {
    return absl::InvalidArgumentError(
        "the Binance API key is missing; set COLIBRI_BINANCE_API_KEY or api_key in the key file");
  }
  const std::string_view key = credentials.api_key.reveal();
  // The key travels in a header: a line break in it would end the header.
  if (!std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < '\x7f'; })) {
    return absl::InvalidArgumentError(
        "the Binance API key has a blank, a line break or a character that is not ASCII; copy it "
        "again without what surrounds it");
  }
  ASSIGN_OR_RETURN(std::unique_ptr<Signer> signer, MakeSigner(credentials));
  return std::unique_ptr<Auth>(
      new BinanceAuth(credentials.api_key.Clone(), std::move(signer), receive_window));
}

absl::Status BinanceAuth::AddKey(RestRequest& request) const {
  request.AddHeader("X-MBX-APIKEY", api_key_.reveal());
  return absl::OkStatus();
}

absl::Status BinanceAuth::SignRest(RestRequest& request, absl::Time venue_now) const {
  Signed found;
  Find(request.query, found);
  Find(request.body, found);
  if (found.has_signature) {
    return absl::InvalidArgumentError(StrCat(
        ToString(request.method), " ", request.path, " is signed already; leave `signature` out"));
  }
  // What is appended goes to the end of the payload: to the body where there is one.
  std::string& tail = request.body.empty() ? request.query : request.body;
  if (!found.has_timestamp) {
    AppendParameterName("timestamp", tail);
    tail.append(Std(absl::AlphaNum(absl::ToUnixMillis(venue_now)).Piece()));
  }
  std::array<char, Signer::kSizeMax> signature;
  size_t size = 0;
  if (request.body.empty()) {
    size = signer_->SignTo(request.query, absl::MakeSpan(signature));
  } else {
    request.AddHeader("Content-Type", "application/x-www-form-urlencoded");
    size = signer_->SignTo(StrCat(request.query, request.body), absl::MakeSpan(signature));
  }
  AppendParameterName("signature", tail);
  AppendPercentEncoded(std::string_view(signature.data(), size), tail);
  return AddKey(request);
}

absl::StatusOr<std::string> BinanceAuth::LoginFrame(std::string_view request_id,
                                                    absl::Time venue_now) const {
  FrameParameters parameters;
  const std::string window = std::to_string(absl::ToInt64Milliseconds(receive_window_));
  if (receive_window_ > absl::ZeroDuration()) {
    parameters.emplace_back("recvWindow", window);
  }
  return SignFrame(kLoginMethod, parameters, request_id, venue_now);
}

absl::StatusOr<std::string> BinanceAuth::SignFrame(std::string_view method,
                                                   const FrameParameters& parameters,
                                                   std::string_view request_id,
                                                   absl::Time venue_now) const {
  absl::InlinedVector<FrameParameter, 20> all(parameters.begin(), parameters.end());
  const bool has_timestamp = std::any_of(
      all.begin(), all.end(), [](const FrameParameter& one) { return one.first == "timestamp"; });
  const absl::AlphaNum now(absl::ToUnixMillis(venue_now));
  if (!has_timestamp) {
    all.emplace_back("timestamp", Std(now.Piece()));
  }
  all.emplace_back("apiKey", api_key_.reveal());
  ASSIGN_OR_RETURN(const FrameTemplate* frame, templates_.Of(method, all));
  std::string payload = TakeText();
  payload.reserve(kPayloadSize);
  frame->AppendPayload(all, payload);
  std::array<char, Signer::kSizeMax> signature;
  const size_t size = signer_->SignTo(payload, absl::MakeSpan(signature));
  GiveText(std::move(payload));
  return frame->Write(request_id, all, std::string_view(signature.data(), size));
}

}  // namespace colibri::binance
