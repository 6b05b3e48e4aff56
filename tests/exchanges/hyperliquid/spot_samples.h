// Tokens and instruments that the tests of Hyperliquid Spot share.
#pragma once

#include <memory>
#include <string_view>

#include "connector/instrument.h"
#include "exchanges/hyperliquid/token_names.h"

namespace colibri::hyperliquid {

// SAME is the name of two tokens, of which nobody can say which is meant.
inline constexpr std::string_view kSpotMeta =
    R"({"tokens":[)"
    R"({"name":"USDC","szDecimals":8,"weiDecimals":8,"index":0,"isCanonical":true},)"
    R"({"name":"PURR","szDecimals":0,"weiDecimals":5,"index":1,"isCanonical":true},)"
    R"({"name":"HYPE","szDecimals":2,"weiDecimals":8,"index":150,"isCanonical":false},)"
    R"({"name":"SAME","szDecimals":2,"weiDecimals":8,"index":201,"isCanonical":false},)"
    R"({"name":"SAME","szDecimals":2,"weiDecimals":8,"index":202,"isCanonical":false}],)"
    R"("universe":[)"
    R"({"name":"PURR/USDC","tokens":[1,0],"index":0,"isCanonical":true},)"
    R"({"name":"@107","tokens":[150,0],"index":107,"isCanonical":false},)"
    R"({"name":"@110","tokens":[201,0],"index":110,"isCanonical":false}]})";

inline std::shared_ptr<TokenNames> SampleNames() {
  auto names = std::make_shared<TokenNames>();
  names->Learn({{0, "USDC"}, {1, "PURR"}, {150, "HYPE"}, {201, "SAME"}, {202, "SAME"}});
  return names;
}

// PURR-USDC, asset 10000, and HYPE-USDC, asset 10107.
inline InstrumentTable SampleSpotInstruments() {
  InstrumentTable instruments;
  instruments.Add({"PURR", "USDC"}, "PURR/USDC", "PURR/USDC", {8, 0}, 10'000);
  instruments.Add({"HYPE", "USDC"}, "@107", "@107", {6, 2}, 10'107);
  return instruments;
}

}  // namespace colibri::hyperliquid
