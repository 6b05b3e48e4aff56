// What the refusals of Binance USD-M futures mean, where they are not those of all Binance venues
// (binance_common/binance_error_table.h). Pure; thread: any.
#pragma once

#include "exchanges/binance_common/binance_error_table.h"

namespace colibri::binance::perpetual {

const ErrorTable& PerpetualErrors();

}  // namespace colibri::binance::perpetual
