// The cases of Hyperliquid, in order.
import { runAll } from './harness.mjs';
import { addHyperliquidMarketCases } from './hyperliquid_market_cases.mjs';
import { addHyperliquidOrderCases } from './hyperliquid_order_cases.mjs';
import { addHyperliquidPositionCases } from './hyperliquid_position_cases.mjs';
import { addHyperliquidStreamCases } from './hyperliquid_stream_cases.mjs';
import { makeClient, WALLET } from './hyperliquid_venue.mjs';

const trader = await makeClient(WALLET);
await trader.loadMarkets();
const onlooker = await makeClient();
onlooker.setMarkets(trader.markets, trader.currencies);

addHyperliquidMarketCases(trader);
addHyperliquidOrderCases(trader);
addHyperliquidPositionCases(trader);
addHyperliquidStreamCases(trader, onlooker);

const counts = await runAll(process.env.INTEROP_ONLY ?? '');
for (const client of [trader, onlooker]) {
  await client.close();
}
process.exit(counts.failed === 0 ? 0 : 1);
