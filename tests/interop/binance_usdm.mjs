// The cases of Binance USD-M, in order. Books stream from the beginning to the end, beside
// everything else.
import ccxt from 'ccxt';
import { addBookCases, startBooks } from './books.mjs';
import { runAll } from './harness.mjs';
import { addUsdmMarketCases } from './usdm_market_cases.mjs';
import { addUsdmOrderCases } from './usdm_order_cases.mjs';
import { addUsdmPositionCases } from './usdm_position_cases.mjs';
import { addUsdmStreamCases } from './usdm_stream_cases.mjs';
import { BASE, makeClient, makeTrader } from './venue.mjs';

// ccxt tells by the URL which errors a code of Binance can be.
class Client extends ccxt.pro.binanceusdm {
  getExceptionsByUrl(url, kind) {
    return super.getExceptionsByUrl(url.replace(BASE, 'https://fapi.binance.com'), kind);
  }
}

const trader = await makeTrader({}, Client);
const onlooker = await makeClient({}, Client);
const books = await startBooks(await makeClient({}, Client),
  ['BTC/USDT:USDT', 'ETH/USDT:USDT', 'BTC/USDC:USDC'], '/fapi/v1/depth',
  Math.min(500, Number(process.env.INTEROP_UPDATES ?? 500)));
await trader.loadMarkets();
await onlooker.loadMarkets();

addUsdmMarketCases(trader, onlooker);
addUsdmOrderCases(trader);
addUsdmPositionCases(trader);
addUsdmStreamCases(trader, onlooker);
addBookCases(books);

const counts = await runAll(process.env.INTEROP_ONLY ?? '');
await books.stop();
for (const client of [trader, onlooker]) {
  await client.close();
}
process.exit(counts.failed === 0 ? 0 : 1);
