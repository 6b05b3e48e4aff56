// ccxt beside the connector in the benchmarks of tools/bench/wire, which start it as a peer with
// INTEROP_URL and NODE_EXTRA_CA_CERTS set:
//
//   node bench_peer.mjs ticker|diff PAIRS WARMUP FRAMES   reads, prints its times as JSON, ends
//   node bench_peer.mjs order                             answers each tick with one order
import { makeTrader } from './venue.mjs';

const [what, ...numbers] = process.argv.slice(2);
const [pairs = 1, warmup = 0, frames = 0] = numbers.map(Number);
const symbols = Array.from({ length: pairs },
  (_, pair) => `P${String(pair).padStart(4, '0')}/USDT`);

const client = await makeTrader({
  enableRateLimit: false,  // the benchmark's venue has no limits
  options: { defaultType: 'spot', fetchMarkets: { types: ['spot'] }, fetchMargins: false },
});
client.has.fetchCurrencies = false;  // asks for more than that venue knows
await client.loadMarkets();

// Takes the times when `handler` has dealt with its frames: what a watch call gives may be several.
function count(handler, isDone) {
  const original = client[handler];
  let seen = 0;
  let start = 0n;
  let cpu;
  client[handler] = function counted(...words) {
    original.apply(this, words);
    seen += 1;
    if (seen === warmup) {
      start = process.hrtime.bigint();
      cpu = process.cpuUsage();
    } else if (seen === warmup + frames) {
      const seconds = Number(process.hrtime.bigint() - start) / 1e9;
      const { user, system } = process.cpuUsage(cpu);
      if (!isDone()) {
        console.error('the frames did not make what was watched');
        process.exit(1);
      }
      console.log(JSON.stringify({ frames, seconds, cpu_seconds: (user + system) / 1e6,
        rss_kb: process.memoryUsage.rss() / 1024 }));
      process.exit(0);
    }
  };
}

async function watchForEver(watch) {
  for (;;) {
    await watch();
  }
}

if (what === 'order') {
  const [symbol] = symbols;
  await watchForEver(async () => {
    const { [symbol]: top } = await client.watchBidsAsks([symbol]);
    // Not awaited: the next tick may come before the answer has been read.
    client.createOrder(symbol, 'limit', 'buy', 0.001, top.bid, { timeInForce: 'IOC' })
      .catch((error) => console.error(error.message));
  });
} else if (what === 'ticker') {
  count('handleBidsAsks', () => symbols.every((symbol) => client.bidsasks[symbol] !== undefined));
  await watchForEver(() => client.watchBidsAsks(symbols));
} else if (what === 'diff') {
  count('handleOrderBook', () => symbols.every((symbol) => client.orderbooks[symbol].nonce > 0));
  await watchForEver(() => client.watchOrderBookForSymbols(symbols));
} else {
  console.error(`ccxt is measured with ticker, diff or order, not with ${what}`);
  process.exit(2);
}
