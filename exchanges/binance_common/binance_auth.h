// Signs requests for Binance, spot and futures alike, with an HMAC or an Ed25519 key.
//
//   ASSIGN_OR_RETURN(std::unique_ptr<Auth> auth, BinanceAuth::Make(credentials, absl::Seconds(5)));
//   RETURN_IF_ERROR(auth->SignRest(request, venue_now));
//
// REST: what is signed is the query followed at once by the body, exactly as sent; `timestamp` is
// added when neither has one, `signature` comes last. Frames of the WebSocket API: all parameters
// and apiKey, sorted by name, not percent-encoded.
// Thread: the loop's. Errors: InvalidArgument for a key that can't be used or a request that is
// signed already; they never quote a key.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "auth/auth.h"
#include "auth/credentials.h"
#include "auth/signer.h"
#include "exchanges/binance_common/binance_frame.h"

namespace colibri::binance {

class BinanceAuth final : public Auth {
 public:
  // receive_window goes into login frames; zero leaves it to the venue. REST calls carry their own.
  static absl::StatusOr<std::unique_ptr<Auth>> Make(const Credentials& credentials,
                                                    absl::Duration receive_window);

  absl::Status AddKey(RestRequest& request) const override;
  absl::Status SignRest(RestRequest& request, absl::Time venue_now) const override;
  // userDataStream.subscribe.signature, which takes any kind of key.
  absl::StatusOr<std::string> LoginFrame(std::string_view request_id,
                                         absl::Time venue_now) const override;
  absl::StatusOr<std::string> SignFrame(std::string_view method,
                                        const FrameParameters& parameters,
                                        std::string_view request_id,
                                        absl::Time venue_now) const override;
  // The venue takes logons with Ed25519 keys alone.
  bool takes_logon() const override { return signer_->kind() == SignatureKind::kEd25519Base64; }

 private:
  BinanceAuth(Secret api_key, std::unique_ptr<Signer> signer, absl::Duration receive_window)
      : api_key_(std::move(api_key)), signer_(std::move(signer)), receive_window_(receive_window) {}

  Secret api_key_;
  std::unique_ptr<Signer> signer_;
  absl::Duration receive_window_;
  mutable FrameTemplates templates_;
};

}  // namespace colibri::binance
