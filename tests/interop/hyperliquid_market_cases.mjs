// Public data of Hyperliquid: what ccxt makes of it equals what the venue answers.
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { eventually, test } from './harness.mjs';
import { info } from './hyperliquid_venue.mjs';

const SYMBOL = 'BTC/USDC:USDC';

export function addHyperliquidMarketCases(trader) {
  test('hyper: loadMarkets takes every perpetual', async () => {
    const { universe } = await info('meta');
    const swaps = Object.values(trader.markets).filter((one) => one.swap);
    assert.equal(swaps.length, universe.length);
    universe.forEach((spec, index) => {
      const market = swaps.find((one) => one.info.name === spec.name);
      assert.equal(market.id, String(index));
      assert.equal(market.settle, 'USDC');
      assert.equal(market.active, !spec.isDelisted);
      assert.equal(market.precision.amount, Number((10 ** -spec.szDecimals).toFixed(8)));
      assert.equal(market.limits.leverage.max, spec.maxLeverage);
    });
  });

  test('hyper: fetchTime is the venue\'s', async () => {
    assert.ok(Math.abs(await trader.fetchTime() - Date.now()) < 2000);
  });

  test('hyper: fetchOrderBook is a book of the venue, level by level', async () => {
    // Several books have the time of their block: two answers of one moment are told by the levels.
    const levels = (side) => side.map((one) => [Number(one.px), Number(one.sz)]);
    await eventually('a book that a plain read answers too', async () => {
      const book = await trader.fetchOrderBook(SYMBOL);
      const raw = await info('l2Book', { coin: 'BTC' });
      assert.equal(book.bids.length, 20);
      assert.ok(book.bids[0][0] < book.asks[0][0]);
      assert.ok(book.timestamp <= raw.time);
      return isDeepStrictEqual([book.bids, book.asks], raw.levels.map(levels));
    });
  });

  test('hyper: fetchTickers, fetchFundingRates, fetchOpenInterest are the contexts', async () => {
    const tickers = await trader.fetchTickers(undefined, { type: 'swap' });
    const ticker = tickers[SYMBOL];
    assert.equal(ticker.close, Number(ticker.info.midPx));
    assert.equal(ticker.bid, Number(ticker.info.impactPxs[0]));
    assert.equal(ticker.quoteVolume, Number(ticker.info.dayNtlVlm));
    assert.ok(ticker.bid < ticker.ask);
    const rate = await trader.fetchFundingRate(SYMBOL);
    assert.equal(rate.fundingRate, Number(rate.info.funding));
    assert.ok(Math.abs(rate.markPrice / rate.indexPrice - 1) < 0.02);
    const rates = await trader.fetchFundingRates();
    assert.deepEqual(Object.keys(rates).sort(), Object.keys(tickers).sort());
    const interest = await trader.fetchOpenInterest(SYMBOL);
    assert.ok(interest.openInterestAmount > 0);
  });

  test('hyper: fetchFundingRateHistory has each funding once', async () => {
    const history = await eventually('two fundings', async () => {
      const list = await trader.fetchFundingRateHistory(SYMBOL);
      return list.length >= 2 && list;
    }, 45_000);
    const raw = await info('fundingHistory', { coin: 'BTC', startTime: 0,
      endTime: history.at(-1).timestamp });
    assert.deepEqual(history.map((one) => [one.timestamp, one.fundingRate]),
      raw.map((one) => [one.time, Number(one.fundingRate)]));
  });

  test('hyper: fetchOHLCV are the candles', async () => {
    const candles = await trader.fetchOHLCV(SYMBOL, '1m');
    const [first] = await info('candleSnapshot', { req: { coin: 'BTC', interval: '1m',
      startTime: candles[0][0], endTime: candles[0][0] + 59_999 } });
    const [openTime, open, high, low, close, volume] = candles[0];
    assert.equal(openTime, first.t);
    assert.equal(open, Number(first.o));
    assert.ok(low <= open && open <= high && low <= close && close <= high && volume > 0);
  });
}
