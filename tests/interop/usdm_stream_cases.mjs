// What ccxt's watch calls deliver of Binance USD-M, against what the venue answers.
import assert from 'node:assert/strict';
import { eventually, test, within } from './harness.mjs';
import { assertUsdmOrder, priceAt, rawOrder } from './usdm_order_cases.mjs';
import { ask, askSigned } from './venue.mjs';

const SYMBOL = 'BTC/USDT:USDT';
const ID = 'BTCUSDT';
const WAIT_MS = 20_000;

const streamedPositions = (trader) =>
  Array.from(trader.positions.future ?? trader.positions.swap ?? []);

function addPublicCases(onlooker) {
  test('usdm: watchTrades gives each aggregate once', async () => {
    const seen = [];
    while (seen.length < 10) {
      seen.push(...await within(onlooker.watchTrades(SYMBOL), WAIT_MS, 'watchTrades'));
    }
    const raw = await ask('/fapi/v1/aggTrades',
      { symbol: ID, fromId: seen[0].id, limit: seen.length });
    assert.deepEqual(
      seen.map(({ id, price, amount, side, timestamp }) => (
        { id, price, amount, side, timestamp })),
      raw.map((one) => ({ id: String(one.a), price: Number(one.p), amount: Number(one.q),
        side: one.m ? 'sell' : 'buy', timestamp: one.T })));
  });

  test('usdm: watchTicker, watchBidsAsks, watchMarkPrice, watchOHLCV tell one market', async () => {
    const ticker = await within(onlooker.watchTicker(SYMBOL), WAIT_MS, 'watchTicker');
    assert.ok(ticker.low <= ticker.last && ticker.last <= ticker.high);
    const tops = await within(onlooker.watchBidsAsks([SYMBOL]), WAIT_MS, 'watchBidsAsks');
    assert.ok(tops[SYMBOL].bid < tops[SYMBOL].ask);
    const mark = await within(onlooker.watchMarkPrice(SYMBOL), WAIT_MS, 'watchMarkPrice');
    assert.ok(Math.abs(mark.markPrice / ticker.last - 1) < 0.02);
    const candles = await within(onlooker.watchOHLCV(SYMBOL, '1m'), WAIT_MS, 'watchOHLCV');
    const [openTime, open, high, low, close] = candles.at(-1);
    assert.equal(openTime % 60_000, 0);
    assert.ok(low <= open && open <= high && low <= close && close <= high);
  });
}

function addPrivateCases(trader) {
  test('usdm: watchOrders follows an order from open to canceled', async () => {
    await trader.authenticate({ type: 'future' });  // before there is anything to miss
    const pending = within(trader.watchOrders(SYMBOL), WAIT_MS, 'watchOrders');
    const price = await priceAt(trader, 0.9);
    const order = await trader.createOrder(SYMBOL, 'limit', 'buy', 0.01, price);
    await pending;
    const seen = () => trader.orders?.find((one) => one.id === order.id);
    await eventually('the order', async () => seen()?.status === 'open');
    assertUsdmOrder(seen(), await rawOrder(order.id));
    await trader.cancelOrder(order.id, SYMBOL);
    await eventually('its end', async () => seen().status === 'canceled');
    assertUsdmOrder(seen(), await rawOrder(order.id));
  });

  test('usdm: watchMyTrades, watchPositions and watchBalance tell what a fill did', async () => {
    const watches = [trader.watchMyTrades(SYMBOL), trader.watchBalance(),
      trader.watchPositions([SYMBOL])];
    const order = await trader.createOrder(SYMBOL, 'market', 'buy', 0.02);
    await within(Promise.all(watches), WAIT_MS, 'the watches');
    const raw = await askSigned('/fapi/v1/userTrades', { symbol: ID, orderId: order.id });
    const streamed = await eventually('every fill', async () => {
      const list = Array.from(trader.myTrades).filter((one) => one.order === order.id);
      return list.length === raw.length && list;
    });
    assert.deepEqual(
      streamed.map(({ id, price, amount, side, fee }) => (
        { id, price, amount, side, fee: fee.cost, asset: fee.currency })),
      raw.map((one) => ({ id: String(one.id), price: Number(one.price), amount: Number(one.qty),
        side: 'buy', fee: Number(one.commission), asset: one.commissionAsset })));
    const held = await eventually('the position', async () =>
      streamedPositions(trader).find((one) => one.symbol === SYMBOL && one.contracts === 0.02));
    assert.equal(held.side, 'long');
    const { entryPrice } = (await askSigned('/fapi/v3/positionRisk', { symbol: ID }))[0];
    assert.ok(Math.abs(held.entryPrice - entryPrice) < 1e-6);
    await eventually('the balance', async () => {
      const { balance } = (await askSigned('/fapi/v3/balance')).find((one) => one.asset === 'USDT');
      const told = trader.balance.swap ?? trader.balance.future;
      return told.USDT.total === Number(balance);
    });
    await trader.createOrder(SYMBOL, 'market', 'sell', 0.02, undefined, { reduceOnly: true });
    // Without quantity a position has no side, and a place of its own in ccxt's cache.
    await eventually('the end of the position', async () =>
      streamedPositions(trader).some((one) => one.symbol === SYMBOL && one.contracts === 0));
  });
}

function addWebSocketCases(trader) {
  test('usdm: orders are placed, amended and canceled over the WebSocket API', async () => {
    const price = await priceAt(trader, 0.9);
    const order = await trader.createOrderWs(SYMBOL, 'limit', 'buy', 0.01, price);
    assertUsdmOrder(order, await rawOrder(order.id));
    const edited = await trader.editOrderWs(order.id, SYMBOL, 'limit', 'buy', 0.02, price);
    assert.equal(edited.id, order.id);
    assertUsdmOrder(edited, await rawOrder(order.id));
    assertUsdmOrder(await trader.fetchOrderWs(order.id, SYMBOL), await rawOrder(order.id));
    const canceled = await trader.cancelOrderWs(order.id, SYMBOL);
    assert.equal(canceled.status, 'canceled');
    assert.equal((await rawOrder(order.id)).status, 'CANCELED');
  });
}

export function addUsdmStreamCases(trader, onlooker) {
  addPublicCases(onlooker);
  addPrivateCases(trader);
  addWebSocketCases(trader);
}
