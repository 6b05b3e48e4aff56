// What Binance Spot's refusals mean (binance_common/binance_error_table.h). Pure; thread: any.
#pragma once

#include "exchanges/binance_common/binance_error_table.h"

namespace colibri::binance {

const ErrorTable& SpotErrors();

}  // namespace colibri::binance
