// The private stream of Binance Spot: executions, balances, replies to the login. Reads events
// wrapped as {"subscriptionId":..,"event":{..}} and bare ones, as binance.us sends them.
//
//   BinanceUserStreamDataSource source(hosts, config, instruments);
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
#include "exchanges/binance/binance_orders.h"
#include "exchanges/binance_common/binance_order_answers.h"

namespace colibri::binance {

class BinanceUserStreamDataSource final : public UserStreamDataSource {
 public:
  // The table outlives the source.
  BinanceUserStreamDataSource(VenueHosts hosts,
                              const ExchangeConfig& config,
                              const InstrumentTable& instruments);
  ~BinanceUserStreamDataSource() override;

  std::string StreamUrl(std::string_view listen_key) const override;
  absl::StatusOr<PrivateMessage> Parse(std::string_view frame) override;

  std::optional<VenueCall> CreateListenKeyCall() const override {
    return uses_listen_key_ ? std::optional(requests_.CreateListenKey()) : std::nullopt;
  }
  std::optional<VenueCall> KeepListenKeyCall(std::string_view listen_key) const override {
    return uses_listen_key_ ? std::optional(requests_.KeepListenKey(listen_key)) : std::nullopt;
  }
  absl::StatusOr<std::string> ParseListenKey(std::string_view body) const override {
    return binance::ParseListenKey(body);
  }

 private:
  struct Rep;  // the JSON parser, and what was last heard of each balance

  VenueHosts hosts_;
  bool uses_listen_key_;
  SpotRequests requests_;
  const InstrumentTable& instruments_;
  std::unique_ptr<Rep> rep_;
};

}  // namespace colibri::binance
