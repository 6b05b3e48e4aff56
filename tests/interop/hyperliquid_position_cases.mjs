// Leverage, fills, positions and money of Hyperliquid; money adds up exactly.
import assert from 'node:assert/strict';
import ccxt from 'ccxt';
import { eventually, test, throwsFromVenue } from './harness.mjs';
import { accountState, fills, holding, info, topOfBook, WALLET } from './hyperliquid_venue.mjs';
import { byId, product, sum, units } from './venue.mjs';

const SYMBOL = 'BTC/USDC:USDC';
const LEVERAGE = 10;
const TAKER_FEE = units('0.00045');

// What fills and fees have made of the collateral: without what is open, and without fundings.
async function settled() {
  const fundings = async () => sum((await info('userFunding',
    { user: WALLET.walletAddress, startTime: 0 })).map((one) => units(one.delta.usdc)));
  return (await eventually('a moment without a funding', async () => {
    const before = await fundings();
    const { marginSummary, assetPositions } = await accountState();
    const open = sum(assetPositions.map((one) => units(one.position.unrealizedPnl)));
    return before === await fundings()
      && { amount: units(marginSummary.accountValue) - open - before };
  })).amount;
}

// A market order needs a price, from which ccxt makes its limit.
const market = async (trader, side, amount, params = {}) =>
  trader.createOrder(SYMBOL, 'market', side, amount, (await topOfBook()).bid, params);

const leverageOf = async () => (await info('activeAssetData',
  { user: WALLET.walletAddress, coin: 'BTC' })).leverage;

function addSettingCases(trader) {
  test('hyper: setLeverage and setMarginMode read back', async () => {
    await trader.setLeverage(7, SYMBOL);
    assert.deepEqual(await leverageOf(), { type: 'cross', value: 7 });
    await trader.setMarginMode('isolated', SYMBOL, { leverage: 5 });
    const { type, value } = await leverageOf();
    assert.deepEqual([type, value], ['isolated', 5]);
    await trader.setMarginMode('cross', SYMBOL, { leverage: LEVERAGE });
    assert.deepEqual(await leverageOf(), { type: 'cross', value: LEVERAGE });
    await throwsFromVenue(() => trader.setLeverage(100, SYMBOL), ccxt.ExchangeError,
      /Invalid leverage value/);
    assert.deepEqual(await leverageOf(), { type: 'cross', value: LEVERAGE });
  });
}

function assertFees(raw) {
  for (const one of raw) {
    const error = units(one.fee) - product(product(units(one.px), units(one.sz)), TAKER_FEE);
    assert.ok(error >= 0n && error <= 1n, `${one.fee} of ${one.px} ${one.sz}`);
    assert.equal(one.feeToken, 'USDC');
    assert.equal(one.crossed, true);
  }
}

function addFillCases(trader) {
  test('hyper: a market buy opens the position of its fills and pays its fee', async () => {
    const before = await settled();
    const order = await market(trader, 'buy', 0.05);
    assert.equal(order.filled, 0.05);
    const raw = await fills(order.id);
    assert.equal(sum(raw.map((one) => units(one.sz))), units('0.05'));
    assertFees(raw);
    const quote = sum(raw.map((one) => product(units(one.px), units(one.sz))));
    assert.ok(Math.abs(order.average - Number(quote) / 5e6) < 1e-2, String(order.average));
    const paid = before - await settled() - sum(raw.map((one) => units(one.fee)));
    assert.ok(paid > -1000n && paid < 1000n, String(paid));  // of the rounded profit: 1e-5
    const [position] = await trader.fetchPositions([SYMBOL]);
    assert.deepEqual([position.side, position.contracts, position.leverage, position.marginMode],
      ['long', 0.05, LEVERAGE, 'cross']);
    assert.ok(Math.abs(position.entryPrice - Number(quote) / 5e6) < 1e-1);
    assert.ok(Math.abs(position.initialMargin - position.notional / LEVERAGE) < 1e-5);
    assert.ok(Math.abs(position.unrealizedPnl - (position.notional - Number(quote) / 1e8)) < 1e-5);
  });

  test('hyper: fetchBalance is what the account has, uses what the position needs', async () => {
    const { USDC, info: raw } = await trader.fetchBalance();
    assert.equal(USDC.total, Number(raw.marginSummary.accountValue));
    assert.equal(USDC.used, Number(raw.marginSummary.totalMarginUsed));
    assert.ok(Math.abs(USDC.total - USDC.used - USDC.free) < 1e-6);
    const { positionValue } = await holding('BTC');
    assert.ok(Math.abs(USDC.used / (positionValue / LEVERAGE) - 1) < 0.02);
  });

  test('hyper: a reduce-only order reduces, realizes, and never adds', async () => {
    await throwsFromVenue(() => market(trader, 'buy', 0.01, { reduceOnly: true }),
      ccxt.InvalidOrder, /Reduce only order would increase position/);
    const { entryPx } = await holding('BTC');
    const before = await settled();
    const order = await market(trader, 'sell', 0.02, { reduceOnly: true });
    const raw = await fills(order.id);
    assertFees(raw);
    const realized = sum(raw.map((one) => units(one.closedPnl)));
    const expected = raw.reduce((total, one) => total + one.sz * (one.px - entryPx), 0);
    assert.ok(Math.abs(Number(realized) / 1e8 - expected) < 0.02, `${realized} ${expected}`);
    const gained = await settled() - before - realized + sum(raw.map((one) => units(one.fee)));
    assert.ok(gained > -1000n && gained < 1000n, String(gained));
    const position = await trader.fetchPosition(SYMBOL);
    assert.equal(position.contracts, 0.03);
    assert.equal(position.entryPrice, Number(entryPx));
  });

  test('hyper: a funding moves size times oracle times rate', async () => {
    const since = Date.now();
    const [paid] = await eventually('a funding', async () => {
      const list = await trader.fetchFundingHistory(SYMBOL, since);
      return list.length > 0 && list;
    }, 30_000);
    assert.equal(paid.code, 'USDC');
    assert.equal(Number(paid.info.delta.szi), 0.03);
    const { ask } = await topOfBook();
    assert.ok(Math.abs(paid.amount / (-0.03 * ask * paid.rate) - 1) < 0.02, JSON.stringify(paid));
  });

  test('hyper: a sell through zero turns the position around', async () => {
    await market(trader, 'sell', 0.05);
    const position = await trader.fetchPosition(SYMBOL);
    assert.deepEqual([position.side, position.contracts], ['short', 0.02]);
    await market(trader, 'buy', 0.02, { reduceOnly: true });
    assert.deepEqual((await accountState()).assetPositions, []);
  });
}

export function addHyperliquidPositionCases(trader) {
  addSettingCases(trader);
  addFillCases(trader);

  test('hyper: fetchMyTrades are the fills', async () => {
    const trades = await trader.fetchMyTrades(SYMBOL);
    const raw = await info('userFills', { user: WALLET.walletAddress });
    assert.ok(trades.length >= 4, String(trades.length));
    assert.deepEqual(
      trades.map(({ id, order, side, price, amount, fee, takerOrMaker }) => (
        { id, order, side, price, amount, fee: fee.cost, takerOrMaker })).sort(byId),
      raw.map((one) => ({ id: String(one.tid), order: String(one.oid),
        side: one.side === 'B' ? 'buy' : 'sell', price: Number(one.px), amount: Number(one.sz),
        fee: Number(one.fee), takerOrMaker: one.crossed ? 'taker' : 'maker' })).sort(byId));
  });
}
