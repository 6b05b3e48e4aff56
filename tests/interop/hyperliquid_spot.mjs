// The cases of Hyperliquid's spot, in order.
import { runAll } from './harness.mjs';
import { addHyperliquidSpotMarketCases } from './hyperliquid_spot_market_cases.mjs';
import { addHyperliquidSpotOrderCases } from './hyperliquid_spot_order_cases.mjs';
import { addHyperliquidSpotStreamCases } from './hyperliquid_spot_stream_cases.mjs';
import { makeClient, WALLET } from './hyperliquid_venue.mjs';

// What a call is about when nothing says so.
const SPOT = { options: { defaultType: 'spot' } };

const trader = await makeClient({ ...WALLET, ...SPOT });
await trader.loadMarkets();
const onlooker = await makeClient(SPOT);
onlooker.setMarkets(trader.markets, trader.currencies);

addHyperliquidSpotMarketCases(trader);
addHyperliquidSpotOrderCases(trader);
addHyperliquidSpotStreamCases(trader, onlooker);

const counts = await runAll(process.env.INTEROP_ONLY ?? '');
for (const client of [trader, onlooker]) {
  await client.close();
}
process.exit(counts.failed === 0 ? 0 : 1);
