// Settings, fills, positions and money of Binance USD-M; money adds up exactly.
import assert from 'node:assert/strict';
import ccxt from 'ccxt';
import { eventually, test, throwsFromVenue } from './harness.mjs';
import { askSigned, byId, product, sum, units } from './venue.mjs';
import { assertUsdmOrder, rawOrder } from './usdm_order_cases.mjs';

const SYMBOL = 'BTC/USDT:USDT';
const ID = 'BTCUSDT';
const LEVERAGE = 10;
const TAKER_FEE = units('0.0005');

const setting = async () => (await askSigned('/fapi/v1/symbolConfig', { symbol: ID }))[0];
const rawPosition = async () => (await askSigned('/fapi/v3/positionRisk', { symbol: ID }))
  .find((one) => Number(one.positionAmt) !== 0);
const fillsOf = (id) => askSigned('/fapi/v1/userTrades', { symbol: ID, orderId: id });
const fundingTotal = async () =>
  sum((await askSigned('/fapi/v1/income', { incomeType: 'FUNDING_FEE' }))
    .map((one) => units(one.income)));
const wallet = async () => units((await askSigned('/fapi/v3/balance'))
  .find((one) => one.asset === 'USDT').balance);

// An amount without what fundings have moved, at a moment between two of them.
const beforeFunding = (read) => eventually('a moment without a funding', async () => {
  const before = await fundingTotal();
  const amount = await read();
  return before === await fundingTotal() && { amount: amount - before };
}).then(({ amount }) => amount);
const walletBeforeFunding = () => beforeFunding(wallet);

function addSettingCases(trader) {
  test('usdm: setLeverage reads back', async () => {
    await trader.setLeverage(LEVERAGE, SYMBOL);
    assert.equal((await setting()).leverage, LEVERAGE);
    const leverage = await trader.fetchLeverage(SYMBOL);
    assert.equal(leverage.longLeverage, LEVERAGE);
    assert.equal(leverage.shortLeverage, LEVERAGE);
  });

  test('usdm: setMarginMode reads back; the one that is set is MarginModeAlreadySet', async () => {
    await trader.setMarginMode('isolated', SYMBOL);
    assert.equal((await setting()).marginType, 'ISOLATED');
    assert.equal((await trader.fetchMarginMode(SYMBOL)).marginMode, 'isolated');
    await throwsFromVenue(() => trader.setMarginMode('isolated', SYMBOL), ccxt.MarginModeAlreadySet,
      /-4046/);
    await trader.setMarginMode('cross', SYMBOL);
    assert.equal((await trader.fetchMarginMode(SYMBOL)).marginMode, 'cross');
  });

  test('usdm: setPositionMode holds two sides of one contract', async () => {
    await trader.setPositionMode(true);
    assert.equal((await trader.fetchPositionMode(SYMBOL)).hedged, true);
    await throwsFromVenue(() => trader.setPositionMode(true), ccxt.OperationRejected, /-4059/);
    const order = (side, amount, positionSide) =>
      trader.createOrder(SYMBOL, 'market', side, amount, undefined, { positionSide });
    await order('buy', 0.01, 'LONG');
    await order('sell', 0.02, 'SHORT');
    const held = await trader.fetchPositions([SYMBOL]);
    assert.deepEqual(held.map((one) => [one.side, one.contracts, one.hedged]).sort(),
      [['long', 0.01, true], ['short', 0.02, true]]);
    await throwsFromVenue(() => trader.setPositionMode(false), ccxt.OperationRejected, /-4068/);
    await order('sell', 0.01, 'LONG');
    await order('buy', 0.02, 'SHORT');
    assert.deepEqual(await trader.fetchPositions([SYMBOL]), []);
    await trader.setPositionMode(false);
    assert.equal((await trader.fetchPositionMode(SYMBOL)).hedged, false);
  });
}

// The position that one opening order made, from its fills.
function assertOpened(position, fills) {
  const quantity = sum(fills.map((one) => units(one.qty)));
  const quote = sum(fills.map((one) => units(one.quoteQty)));
  assert.equal(position.symbol, SYMBOL);
  assert.equal(units(position.contracts), quantity);
  assert.ok(Math.abs(position.entryPrice - Number(quote) / Number(quantity)) < 1e-6);
  assert.equal(position.marginMode, 'cross');
  assert.ok(Math.abs(position.notional - position.contracts * position.markPrice) < 1e-6);
  assert.ok(Math.abs(position.initialMargin - position.notional / LEVERAGE) < 1e-6);
  assert.ok(Math.abs(position.maintenanceMargin - position.notional * 0.004) < 1e-6);
  assert.ok(Math.abs(position.unrealizedPnl
    - position.contracts * (position.markPrice - position.entryPrice)) < 1e-6);
}

function addFillCases(trader) {
  test('usdm: a market buy opens the position of its fills and pays its fee', async () => {
    const before = await walletBeforeFunding();
    const order = await trader.createOrder(SYMBOL, 'market', 'buy', 0.05);
    const after = await walletBeforeFunding();
    assert.equal(order.status, 'closed');
    assert.equal(order.filled, 0.05);
    assertUsdmOrder(order, await rawOrder(order.id));
    const fills = await fillsOf(order.id);
    assert.equal(sum(fills.map((one) => units(one.qty))), units('0.05'));
    for (const one of fills) {
      assert.equal(units(one.quoteQty), product(units(one.price), units(one.qty)));
      assert.equal(units(one.commission), product(units(one.quoteQty), TAKER_FEE));
      assert.equal(one.commissionAsset, 'USDT');
    }
    assert.equal(before - after, sum(fills.map((one) => units(one.commission))));
    const [position] = await trader.fetchPositions([SYMBOL]);
    assert.equal(position.side, 'long');
    assertOpened(position, fills);
    assert.equal(position.entryPrice, Number((await rawPosition()).entryPrice));
    const told = await trader.fetchOrder(order.id, SYMBOL);
    assert.equal(units(told.cost), sum(fills.map((one) => units(one.quoteQty))));
  });

  test('usdm: fetchBalance uses what the position needs', async () => {
    const balance = await trader.fetchBalance();
    const row = balance.info.assets.find((one) => one.asset === 'USDT');
    assert.equal(balance.USDT.used, Number(row.initialMargin));
    assert.equal(balance.USDT.total, Number(row.marginBalance));
    const [position] = await trader.fetchPositions([SYMBOL]);
    assert.ok(Math.abs(balance.USDT.used / position.initialMargin - 1) < 0.02);
    assert.equal(balance.USDT.free, Number(row.availableBalance));
    assert.ok(Math.abs(balance.USDT.free + balance.USDT.used - balance.USDT.total) < 1e-6);
  });

  test('usdm: a reduce-only order reduces, realizes, and never adds', async () => {
    await throwsFromVenue(() => trader.createOrder(SYMBOL, 'market', 'buy', 0.01, undefined,
      { reduceOnly: true }), ccxt.ExchangeError, /-2022/);
    const { entryPrice } = await rawPosition();
    const before = await walletBeforeFunding();
    const order = await trader.createOrder(SYMBOL, 'market', 'sell', 0.02, undefined,
      { reduceOnly: true });
    const after = await walletBeforeFunding();
    assert.equal(order.reduceOnly, true);
    const fills = await fillsOf(order.id);
    const realized = sum(fills.map((one) => units(one.realizedPnl)));
    assert.ok(Math.abs(Number(realized) / 1e8
      - fills.reduce((total, one) => total + one.qty * (one.price - entryPrice), 0)) < 1e-6);
    assert.equal(after - before, realized - sum(fills.map((one) => units(one.commission))));
    const [position] = await trader.fetchPositions([SYMBOL]);
    assert.equal(position.contracts, 0.03);
    assert.equal(position.entryPrice, Number(entryPrice));
  });

  test('usdm: a funding moves quantity times mark times rate', async () => {
    const since = Date.now();
    const [paid] = await eventually('a funding', async () => {
      const list = await trader.fetchFundingHistory(SYMBOL, since);
      return list.length > 0 && list;
    }, 30_000);
    const history = await trader.fetchFundingRateHistory(SYMBOL, paid.timestamp - 5000);
    const rate = history.find((one) => Math.abs(one.timestamp - paid.timestamp) < 2000);
    assert.ok(rate, `no rate at ${paid.timestamp}`);
    assert.equal(paid.code, 'USDT');
    assert.ok(Math.abs(paid.amount + 0.03 * Number(rate.info.markPrice) * rate.fundingRate) < 1e-6,
      `${paid.amount} ${JSON.stringify(rate.info)}`);
  });

  test('usdm: a sell through zero turns the position around', async () => {
    const order = await trader.createOrder(SYMBOL, 'market', 'sell', 0.05);
    const [position] = await trader.fetchPositions([SYMBOL]);
    assert.equal(order.filled, 0.05);
    assert.equal(position.side, 'short');
    assert.equal(position.contracts, 0.02);
    assert.equal((await rawPosition()).positionAmt, '-0.020');
    await trader.createOrder(SYMBOL, 'market', 'buy', 0.02, undefined, { reduceOnly: true });
    assert.deepEqual(await trader.fetchPositions([SYMBOL]), []);
  });

  test('usdm: addMargin goes into an isolated position', async () => {
    await trader.setMarginMode('isolated', SYMBOL);
    await trader.createOrder(SYMBOL, 'market', 'buy', 0.03);
    const isolated = async () => units((await rawPosition()).isolatedWallet);
    const before = await beforeFunding(isolated);
    await trader.addMargin(SYMBOL, 25);
    const after = await beforeFunding(isolated);
    assert.equal(after - before, units('25'));
    assert.equal((await trader.fetchPositions([SYMBOL]))[0].marginMode, 'isolated');
    await trader.createOrder(SYMBOL, 'market', 'sell', 0.03, undefined, { reduceOnly: true });
    await trader.setMarginMode('cross', SYMBOL);
  });
}

export function addUsdmPositionCases(trader) {
  addSettingCases(trader);
  addFillCases(trader);

  test('usdm: fetchOrders and fetchMyTrades are the whole history', async () => {
    const orders = await trader.fetchOrders(SYMBOL);
    const raw = await askSigned('/fapi/v1/allOrders', { symbol: ID });
    assert.ok(orders.length >= 10, String(orders.length));
    assert.equal(orders.length, raw.length);
    orders.sort(byId).forEach((order, index) => assertUsdmOrder(order, raw[index]));
    const trades = await trader.fetchMyTrades(SYMBOL);
    const rawTrades = await askSigned('/fapi/v1/userTrades', { symbol: ID });
    assert.deepEqual(
      trades.map(({ id, order, side, price, amount, cost, fee, takerOrMaker }) => (
        { id, order, side, price, amount, cost, fee: fee.cost, asset: fee.currency,
          takerOrMaker })).sort(byId),
      rawTrades.map((one) => ({ id: String(one.id), order: String(one.orderId),
        side: one.side.toLowerCase(), price: Number(one.price), amount: Number(one.qty),
        cost: Number(one.quoteQty), fee: Number(one.commission), asset: one.commissionAsset,
        takerOrMaker: one.maker ? 'maker' : 'taker' })).sort(byId));
  });

  test('usdm: fetchTradingFee is what fills pay', async () => {
    const fee = await trader.fetchTradingFee(SYMBOL);
    assert.deepEqual([fee.symbol, fee.maker, fee.taker], [SYMBOL, 0.0002, 0.0005]);
  });
}
