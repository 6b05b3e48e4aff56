// Public data: what ccxt makes of it equals what the venue answers.
import assert from 'node:assert/strict';
import { eventually, test } from './harness.mjs';
import { ask, byId } from './venue.mjs';

const SYMBOL = 'BTC/USDT';
const ID = 'BTCUSDT';

function assertMarket(market, spec) {
  const filter = (type) => spec.filters.find((one) => one.filterType === type);
  assert.equal(market.id, spec.symbol);
  assert.equal(market.type, 'spot');
  assert.equal(market.active, spec.status === 'TRADING');
  assert.equal(market.precision.price, Number(filter('PRICE_FILTER').tickSize));
  assert.equal(market.precision.amount, Number(filter('LOT_SIZE').stepSize));
  assert.equal(market.limits.amount.min, Number(filter('LOT_SIZE').minQty));
  assert.equal(market.limits.amount.max, Number(filter('LOT_SIZE').maxQty));
  assert.equal(market.limits.cost.min, Number(filter('NOTIONAL').minNotional));
}

export function addMarketCases(trader, onlooker) {
  test('market: loadMarkets takes every symbol and its filters', async () => {
    const info = await ask('/api/v3/exchangeInfo');
    for (const client of [trader, onlooker]) {
      const markets = await client.loadMarkets();
      assert.equal(Object.keys(markets).length, info.symbols.length);
      for (const spec of info.symbols) {
        assertMarket(markets[`${spec.baseAsset}/${spec.quoteAsset}`], spec);
      }
    }
  });

  test('market: fetchTime is the venue\'s', async () => {
    const before = (await ask('/api/v3/time')).serverTime;
    const time = await onlooker.fetchTime();
    const after = (await ask('/api/v3/time')).serverTime;
    assert.ok(before <= time && time <= after, `${before} ${time} ${after}`);
  });

  test('market: fetchOrderBook equals depth at the same update id', async () => {
    const { book, depth } = await eventually('two answers of one moment', async () => {
      const first = await onlooker.fetchOrderBook(SYMBOL, 100);
      const second = await ask('/api/v3/depth', { symbol: ID, limit: 100 });
      return first.nonce === second.lastUpdateId && { book: first, depth: second };
    });
    assert.equal(book.bids.length, 100);
    assert.deepEqual(book.bids, depth.bids.map((level) => level.map(Number)));
    assert.deepEqual(book.asks, depth.asks.map((level) => level.map(Number)));
    assert.ok(book.bids[0][0] < book.asks[0][0]);
  });

  test('market: fetchTicker and fetchBidsAsks equal the 24 hour statistics', async () => {
    const ticker = await onlooker.fetchTicker(SYMBOL);
    assert.equal(ticker.symbol, SYMBOL);
    const info = ticker.info;
    const fields = { last: 'lastPrice', bid: 'bidPrice', ask: 'askPrice', bidVolume: 'bidQty',
      askVolume: 'askQty', high: 'highPrice', low: 'lowPrice', open: 'openPrice',
      baseVolume: 'volume', quoteVolume: 'quoteVolume', vwap: 'weightedAvgPrice' };
    for (const [ours, theirs] of Object.entries(fields)) {
      assert.equal(ticker[ours], Number(info[theirs]), ours);
    }
    assert.ok(ticker.low <= ticker.last && ticker.last <= ticker.high);
    const tops = await onlooker.fetchBidsAsks([SYMBOL, 'ETH/USDT']);
    assert.ok(tops[SYMBOL].bid < tops[SYMBOL].ask);
    assert.ok(tops['ETH/USDT'].bid < tops['ETH/USDT'].ask);
    const tickers = await onlooker.fetchTickers();
    assert.ok(Object.keys(tickers).length >= 4);
  });

  test('market: fetchTrades are the venue\'s aggregates', async () => {
    const trades = await eventually('ten trades', async () => {
      const list = await onlooker.fetchTrades(SYMBOL, undefined, 10);
      return list.length === 10 && list;
    });
    trades.sort(byId);  // of one moment ccxt has them in the order of its letters
    const raw = await ask('/api/v3/aggTrades', { symbol: ID, fromId: trades[0].id, limit: 10 });
    assert.deepEqual(
      trades.map(({ id, price, amount, side, timestamp }) => ({ id, price, amount, side, timestamp })),
      raw.map((one) => ({ id: String(one.a), price: Number(one.p), amount: Number(one.q),
        side: one.m ? 'sell' : 'buy', timestamp: one.T })));
  });

  test('market: fetchOHLCV ends in the candle of this minute', async () => {
    const candles = await onlooker.fetchOHLCV(SYMBOL, '1m');
    const raw = await ask('/api/v3/klines', { symbol: ID, interval: '1m' });
    assert.ok(candles.length >= 1);
    const [openTime, open, high, low, close, volume] = candles[0];
    assert.equal(openTime, raw[0][0]);
    assert.equal(open, Number(raw[0][1]));
    assert.ok(low <= open && open <= high && low <= close && close <= high && volume > 0);
    for (let index = 1; index < candles.length; ++index) {
      assert.equal(candles[index][0] - candles[index - 1][0], 60_000);
    }
  });
}
