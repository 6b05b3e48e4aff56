// The private stream of Binance USD-M futures: orders, fills, balances, positions, liquidations.
// Reads events alone and wrapped as {"stream":..,"data":{..}}.
//
//   BinancePerpetualUserStream source(hosts, config, instruments);
//   ASSIGN_OR_RETURN(const PrivateMessage message, source.Parse(frame));
//
// Thread: the loop's. DataLoss when a frame can't be read; it names the field.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "connector/exchange_config.h"
#include "connector/instrument.h"
#include "connector/user_stream_data_source.h"
#include "core/strings.h"
#include "exchanges/binance_common/binance_order_answers.h"
#include "exchanges/binance_perpetual/binance_perpetual_requests.h"

namespace colibri::binance::perpetual {

class BinancePerpetualUserStream final : public UserStreamDataSource {
 public:
  // The table outlives the source.
  BinancePerpetualUserStream(const VenueHosts& hosts,
                             const ExchangeConfig& config,
                             const InstrumentTable& instruments);
  ~BinancePerpetualUserStream() override;

  absl::StatusOr<PrivateMessage> Parse(std::string_view frame) override;

  std::string StreamUrl(std::string_view listen_key) const override {
    return StrCat(private_stream_url_, "/", listen_key);
  }
  std::optional<VenueCall> CreateListenKeyCall() const override {
    return requests_.CreateListenKey();
  }
  std::optional<VenueCall> KeepListenKeyCall(std::string_view /*listen_key*/) const override {
    return requests_.KeepListenKey();
  }
  absl::StatusOr<std::string> ParseListenKey(std::string_view body) const override {
    return binance::ParseListenKey(body);
  }

 private:
  struct Rep;  // the JSON parser

  std::string private_stream_url_;
  PerpetualRequests requests_;
  const InstrumentTable& instruments_;
  std::unique_ptr<Rep> rep_;
};

}  // namespace colibri::binance::perpetual
