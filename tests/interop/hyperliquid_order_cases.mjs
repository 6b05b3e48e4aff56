// Orders of Hyperliquid that rest, wait or are refused: ccxt's answers are the venue's own.
import assert from 'node:assert/strict';
import ccxt from 'ccxt';
import { test, throwsFromVenue } from './harness.mjs';
import * as venue from './hyperliquid_venue.mjs';
import { makeClient, priceAt, STRANGER, told } from './hyperliquid_venue.mjs';

const SYMBOL = 'BTC/USDC:USDC';
export const assertOrder = (order, record) => venue.assertOrder(order, SYMBOL, record);

function addRestingCases(trader) {
  test('hyper: a limit order rests, is found and canceled', async () => {
    const price = await priceAt(trader, SYMBOL, 0.9);
    const order = await trader.createOrder(SYMBOL, 'limit', 'buy', 0.01, price);
    const [open] = await trader.fetchOpenOrders(SYMBOL);
    assert.equal(open.id, order.id);
    assert.equal(open.price, price);
    assertOrder(open, await told(order.id));
    assertOrder(await trader.fetchOrder(order.id, SYMBOL), await told(order.id));
    await trader.cancelOrder(order.id, SYMBOL);
    const canceled = await trader.fetchOrder(order.id, SYMBOL);
    assert.equal(canceled.status, 'canceled');
    assertOrder(canceled, await told(order.id));
    await throwsFromVenue(() => trader.cancelOrder(order.id, SYMBOL), ccxt.OrderNotFound,
      /never placed, already canceled, or filled/);
  });

  test('hyper: editOrder replaces the order', async () => {
    const price = await priceAt(trader, SYMBOL, 0.9);
    const order = await trader.createOrder(SYMBOL, 'limit', 'buy', 0.01, price);
    const edited = await trader.editOrder(order.id, SYMBOL, 'limit', 'buy', 0.02, price + 10);
    assert.notEqual(edited.id, order.id);
    assert.equal((await told(order.id)).status, 'canceled');
    const { order: raw, status } = await told(edited.id);
    assert.deepEqual([status, Number(raw.sz), Number(raw.limitPx)], ['open', 0.02, price + 10]);
    await trader.cancelOrder(edited.id, SYMBOL);
  });

  test('hyper: a client order id of ours names the order', async () => {
    const clientOrderId = `0x${Date.now().toString(16).padStart(32, '0')}`;
    const price = await priceAt(trader, SYMBOL, 0.9);
    const order = await trader.createOrder(SYMBOL, 'limit', 'buy', 0.01, price, { clientOrderId });
    const found = await trader.fetchOrder(undefined, SYMBOL, { clientOrderId });
    assert.equal(found.id, order.id);
    assert.equal(found.clientOrderId, clientOrderId);
    await trader.cancelOrder(undefined, SYMBOL, { clientOrderId });
    assert.equal((await told(order.id)).status, 'canceled');
  });

  test('hyper: a post-only order rests, and is an InvalidOrder where it would take', async () => {
    const order = await trader.createOrder(SYMBOL, 'limit', 'buy', 0.01,
      await priceAt(trader, SYMBOL, 0.9), { postOnly: true });
    assert.equal((await told(order.id)).order.tif, 'Alo');
    assert.equal((await trader.fetchOrder(order.id, SYMBOL)).postOnly, true);
    await trader.cancelOrder(order.id, SYMBOL);
    await throwsFromVenue(async () => trader.createOrder(SYMBOL, 'limit', 'buy', 0.01,
      await priceAt(trader, SYMBOL, 1.03), { postOnly: true }), ccxt.InvalidOrder,
    /Post only order would have immediately matched/);
  });

  test('hyper: createOrders places a batch, cancelOrders leaves none', async () => {
    const price = await priceAt(trader, SYMBOL, 0.9);
    const orders = await trader.createOrders([0.01, 0.02, 0.03].map((amount) => (
      { symbol: SYMBOL, type: 'limit', side: 'buy', amount, price })));
    const open = await trader.fetchOpenOrders(SYMBOL);
    assert.deepEqual(open.map((one) => [one.id, one.amount]).sort(),
      orders.map((one, index) => [one.id, [0.01, 0.02, 0.03][index]]).sort());
    const canceled = await trader.cancelOrders(open.map((one) => one.id), SYMBOL);
    assert.equal(canceled.length, 3);
    assert.deepEqual(await trader.fetchOpenOrders(SYMBOL), []);
  });

  test('hyper: a stop waits for its trigger', async () => {
    const triggerPrice = await priceAt(trader, SYMBOL, 0.9);
    const stop = await trader.createOrder(SYMBOL, 'market', 'sell', 0.01, triggerPrice,
      { stopLossPrice: triggerPrice });
    const found = await trader.fetchOrder(stop.id, SYMBOL);
    assert.equal(found.status, 'open');
    assert.equal(found.triggerPrice, triggerPrice);
    assert.equal((await told(stop.id)).order.isTrigger, true);
    await trader.cancelOrder(stop.id, SYMBOL);
    assert.equal((await told(stop.id)).status, 'canceled');
  });
}

function addRefusalCases(trader) {
  test('hyper: an unknown order is an OrderNotFound', async () => {
    await throwsFromVenue(() => trader.cancelOrder('999999999', SYMBOL), ccxt.OrderNotFound,
      /never placed/);
    await throwsFromVenue(() => trader.fetchOrder('999999999', SYMBOL), ccxt.OrderNotFound,
      /unknownOid/);
  });

  test('hyper: too little margin is InsufficientFunds', async () => {
    await throwsFromVenue(async () => trader.createOrder(SYMBOL, 'limit', 'buy', 90,
      await priceAt(trader, SYMBOL, 0.95)), ccxt.InsufficientFunds, /Insufficient margin/);
  });

  test('hyper: too small a value is an InvalidOrder', async () => {
    await throwsFromVenue(async () => trader.createOrder(SYMBOL, 'limit', 'buy', 0.0001,
      await priceAt(trader, SYMBOL, 0.95)), ccxt.InvalidOrder, /minimum value of \$10/);
  });

  test('hyper: the signature of a stranger opens nothing', async () => {
    const stranger = await makeClient(STRANGER);
    stranger.setMarkets(trader.markets, trader.currencies);
    stranger.options.builderFee = false;
    stranger.options.approvedBuilderFee = true;
    await throwsFromVenue(async () => stranger.createOrder(SYMBOL, 'limit', 'buy', 0.01,
      await priceAt(trader, SYMBOL, 0.9)), ccxt.ExchangeError, /does not exist/);
    await stranger.close();
  });
}

export function addHyperliquidOrderCases(trader) {
  addRestingCases(trader);
  addRefusalCases(trader);
}
