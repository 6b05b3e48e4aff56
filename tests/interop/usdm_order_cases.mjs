// Orders of Binance USD-M that rest, wait or are refused: ccxt's answers are the venue's own.
import assert from 'node:assert/strict';
import ccxt from 'ccxt';
import { eventually, test, throwsFromVenue } from './harness.mjs';
import { ask, askSigned } from './venue.mjs';

const SYMBOL = 'BTC/USDT:USDT';
const ID = 'BTCUSDT';
const STATUSES = { NEW: 'open', PARTIALLY_FILLED: 'open', FILLED: 'closed', CANCELED: 'canceled',
  EXPIRED: 'canceled' };

export const rawOrder = (id) => askSigned('/fapi/v1/order', { symbol: ID, orderId: id });

export async function topOfBook() {
  const top = await ask('/fapi/v1/ticker/bookTicker', { symbol: ID });
  return { bid: Number(top.bidPrice), ask: Number(top.askPrice) };
}

// A price as far from the best bid as this factor, on the tick.
export const priceAt = async (trader, factor) =>
  Number(trader.priceToPrecision(SYMBOL, (await topOfBook()).bid * factor));

export function assertUsdmOrder(order, raw) {
  assert.equal(order.id, String(raw.orderId));
  assert.equal(order.clientOrderId, raw.clientOrderId);
  assert.equal(order.symbol, SYMBOL);
  assert.equal(order.status, STATUSES[raw.status]);
  assert.equal(order.side, raw.side.toLowerCase());
  assert.equal(order.type, raw.type.toLowerCase());
  assert.equal(order.amount, Number(raw.origQty));
  assert.equal(order.filled, Number(raw.executedQty));
  assert.equal(order.remaining, Number((raw.origQty - raw.executedQty).toFixed(8)));
  assert.equal(order.reduceOnly, raw.reduceOnly);
  if (raw.type !== 'MARKET') {
    assert.equal(order.price, Number(raw.price));
  }
}

function addRestingCases(trader) {
  test('usdm: a limit order rests, is found, edited in place and canceled', async () => {
    const price = await priceAt(trader, 0.9);
    const order = await trader.createOrder(SYMBOL, 'limit', 'buy', 0.01, price);
    assert.equal(order.status, 'open');
    assert.equal(order.timeInForce, 'GTC');
    assertUsdmOrder(order, await rawOrder(order.id));
    const open = await trader.fetchOpenOrders(SYMBOL);
    assert.deepEqual(open.map((one) => one.id), [order.id]);
    assertUsdmOrder(await trader.fetchOrder(order.id, SYMBOL), await rawOrder(order.id));
    const edited = await trader.editOrder(order.id, SYMBOL, 'limit', 'buy', 0.02, price + 10);
    assert.equal(edited.id, order.id);
    assert.equal(edited.amount, 0.02);
    assert.equal(edited.price, price + 10);
    assertUsdmOrder(edited, await rawOrder(order.id));
    const canceled = await trader.cancelOrder(order.id, SYMBOL);
    assert.equal(canceled.status, 'canceled');
    assertUsdmOrder(await trader.fetchOrder(order.id, SYMBOL), await rawOrder(order.id));
    assert.deepEqual(await trader.fetchOpenOrders(SYMBOL), []);
  });

  test('usdm: an open order uses margin of its own', async () => {
    const leverage = (await askSigned('/fapi/v1/symbolConfig', { symbol: ID }))[0].leverage;
    const price = await priceAt(trader, 0.9);
    const order = await trader.createOrder(SYMBOL, 'limit', 'buy', 0.1, price);
    const { USDT } = await trader.fetchBalance();
    assert.equal(USDT.used, Number((0.1 * price / leverage).toFixed(8)));
    assert.equal(USDT.free, Number((USDT.total - USDT.used).toFixed(8)));
    await trader.cancelOrder(order.id, SYMBOL);
    assert.equal((await trader.fetchBalance()).USDT.used, 0);
  });

  test('usdm: a post-only order rests, and is an InvalidOrder where it would take', async () => {
    const order = await trader.createOrder(SYMBOL, 'limit', 'buy', 0.01, await priceAt(trader, 0.9),
      { postOnly: true });
    assert.equal(order.postOnly, true);
    assert.equal((await rawOrder(order.id)).timeInForce, 'GTX');
    await trader.cancelOrder(order.id, SYMBOL);
    await throwsFromVenue(async () => trader.createOrder(SYMBOL, 'limit', 'buy', 0.01,
      await priceAt(trader, 1.05), { postOnly: true }), ccxt.InvalidOrder, /-5022/);
    assert.deepEqual(await askSigned('/fapi/v1/openOrders', { symbol: ID }), []);
  });

  test('usdm: createOrders places a batch, cancelAllOrders leaves none', async () => {
    const price = await priceAt(trader, 0.9);
    const wanted = [0.01, 0.02, 0.03].map((amount) => (
      { symbol: SYMBOL, type: 'limit', side: 'buy', amount, price }));
    const orders = await trader.createOrders(wanted);
    assert.deepEqual(orders.map((one) => one.amount), [0.01, 0.02, 0.03]);
    for (const order of orders) {
      assertUsdmOrder(order, await rawOrder(order.id));
    }
    await trader.cancelAllOrders(SYMBOL);
    assert.deepEqual(await askSigned('/fapi/v1/openOrders', { symbol: ID }), []);
    assert.equal((await rawOrder(orders[0].id)).status, 'CANCELED');
  });
}

function addConditionalCases(trader) {
  const conditional = { trigger: true };
  test('usdm: a stop waits beside the orders, is found and canceled', async () => {
    const stopLossPrice = await priceAt(trader, 0.9);
    const stop = await trader.createOrder(SYMBOL, 'market', 'sell', 0.01, undefined,
      { stopLossPrice });
    assert.equal(stop.status, 'open');
    assert.equal(stop.triggerPrice, stopLossPrice);
    assert.deepEqual(await trader.fetchOpenOrders(SYMBOL), []);
    const open = await trader.fetchOpenOrders(SYMBOL, undefined, undefined, conditional);
    assert.deepEqual(open.map((one) => [one.id, one.triggerPrice]), [[stop.id, stopLossPrice]]);
    const raw = await askSigned('/fapi/v1/algoOrder', { algoId: stop.id });
    assert.equal(raw.orderType, 'STOP_MARKET');
    assert.equal(raw.algoStatus, 'NEW');
    await trader.cancelOrder(stop.id, SYMBOL, conditional);
    assert.equal((await trader.fetchOrder(stop.id, SYMBOL, conditional)).status, 'canceled');
    assert.deepEqual(
      await trader.fetchOpenOrders(SYMBOL, undefined, undefined, conditional), []);
  });

  test('usdm: a stop that would trigger at once is refused', async () => {
    await throwsFromVenue(async () => trader.createOrder(SYMBOL, 'market', 'sell', 0.01, undefined,
      { stopLossPrice: await priceAt(trader, 1.1) }), ccxt.OrderImmediatelyFillable, /-2021/);
  });

  test('usdm: a stop whose price comes becomes an order and fills', async () => {
    const stop = await eventually('a trigger just above the market', async () => {
      const triggerPrice = Number(trader.priceToPrecision(SYMBOL, (await topOfBook()).ask + 0.5));
      return trader.createOrder(SYMBOL, 'market', 'buy', 0.002, undefined,
        { triggerPrice, workingType: 'CONTRACT_PRICE' }).catch((error) => {
        assert.ok(error instanceof ccxt.OrderImmediatelyFillable, String(error));
        return null;
      });
    });
    const raw = await eventually('the trigger', async () => {
      const answer = await askSigned('/fapi/v1/algoOrder', { algoId: stop.id });
      return answer.algoStatus === 'FINISHED' && answer;
    }, 50_000);
    const filled = await trader.fetchOrder(raw.actualOrderId, SYMBOL);
    assert.equal(filled.status, 'closed');
    assert.equal(filled.filled, 0.002);
    assert.ok(filled.average > 0 && Math.abs(filled.cost - filled.average * 0.002) < 1e-5);
    const [position] = await trader.fetchPositions([SYMBOL]);
    assert.equal(position.contracts, 0.002);
    await trader.createOrder(SYMBOL, 'market', 'sell', 0.002, undefined, { reduceOnly: true });
    assert.deepEqual(await trader.fetchPositions([SYMBOL]), []);
  });
}

function addRefusalCases(trader) {
  test('usdm: an unknown order is an OrderNotFound', async () => {
    await throwsFromVenue(() => trader.cancelOrder('999999999', SYMBOL), ccxt.OrderNotFound,
      /-2011/);
    await throwsFromVenue(() => trader.fetchOrder('999999999', SYMBOL), ccxt.OrderNotFound,
      /-2013/);
  });

  test('usdm: too little margin is InsufficientFunds, and holds nothing', async () => {
    await throwsFromVenue(async () => trader.createOrder(SYMBOL, 'limit', 'buy', 100,
      await priceAt(trader, 0.99)), ccxt.InsufficientFunds, /-2019/);
    assert.equal((await trader.fetchBalance()).USDT.used, 0);
  });

  test('usdm: too small a value is an InvalidOrder', async () => {
    const price = await priceAt(trader, 0.9);  // 0.001 is 54 USDT; of ETH 0.001 is 3
    assert.ok(price > 50_000);
    await throwsFromVenue(() => trader.createOrder('ETH/USDT:USDT', 'limit', 'buy', 0.001,
      Number(trader.priceToPrecision('ETH/USDT:USDT', price / 20))), ccxt.InvalidOrder, /-4164/);
  });

  test('usdm: a wrong signature is an AuthenticationError', async () => {
    const secret = trader.secret;
    trader.secret = 'not the secret';
    try {
      await throwsFromVenue(() => trader.fetchBalance(), ccxt.AuthenticationError, /-1022/);
    } finally {
      trader.secret = secret;
    }
  });
}

export function addUsdmOrderCases(trader) {
  addRestingCases(trader);
  addConditionalCases(trader);
  addRefusalCases(trader);
}
