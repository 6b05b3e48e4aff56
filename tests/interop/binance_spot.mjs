// The cases of Binance spot, in order. Books stream from the beginning to the end, beside
// everything else.
import { addBookCases, startBooks } from './books.mjs';
import { runAll } from './harness.mjs';
import { makeClient, makeTrader } from './venue.mjs';
import { addMarketCases } from './market_cases.mjs';
import { addOrderCases } from './order_cases.mjs';
import { addLimitCase, addRefusalCases } from './refusal_cases.mjs';
import { addStreamCases } from './stream_cases.mjs';

const trader = await makeTrader();
const onlooker = await makeClient();
const books = await startBooks(await makeClient(), ['BTC/USDT', 'ETH/USDT', 'BNB/USDT', 'ETH/BTC'],
  '/api/v3/depth', Number(process.env.INTEROP_UPDATES ?? 2000));

addMarketCases(trader, onlooker);
addOrderCases(trader);
addStreamCases(trader, onlooker);
addRefusalCases(trader);
addBookCases(books);
addLimitCase(onlooker);

const counts = await runAll(process.env.INTEROP_ONLY ?? '');
await books.stop();
for (const client of [trader, onlooker]) {
  await client.close();
}
process.exit(counts.failed === 0 ? 0 : 1);
