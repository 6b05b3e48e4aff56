// Public data of the perpetuals: what ccxt makes of it equals what the venue answers.
import assert from 'node:assert/strict';
import { eventually, test } from './harness.mjs';
import { ask, askSigned, byId } from './venue.mjs';

const SYMBOL = 'BTC/USDT:USDT';
const ID = 'BTCUSDT';

function assertMarket(market, spec) {
  const filter = (type) => spec.filters.find((one) => one.filterType === type);
  assert.equal(market.symbol, `${spec.baseAsset}/${spec.quoteAsset}:${spec.marginAsset}`);
  assert.equal(market.type, 'swap');
  assert.equal(market.linear, true);
  assert.equal(market.contractSize, 1);
  assert.equal(market.active, true);
  assert.equal(market.precision.price, Number(filter('PRICE_FILTER').tickSize));
  assert.equal(market.precision.amount, Number(filter('LOT_SIZE').stepSize));
  assert.equal(market.limits.amount.min, Number(filter('LOT_SIZE').minQty));
  assert.equal(market.limits.market.max, Number(filter('MARKET_LOT_SIZE').maxQty));
  assert.equal(market.limits.cost.min, Number(filter('MIN_NOTIONAL').notional));
}

function addFundingCases(onlooker) {
  test('usdm: fetchFundingRate and fetchFundingRates are the premium index', async () => {
    const rate = await onlooker.fetchFundingRate(SYMBOL);
    assert.equal(rate.symbol, SYMBOL);
    const fields = { fundingRate: 'lastFundingRate', markPrice: 'markPrice',
      indexPrice: 'indexPrice', fundingTimestamp: 'nextFundingTime', interestRate: 'interestRate' };
    for (const [ours, theirs] of Object.entries(fields)) {
      assert.equal(rate[ours], Number(rate.info[theirs]), ours);
    }
    assert.ok(rate.fundingTimestamp > rate.timestamp);
    assert.ok(rate.fundingTimestamp - rate.timestamp <= 10_000, 'the interval of this venue');
    assert.ok(Math.abs(rate.markPrice / rate.indexPrice - 1) < 0.02);
    const rates = await onlooker.fetchFundingRates();
    const raw = await ask('/fapi/v1/premiumIndex');
    assert.equal(Object.keys(rates).length, raw.length);
    assert.ok(rates['ETH/USDT:USDT'].markPrice > 0);
  });

  test('usdm: fetchFundingRateHistory has each funding once', async () => {
    const history = await eventually('two fundings', async () => {
      const list = await onlooker.fetchFundingRateHistory(SYMBOL);
      return list.length >= 2 && list;
    }, 45_000);
    const raw = await ask('/fapi/v1/fundingRate', { symbol: ID,
      endTime: history.at(-1).timestamp });
    assert.deepEqual(history.map(({ timestamp, fundingRate }) => [timestamp, fundingRate]),
      raw.map((one) => [one.fundingTime, Number(one.fundingRate)]));
    assert.equal(history[1].timestamp - history[0].timestamp, 10_000);
  });

  test('usdm: fetchOpenInterest is told in the base asset', async () => {
    const interest = await onlooker.fetchOpenInterest(SYMBOL);
    assert.equal(interest.openInterestAmount, Number(interest.info.openInterest));
    assert.ok(interest.openInterestAmount > 0);
  });
}

function addPriceCases(onlooker) {
  test('usdm: fetchOrderBook equals depth at the same update id', async () => {
    const { book, depth } = await eventually('two answers of one moment', async () => {
      const first = await onlooker.fetchOrderBook(SYMBOL, 100);
      const second = await ask('/fapi/v1/depth', { symbol: ID, limit: 100 });
      return first.nonce === second.lastUpdateId && { book: first, depth: second };
    });
    assert.ok(book.bids.length >= 20, String(book.bids.length));
    assert.deepEqual(book.bids, depth.bids.map((level) => level.map(Number)));
    assert.deepEqual(book.asks, depth.asks.map((level) => level.map(Number)));
    assert.ok(book.bids[0][0] < book.asks[0][0]);
  });

  test('usdm: fetchTicker equals the 24 hour statistics, fetchTickers has every one', async () => {
    const ticker = await onlooker.fetchTicker(SYMBOL);
    const fields = { last: 'lastPrice', high: 'highPrice', low: 'lowPrice', open: 'openPrice',
      baseVolume: 'volume', quoteVolume: 'quoteVolume', vwap: 'weightedAvgPrice' };
    for (const [ours, theirs] of Object.entries(fields)) {
      assert.equal(ticker[ours], Number(ticker.info[theirs]), ours);
    }
    assert.ok(ticker.low <= ticker.last && ticker.last <= ticker.high);
    const raw = await ask('/fapi/v1/ticker/24hr');
    const tickers = Object.values(await onlooker.fetchTickers());
    assert.deepEqual(tickers.map((one) => one.info.symbol).sort(),
      raw.map((one) => one.symbol).sort());
    const tops = await onlooker.fetchBidsAsks([SYMBOL]);
    assert.ok(tops[SYMBOL].bid < tops[SYMBOL].ask);
  });

  test('usdm: fetchTrades are the venue\'s aggregates', async () => {
    const trades = await eventually('ten trades', async () => {
      const list = await onlooker.fetchTrades(SYMBOL, undefined, 10);
      return list.length === 10 && list;
    });
    trades.sort(byId);  // of one moment ccxt has them in the order of its letters
    const raw = await ask('/fapi/v1/aggTrades', { symbol: ID, fromId: trades[0].id, limit: 10 });
    assert.deepEqual(
      trades.map(({ id, price, amount, side, timestamp }) => (
        { id, price, amount, side, timestamp })),
      raw.map((one) => ({ id: String(one.a), price: Number(one.p), amount: Number(one.q),
        side: one.m ? 'sell' : 'buy', timestamp: one.T })));
  });

  test('usdm: fetchOHLCV are the candles', async () => {
    const candles = await onlooker.fetchOHLCV(SYMBOL, '1m');
    const raw = await ask('/fapi/v1/klines', { symbol: ID, interval: '1m' });
    assert.ok(candles.length >= 1);
    const [openTime, open, high, low, close, volume] = candles[0];
    assert.equal(openTime, raw[0][0]);
    assert.equal(open, Number(raw[0][1]));
    assert.ok(low <= open && open <= high && low <= close && close <= high && volume > 0);
  });
}

export function addUsdmMarketCases(trader, onlooker) {
  test('usdm: loadMarkets takes every contract and its filters', async () => {
    const { symbols } = await ask('/fapi/v1/exchangeInfo');
    for (const client of [trader, onlooker]) {
      assert.equal(Object.keys(client.markets).length, symbols.length);
      const perpetuals = symbols.filter((one) => one.contractType === 'PERPETUAL'
        && one.status === 'TRADING' && one.quoteAsset === one.marginAsset);
      assert.equal(perpetuals.length, 5);
      for (const spec of perpetuals) {
        const symbol = `${spec.baseAsset}/${spec.quoteAsset}:${spec.marginAsset}`;
        assertMarket(client.market(symbol), spec);
      }
    }
    assert.equal(onlooker.market('LUNA/USDT:USDT').active, false);  // settling
    const dated = onlooker.market('BTC/USDT:USDT-270326');
    assert.equal(dated.type, 'future');
    assert.equal(dated.expiry, symbols.find((one) => one.symbol === dated.id).deliveryDate);
  });

  test('usdm: fetchTime is the venue\'s', async () => {
    const before = (await ask('/fapi/v1/time')).serverTime;
    const time = await onlooker.fetchTime();
    const after = (await ask('/fapi/v1/time')).serverTime;
    assert.ok(before <= time && time <= after, `${before} ${time} ${after}`);
  });

  addPriceCases(onlooker);
  addFundingCases(onlooker);

  test('usdm: fetchLeverageTiers are the brackets', async () => {
    const tiers = (await trader.fetchLeverageTiers([SYMBOL]))[SYMBOL];
    const [{ brackets }] = await askSigned('/fapi/v1/leverageBracket', { symbol: ID });
    assert.deepEqual(
      tiers.map((one) => [one.minNotional, one.maxNotional, one.maxLeverage,
        one.maintenanceMarginRate]),
      brackets.map((one) => [one.notionalFloor, one.notionalCap, one.initialLeverage,
        Number(one.maintMarginRatio)]));
    assert.equal(tiers[0].maxLeverage, 125);
  });
}
