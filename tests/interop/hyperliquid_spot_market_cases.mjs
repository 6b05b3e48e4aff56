// Public data of Hyperliquid's spot: what ccxt makes of it equals what the venue answers.
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { eventually, test } from './harness.mjs';
import { COIN, info, SYMBOL } from './hyperliquid_spot_venue.mjs';

export function addHyperliquidSpotMarketCases(trader) {
  test('hyper spot: loadMarkets takes every pair by its index', async () => {
    const { universe, tokens } = await info('spotMeta');
    const spots = Object.values(trader.markets).filter((one) => one.spot);
    assert.equal(spots.length, universe.length);
    for (const pair of universe) {
      const market = spots.find((one) => one.id === pair.name);
      const [base, quote] = pair.tokens.map((index) => tokens.find((one) => one.index === index));
      assert.equal(market.baseId, String(10000 + pair.index));
      assert.deepEqual([market.baseName, market.quoteId], [base.name, quote.name]);
      assert.equal(market.precision.amount, Number((10 ** -base.szDecimals).toFixed(8)));
      assert.equal(market.limits.cost.min, 10);
    }
    assert.equal(trader.market(SYMBOL).id, COIN);
    assert.equal(trader.market('PURR/USDC').baseId, '10000');
    assert.equal(trader.market('UBTC/USDC').symbol, 'BTC/USDC');  // ccxt's own name for it
    assert.deepEqual([trader.market('PIP/USDC').id, trader.market('PIP/USDH').id], ['@9', '@6']);
  });

  test('hyper spot: fetchOrderBook is a book of the venue, level by level', async () => {
    const levels = (side) => side.map((one) => [Number(one.px), Number(one.sz)]);
    await eventually('a book that a plain read answers too', async () => {
      const book = await trader.fetchOrderBook(SYMBOL);
      const raw = await info('l2Book', { coin: COIN });
      assert.equal(book.bids.length, 20);
      assert.ok(book.bids[0][0] < book.asks[0][0]);
      return isDeepStrictEqual([book.bids, book.asks], raw.levels.map(levels));
    });
  });

  test('hyper spot: fetchTickers are the contexts, a pair without a market has no price', async () => {
    const tickers = await trader.fetchTickers(undefined, { type: 'spot' });
    for (const ticker of Object.values(tickers)) {
      assert.equal(ticker.info.coin, trader.market(ticker.symbol).id);
      assert.equal(ticker.quoteVolume, Number(ticker.info.dayNtlVlm));
    }
    assert.equal(tickers[SYMBOL].close, Number(tickers[SYMBOL].info.midPx));
    assert.ok(Math.abs(tickers[SYMBOL].close / 40 - 1) < 0.05);
    assert.ok(tickers[SYMBOL].quoteVolume > 0);
    assert.equal(tickers['PIP/USDH'].info.midPx, null);
  });

  test('hyper spot: fetchOHLCV are the candles', async () => {
    const candles = await trader.fetchOHLCV(SYMBOL, '1m');
    const [first] = await info('candleSnapshot', { req: { coin: COIN, interval: '1m',
      startTime: candles[0][0], endTime: candles[0][0] + 59_999 } });
    const [openTime, open, high, low, close, volume] = candles[0];
    assert.equal(openTime, first.t);
    assert.equal(open, Number(first.o));
    assert.ok(low <= open && open <= high && low <= close && close <= high && volume > 0);
  });
}
