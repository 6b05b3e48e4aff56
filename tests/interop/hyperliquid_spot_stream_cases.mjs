// What ccxt's watch calls deliver of Hyperliquid's spot, against what the venue answers.
import assert from 'node:assert/strict';
import { eventually, test, within } from './harness.mjs';
import { assertOrder, balances, COIN, fills, orderStatus, priceAt, SYMBOL, topOfBook }
  from './hyperliquid_spot_venue.mjs';
import { isBookOf, subscribed } from './hyperliquid_venue.mjs';
import { byId } from './venue.mjs';

const WAIT_MS = 20_000;

function addPublicCases(onlooker) {
  test('hyper spot: watchOrderBook is a book of the venue, level by level', async () => {
    await eventually('a book that l2Book answers too', async () => {
      await within(onlooker.watchOrderBook(SYMBOL), WAIT_MS, 'watchOrderBook');
      const book = onlooker.orderbooks[SYMBOL];
      return isBookOf(COIN, book);
    });
  });

  test('hyper spot: watchTrades gives trades once, watchTicker and watchOHLCV its pair', async () => {
    const seen = [];
    while (seen.length < 5) {
      seen.push(...await within(onlooker.watchTrades(SYMBOL), WAIT_MS, 'watchTrades'));
    }
    assert.equal(new Set(seen.map((one) => one.id)).size, seen.length);
    assert.ok(seen.every((one) => one.symbol === SYMBOL));
    const ticker = await within(onlooker.watchTicker(SYMBOL), WAIT_MS, 'watchTicker');
    const { bid } = await topOfBook();
    assert.equal(ticker.symbol, SYMBOL);
    assert.ok(Math.abs(ticker.last / bid - 1) < 0.02, `${ticker.last} ${bid}`);
    const candles = await within(onlooker.watchOHLCV(SYMBOL, '1m'), WAIT_MS, 'watchOHLCV');
    const [openTime, open, high, low, close] = candles.at(-1);
    assert.equal(openTime % 60_000, 0);
    assert.ok(low <= open && open <= high && low <= close && close <= high);
  });
}

function addPrivateCases(trader) {
  test('hyper spot: watchOrders follows an order from open to canceled', async () => {
    const pending = within(trader.watchOrders(SYMBOL), WAIT_MS, 'watchOrders');
    const price = await priceAt(trader, 0.9);
    await subscribed(trader);
    const order = await trader.createOrder(SYMBOL, 'limit', 'buy', 1, price);
    await pending;
    const seen = () => trader.orders?.find((one) => one.id === order.id);
    await eventually('the order', async () => seen()?.status === 'open');
    assertOrder(seen(), (await orderStatus(order.id)).order);
    await trader.cancelOrder(order.id, SYMBOL);
    await eventually('its end', async () => seen().status === 'canceled');
  });

  test('hyper spot: watchMyTrades and watchBalance tell what a fill did', async () => {
    const watches = [trader.watchMyTrades(SYMBOL), trader.watchBalance({ type: 'spot' })];
    const order = await trader.createOrder(SYMBOL, 'market', 'buy', 1.5, (await topOfBook()).bid);
    await within(Promise.all(watches), WAIT_MS, 'the watches');
    const raw = await fills(order.id);
    const streamed = await eventually('every fill', async () => {
      const list = Array.from(trader.myTrades).filter((one) => one.order === order.id);
      return list.length === raw.length && list;
    });
    // Without the currency of the fee: ccxt takes every fee of this stream for USDC.
    assert.deepEqual(
      streamed.map(({ id, price, amount, fee }) => ({ id, price, amount, fee: fee.cost }))
        .sort(byId),
      raw.map((one) => ({ id: String(one.tid), price: Number(one.px), amount: Number(one.sz),
        fee: Number(one.fee) })).sort(byId));
    await eventually('the balance', async () => {
      const { HYPE, USDC } = await within(trader.watchBalance({ type: 'spot' }), WAIT_MS,
        'watchBalance');
      const of = async (coin) => Number((await balances()).find((one) => one.coin === coin).total);
      return HYPE.total === await of('HYPE') && USDC.total === await of('USDC');
    });
  });
}

function addWebSocketCases(trader) {
  test('hyper spot: orders are placed, edited and canceled over the WebSocket', async () => {
    const price = await priceAt(trader, 0.9);
    const order = await trader.createOrderWs(SYMBOL, 'limit', 'buy', 1, price);
    assert.equal((await orderStatus(order.id)).order.status, 'open');
    const edited = await trader.editOrderWs(order.id, SYMBOL, 'limit', 'buy', 2, price);
    assert.equal((await orderStatus(edited.id)).order.order.sz, '2.0');
    await trader.cancelOrderWs(edited.id, SYMBOL);
    assert.equal((await orderStatus(edited.id)).order.status, 'canceled');
  });
}

export function addHyperliquidSpotStreamCases(trader, onlooker) {
  addPublicCases(onlooker);
  addPrivateCases(trader);
  addWebSocketCases(trader);
}
