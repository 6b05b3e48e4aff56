// Orders over REST: each answer of ccxt is held against the venue's own, and money adds up exactly.
import assert from 'node:assert/strict';
import ccxt from 'ccxt';
import { eventually, test, throwsFromVenue } from './harness.mjs';
import { ask, askSigned, byId, product, sum, units } from './venue.mjs';

const SYMBOL = 'BTC/USDT';
const ID = 'BTCUSDT';
const STATUSES = { NEW: 'open', PARTIALLY_FILLED: 'open', FILLED: 'closed', CANCELED: 'canceled',
  EXPIRED: 'expired', REJECTED: 'rejected', EXPIRED_IN_MATCH: 'expired' };

const rawOrder = (id) => askSigned('/api/v3/order', { symbol: ID, orderId: id });
const rawTrades = (id) => askSigned('/api/v3/myTrades', { symbol: ID, orderId: id });

export async function topOfBook() {
  const top = await ask('/api/v3/ticker/bookTicker', { symbol: ID });
  return { bid: Number(top.bidPrice), ask: Number(top.askPrice) };
}

// A price that rests: far below the best bid, inside the price filters.
export const restingPrice = async (trader) =>
  Number(trader.priceToPrecision(SYMBOL, (await topOfBook()).bid * 0.8));

export function assertOrder(order, raw) {
  assert.equal(order.id, String(raw.orderId));
  assert.equal(order.clientOrderId, raw.clientOrderId);
  assert.equal(order.symbol, SYMBOL);
  assert.equal(order.status, STATUSES[raw.status]);
  assert.equal(order.side, raw.side.toLowerCase());
  assert.equal(order.amount, Number(raw.origQty));
  assert.equal(order.filled, Number(raw.executedQty));
  assert.equal(order.cost, Number(raw.cummulativeQuoteQty));
  if (raw.type !== 'MARKET') {
    assert.equal(order.price, Number(raw.price));
  }
}

// The fills inside an answer to a new order say less than own trades do.
function assertFills(fills, raw) {
  assert.deepEqual(
    fills.map(({ id, price, amount, fee }) => ({ id, price, amount, ...fee })),
    raw.map((one) => ({ id: String(one.id), price: Number(one.price), amount: Number(one.qty),
      cost: Number(one.commission), currency: one.commissionAsset })));
}

function assertTrades(trades, raw) {
  assert.deepEqual(
    [...trades].sort(byId).map(({ id, order, side, price, amount, cost, fee, takerOrMaker }) => (
      { id, order, side, price, amount, cost, fee: { cost: fee.cost, currency: fee.currency },
        takerOrMaker })),
    [...raw].sort(byId).map((one) => ({ id: String(one.id), order: String(one.orderId),
      side: one.isBuyer ? 'buy' : 'sell', price: Number(one.price), amount: Number(one.qty),
      cost: Number(one.quoteQty),
      fee: { cost: Number(one.commission), currency: one.commissionAsset },
      takerOrMaker: one.isMaker ? 'maker' : 'taker' })));
}

// Total of each asset, in units.
export async function holdings() {
  const account = await askSigned('/api/v3/account');
  return Object.fromEntries(account.balances.map((one) =>
    [one.asset, units(one.free) + units(one.locked)]));
}

function addRestingCases(trader) {
  test('orders: fetchBalance equals the account', async () => {
    const balance = await trader.fetchBalance();
    const account = await askSigned('/api/v3/account');
    assert.ok(account.balances.length >= 4);
    for (const { asset, free, locked } of account.balances) {
      assert.equal(balance.free[asset], Number(free));
      assert.equal(balance.used[asset], Number(locked));
    }
  });

  test('orders: a limit order rests, locks money, is found and canceled', async () => {
    const price = await restingPrice(trader);
    const order = await trader.createOrder(SYMBOL, 'limit', 'buy', 0.01, price);
    assertOrder(order, await rawOrder(order.id));
    assert.equal(order.status, 'open');
    assert.equal(order.timeInForce, 'GTC');
    const used = (await trader.fetchBalance()).used.USDT;
    assert.equal(used, Number((price * 0.01).toFixed(8)));
    const open = await trader.fetchOpenOrders(SYMBOL);
    assert.deepEqual(open.map((one) => one.id), [order.id]);
    assertOrder(open[0], await rawOrder(order.id));
    assertOrder(await trader.fetchOrder(order.id, SYMBOL), await rawOrder(order.id));
    const canceled = await trader.cancelOrder(order.id, SYMBOL);
    assert.equal(canceled.status, 'canceled');
    assertOrder(await trader.fetchOrder(order.id, SYMBOL), await rawOrder(order.id));
    assert.deepEqual(await trader.fetchOpenOrders(SYMBOL), []);
    assert.equal((await trader.fetchBalance()).used.USDT, 0);
  });

  test('orders: a client order id of ours names the order', async () => {
    const clientOrderId = `interop-${Date.now()}`;
    const order = await trader.createOrder(SYMBOL, 'limit', 'sell', 0.01,
      Number(trader.priceToPrecision(SYMBOL, (await topOfBook()).ask * 1.2)), { clientOrderId });
    assert.equal(order.clientOrderId, clientOrderId);
    const found = await trader.fetchOrder(undefined, SYMBOL, { clientOrderId });
    assert.equal(found.id, order.id);
    const canceled = await trader.cancelOrder(undefined, SYMBOL, { clientOrderId });
    assert.equal(canceled.id, order.id);
    assert.equal(canceled.status, 'canceled');
  });

  test('orders: a post-only order rests, and is refused where it would take', async () => {
    const price = await restingPrice(trader);
    const order = await trader.createOrder(SYMBOL, 'limit', 'buy', 0.01, price, { postOnly: true });
    assert.equal(order.status, 'open');
    assert.equal(order.postOnly, true);
    assert.equal((await rawOrder(order.id)).type, 'LIMIT_MAKER');
    await trader.cancelOrder(order.id, SYMBOL);
    const { ask: bestAsk } = await topOfBook();
    await throwsFromVenue(() => trader.createOrder(SYMBOL, 'limit', 'buy', 0.01,
      Number(trader.priceToPrecision(SYMBOL, bestAsk * 1.01)), { postOnly: true }),
    ccxt.OrderImmediatelyFillable, /immediately match/);
  });

  test('orders: editOrder replaces the order', async () => {
    const price = await restingPrice(trader);
    const order = await trader.createOrder(SYMBOL, 'limit', 'buy', 0.01, price);
    const edited = await trader.editOrder(order.id, SYMBOL, 'limit', 'buy', 0.02, price);
    assert.notEqual(edited.id, order.id);
    assert.equal(edited.amount, 0.02);
    assert.equal((await rawOrder(order.id)).status, 'CANCELED');
    assertOrder(edited, await rawOrder(edited.id));
    await trader.cancelOrder(edited.id, SYMBOL);
  });

  test('orders: cancelAllOrders leaves none', async () => {
    const price = await restingPrice(trader);
    for (const amount of [0.01, 0.02, 0.03]) {
      await trader.createOrder(SYMBOL, 'limit', 'buy', amount, price);
    }
    assert.equal((await trader.fetchOpenOrders(SYMBOL)).length, 3);
    const canceled = await trader.cancelAllOrders(SYMBOL);
    assert.deepEqual(canceled.map((one) => one.status), ['canceled', 'canceled', 'canceled']);
    assert.deepEqual(await askSigned('/api/v3/openOrders', { symbol: ID }), []);
  });

  test('orders: a stop order waits for its trigger', async () => {
    const { bid } = await topOfBook();
    const at = (factor) => Number(trader.priceToPrecision(SYMBOL, bid * factor));
    const order = await trader.createOrder(SYMBOL, 'limit', 'sell', 0.01, at(0.8),
      { stopLossPrice: at(0.85) });
    const raw = await rawOrder(order.id);
    assert.equal(raw.type, 'STOP_LOSS_LIMIT');
    assert.equal(Number(raw.stopPrice), at(0.85));
    const found = await trader.fetchOrder(order.id, SYMBOL);
    assert.equal(found.status, 'open');
    assert.equal(found.stopPrice ?? found.triggerPrice, at(0.85));
    await trader.cancelOrder(order.id, SYMBOL);
  });
}

function addFillingCases(trader) {
  test('orders: a market buy moves exactly what its fills say', async () => {
    const before = await holdings();
    const order = await trader.createOrder(SYMBOL, 'market', 'buy', 0.05);
    const after = await holdings();
    const fills = await rawTrades(order.id);
    assert.equal(order.status, 'closed');
    assert.equal(order.filled, 0.05);
    assertOrder(order, await rawOrder(order.id));
    assertFills(order.trades, fills);
    assert.ok(fills.every((one) => one.commissionAsset === 'BTC' && !one.isMaker));
    assert.equal(sum(fills.map((one) => units(one.qty))), units('0.05'));
    for (const one of fills) {
      assert.equal(units(one.quoteQty), product(units(one.price), units(one.qty)));
    }
    const fees = sum(fills.map((one) => units(one.commission)));
    assert.equal(after.BTC - before.BTC, units('0.05') - fees);
    assert.equal(before.USDT - after.USDT, sum(fills.map((one) => units(one.quoteQty))));
  });

  test('orders: a market buy by cost spends no more than that', async () => {
    const order = await trader.createMarketBuyOrderWithCost(SYMBOL, 1000);
    const raw = await rawOrder(order.id);
    assert.equal(raw.origQuoteOrderQty, '1000.00000000');
    assert.ok(order.cost <= 1000 && order.cost > 990, String(order.cost));
    assertOrder(order, raw);
  });

  test('orders: a market sell pays its fee in what it gets', async () => {
    const before = await holdings();
    const order = await trader.createOrder(SYMBOL, 'market', 'sell', 0.03);
    const after = await holdings();
    const fills = await rawTrades(order.id);
    assert.equal(before.BTC - after.BTC, units('0.03'));
    assert.equal(after.USDT - before.USDT,
      sum(fills.map((one) => units(one.quoteQty) - units(one.commission))));
  });

  test('orders: IOC takes what is there, FOK all or nothing', async () => {
    // More than there is up to this price. All or nothing goes first: what IOC takes is missing in
    // the balance then.
    const buy = async (timeInForce) => trader.createOrder(SYMBOL, 'limit', 'buy', 12,
      Number(trader.priceToPrecision(SYMBOL, (await topOfBook()).ask * 1.0005)), { timeInForce });
    const fok = await buy('FOK');
    assert.equal(fok.status, 'expired');
    assert.equal(fok.filled, 0);
    const ioc = await eventually('an offer that is still there', async () => {
      const order = await buy('IOC');
      return order.filled > 0 && order;
    });
    const raw = await rawOrder(ioc.id);
    assert.equal(raw.status, 'EXPIRED');
    assert.equal(ioc.status, 'expired');
    assert.ok(ioc.filled < 12, String(ioc.filled));
    assertOrder(ioc, raw);
    const small = await trader.createOrder(SYMBOL, 'limit', 'sell', 0.01,
      await restingPrice(trader), { timeInForce: 'FOK' });
    assert.equal(small.status, 'closed');
  });

  test('orders: a limit order takes, rests as maker, and is filled by others', async () => {
    const { bid, ask: bestAsk } = await topOfBook();
    const price = Number(trader.priceToPrecision(SYMBOL, (bid + bestAsk) / 2));
    const order = await trader.createOrder(SYMBOL, 'limit', 'buy', 0.002, price);
    const trades = await eventually('a fill by a background trader', async () => {
      const list = await rawTrades(order.id);
      return list.length > 0 && list;
    }, 45_000);
    const raw = await rawOrder(order.id);
    assert.ok(['PARTIALLY_FILLED', 'FILLED'].includes(raw.status), raw.status);
    assert.equal(trades[0].isBuyer, true);
    if (raw.status !== 'FILLED') {
      await trader.cancelOrder(order.id, SYMBOL).catch(() => {});
    }
    assertTrades(await trader.fetchMyTrades(SYMBOL, undefined, undefined, { orderId: order.id }),
      await rawTrades(order.id));
  });

  test('orders: fetchOrders and fetchMyTrades are the whole history', async () => {
    const orders = await trader.fetchOrders(SYMBOL);
    const rawOrders = await askSigned('/api/v3/allOrders', { symbol: ID });
    assert.ok(orders.length >= 12, String(orders.length));
    assert.equal(orders.length, rawOrders.length);
    orders.sort(byId).forEach((order, index) => assertOrder(order, rawOrders[index]));
    const trades = await askSigned('/api/v3/myTrades', { symbol: ID });
    assertTrades(await trader.fetchMyTrades(SYMBOL), trades);
    const executed = Object.fromEntries(rawOrders.map((one) => [one.orderId, 0n]));
    trades.forEach((one) => { executed[one.orderId] += units(one.qty); });
    rawOrders.forEach((one) => assert.equal(executed[one.orderId], units(one.executedQty)));
  });

  test('orders: fetchTradingFee is what fills pay', async () => {
    const fee = await trader.fetchTradingFee(SYMBOL);
    const [trade] = await trader.fetchMyTrades(SYMBOL, undefined, 1);
    assert.equal(fee.symbol, SYMBOL);
    assert.ok(fee.maker > 0 && fee.taker > 0);
    const base = trade.side === 'buy' ? trade.amount : trade.cost;
    const rate = trade.takerOrMaker === 'maker' ? fee.maker : fee.taker;
    assert.ok(Math.abs(trade.fee.cost - base * rate) < 1e-8, JSON.stringify(trade.fee));
  });
}

function addWebSocketCases(trader) {
  test('orders: placed, found and canceled over the WebSocket API', async () => {
    const price = await restingPrice(trader);
    const order = await trader.createOrderWs(SYMBOL, 'limit', 'buy', 0.01, price);
    assertOrder(order, await rawOrder(order.id));
    const open = await trader.fetchOpenOrdersWs(SYMBOL);
    assert.deepEqual(open.map((one) => one.id), [order.id]);
    assertOrder(await trader.fetchOrderWs(order.id, SYMBOL), await rawOrder(order.id));
    const edited = await trader.editOrderWs(order.id, SYMBOL, 'limit', 'buy', 0.02, price);
    assert.equal((await rawOrder(edited.id)).origQty, '0.02000000');
    const canceled = await trader.cancelOrderWs(edited.id, SYMBOL);
    assert.equal(canceled.status, 'canceled');
    // ccxt does not parse a spot account here: its `info` is what the venue said.
    const { balances } = (await trader.fetchBalanceWs()).info;
    assert.deepEqual(balances, (await askSigned('/api/v3/account')).balances);
    assertTrades(await trader.fetchMyTradesWs(SYMBOL), await askSigned('/api/v3/myTrades',
      { symbol: ID }));
  });
}

export function addOrderCases(trader) {
  addRestingCases(trader);
  addFillingCases(trader);
  addWebSocketCases(trader);
}
