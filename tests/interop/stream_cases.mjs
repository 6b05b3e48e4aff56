// What ccxt's watch calls deliver, against what the venue answers.
import assert from 'node:assert/strict';
import { eventually, test, within } from './harness.mjs';
import { assertOrder, holdings, restingPrice } from './order_cases.mjs';
import { ask, askSigned, units } from './venue.mjs';

const SYMBOL = 'BTC/USDT';
const ID = 'BTCUSDT';
const WAIT_MS = 20_000;

// Watches until an answer passes.
async function watched(what, watch, accept) {
  const loop = async () => {
    for (;;) {
      const found = accept(await watch());
      if (found) {
        return found;
      }
    }
  };
  return within(loop(), WAIT_MS, what);
}

function addPublicCases(onlooker) {
  test('streams: watchTrades gives each trade once, as the venue tells it', async () => {
    const seen = [];
    while (seen.length < 10) {
      seen.push(...await within(onlooker.watchTrades(SYMBOL), WAIT_MS, 'watchTrades'));
    }
    const recent = await ask('/api/v3/trades', { symbol: ID, limit: 1000 });
    const start = recent.findIndex((one) => String(one.id) === seen[0].id);
    const raw = recent.slice(start, start + seen.length);
    assert.deepEqual(
      seen.map(({ id, price, amount, side, timestamp }) => ({ id, price, amount, side, timestamp })),
      raw.map((one) => ({ id: String(one.id), price: Number(one.price), amount: Number(one.qty),
        side: one.isBuyerMaker ? 'sell' : 'buy', timestamp: one.time })));
  });

  test('streams: watchTicker, watchBidsAsks and watchOHLCV tell one market', async () => {
    const ticker = await within(onlooker.watchTicker(SYMBOL), WAIT_MS, 'watchTicker');
    assert.ok(ticker.low <= ticker.last && ticker.last <= ticker.high);
    const tops = await within(onlooker.watchBidsAsks([SYMBOL]), WAIT_MS, 'watchBidsAsks');
    assert.ok(tops[SYMBOL].bid < tops[SYMBOL].ask);
    const candles = await within(onlooker.watchOHLCV(SYMBOL, '1m'), WAIT_MS, 'watchOHLCV');
    const [openTime, open, high, low, close] = candles.at(-1);
    assert.equal(openTime % 60_000, 0);
    assert.ok(low <= open && open <= high && low <= close && close <= high);
  });
}

function addPrivateCases(trader) {
  test('streams: watchOrders follows an order from open to canceled', async () => {
    const price = await restingPrice(trader);
    await trader.authenticate({ type: 'spot' });  // subscribed before there is anything to miss
    const [order, open] = await Promise.all([
      trader.createOrder(SYMBOL, 'limit', 'buy', 0.01, price),
      within(trader.watchOrders(SYMBOL), WAIT_MS, 'watchOrders').then((list) => ({ ...list[0] }))]);
    assert.equal(open.status, 'open');
    assertOrder(open, await askSigned('/api/v3/order', { symbol: ID, orderId: order.id }));
    const [canceled] = await Promise.all([
      watched('its end', () => trader.watchOrders(SYMBOL),
        (list) => list.find((one) => one.id === order.id && one.status === 'canceled')),
      trader.cancelOrder(order.id, SYMBOL)]);
    assertOrder(canceled, await askSigned('/api/v3/order', { symbol: ID, orderId: order.id }));
  });

  test('streams: watchMyTrades and watchOrders tell the fills of an order', async () => {
    const pending = trader.watchMyTrades(SYMBOL);
    const [order, first] = await Promise.all([
      trader.createOrder(SYMBOL, 'market', 'buy', 0.02), within(pending, WAIT_MS, 'watchMyTrades')]);
    const raw = await askSigned('/api/v3/myTrades', { symbol: ID, orderId: order.id });
    await eventually('every fill', async () =>
      trader.myTrades.filter((one) => one.order === order.id).length === raw.length);
    assert.ok(first.length > 0);
    assert.deepEqual(
      Array.from(trader.myTrades).filter((one) => one.order === order.id)
        .map(({ id, price, amount, side, fee }) => (
          { id, price, amount, side, fee: fee.cost, asset: fee.currency })),
      raw.map((one) => ({ id: String(one.id), price: Number(one.price), amount: Number(one.qty),
        side: 'buy', fee: Number(one.commission), asset: one.commissionAsset })));
    const closed = await eventually('the end of the order', async () =>
      trader.orders.find((one) => one.id === order.id && one.status === 'closed'));
    assertOrder(closed, await askSigned('/api/v3/order', { symbol: ID, orderId: order.id }));
  });

  test('streams: watchBalance ends at what the account has', async () => {
    const before = await holdings();
    const pending = trader.watchBalance();
    const [order] = await Promise.all([
      trader.createOrder(SYMBOL, 'market', 'sell', 0.02), within(pending, WAIT_MS, 'watchBalance')]);
    const after = await holdings();
    assert.equal(order.status, 'closed');
    assert.equal(before.BTC - after.BTC, units('0.02'));
    const account = await askSigned('/api/v3/account');
    const { free } = account.balances.find((one) => one.asset === 'USDT');
    const { free: base } = account.balances.find((one) => one.asset === 'BTC');
    await eventually('the balances of the account', async () => {
      const streamed = trader.balance.spot;
      return streamed.USDT.free === Number(free) && streamed.BTC.free === Number(base);
    });
  });
}

export function addStreamCases(trader, onlooker) {
  addPublicCases(onlooker);
  addPrivateCases(trader);
}
