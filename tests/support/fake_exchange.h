// A venue's connector that speaks a few lines of text: the protocol half of FakeVenue.
//
// Bodies and frames are lines of words:
//   order CLIENT EXCHANGE STATE FILLED TIME_MS [REASON]     trade ID CLIENT EXCHANGE SIDE PRICE QTY
//   MS balance ASSET TOTAL AVAILABLE MS                        rule PAIR SYMBOL TICK STEP diff
//   SYMBOL FIRST LAST [bPRICE:QTY|aPRICE:QTY]...       snapshot LAST [bPRICE:QTY|aPRICE:QTY]...
//   print SYMBOL ID SIDE PRICE QTY MS                       login ok | login refused | ended |
//   shutdown
// Of perpetuals:
//   position SYMBOL_PAIR SIDE QTY ENTRY MS      leverage N cross|isolated      funding MARK RATE
//   NEXT_MS MS      paid PAIR ASSET AMOUNT MS [ID]      liquidation PAIR SIDE PRICE QTY MS
// An HTTP error's body is one of the words of ErrorOf in fake_exchange.cc. "-" is an empty word.
#pragma once

#include <memory>

#include "auth/auth.h"
#include "connector/connector.h"
#include "connector/environment.h"
#include "connector/exchange_config.h"
#include "connector/instrument.h"
#include "connector/order_book_data_source.h"
#include "connector/order_socket_source.h"
#include "connector/user_stream_data_source.h"
#include "connector/venue_protocol.h"
#include "connector/venue_spec.h"

namespace colibri {

inline const TradingPair kFakePair{"BTC", "USDT"};

std::unique_ptr<Connector> MakeFakeExchange(Environment& environment,
                                            const VenueSpec& spec,
                                            ExchangeConfig config,
                                            bool has_keys);

// The parsers alone; the table outlives the source.
std::unique_ptr<OrderBookDataSource> MakeFakeBookSource(const InstrumentTable& instruments);
std::unique_ptr<UserStreamDataSource> MakeFakeUserSource();
// Frames: call ID METHOD TARGET, answer ID STATUS USED_WEIGHT RETRY_AFTER BODY, login ID, probe ID,
// bye.
struct FakeOrderSocketOptions {
  bool has_login = false;
  size_t in_flight_max = 100;
};
std::unique_ptr<OrderSocketSource> MakeFakeOrderSocketSource(FakeOrderSocketOptions options = {});
std::unique_ptr<VenueProtocol> MakeFakeProtocol(const VenueSpec& spec);
std::unique_ptr<Auth> MakeFakeAuth();

}  // namespace colibri
