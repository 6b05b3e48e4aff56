// What ccxt's watch calls deliver of Hyperliquid, against what the venue answers.
import assert from 'node:assert/strict';
import { eventually, test, within } from './harness.mjs';
import { assertOrder } from './hyperliquid_order_cases.mjs';
import { accountState, fills, info, isBookOf, orderStatus, priceAt, subscribed, topOfBook }
  from './hyperliquid_venue.mjs';
import { byId } from './venue.mjs';

const SYMBOL = 'BTC/USDC:USDC';
const WAIT_MS = 20_000;

function addPublicCases(onlooker) {
  test('hyper: watchOrderBook is a book of the venue, level by level', async () => {
    for (let count = 0; count < 3; ++count) {
      await eventually('a book that l2Book answers too', async () => {
        await within(onlooker.watchOrderBook(SYMBOL), WAIT_MS, 'watchOrderBook');
        const book = onlooker.orderbooks[SYMBOL];
        assert.equal(book.bids.length, 20);
        return isBookOf('BTC', book);
      });
    }
  });

  test('hyper: watchTrades gives trades once, watchTicker and watchOHLCV one market', async () => {
    const seen = [];
    while (seen.length < 5) {
      seen.push(...await within(onlooker.watchTrades(SYMBOL), WAIT_MS, 'watchTrades'));
    }
    assert.equal(new Set(seen.map((one) => one.id)).size, seen.length);
    const [told, known] = await eventually('a trade among the ten of recentTrades', async () => {
      const [newest] = await within(onlooker.watchTrades(SYMBOL), WAIT_MS, 'watchTrades');
      const recent = await info('recentTrades', { coin: 'BTC' });
      const same = recent.find((one) => String(one.tid) === newest.id);
      return same && [newest, same];
    });
    assert.deepEqual([told.price, told.amount, told.side],
      [Number(known.px), Number(known.sz), known.side === 'B' ? 'buy' : 'sell']);
    const ticker = await within(onlooker.watchTicker(SYMBOL), WAIT_MS, 'watchTicker');
    const { bid } = await topOfBook();
    assert.ok(Math.abs(ticker.last / bid - 1) < 0.02, `${ticker.last} ${bid}`);
    const candles = await within(onlooker.watchOHLCV(SYMBOL, '1m'), WAIT_MS, 'watchOHLCV');
    const [openTime, open, high, low, close] = candles.at(-1);
    assert.equal(openTime % 60_000, 0);
    assert.ok(low <= open && open <= high && low <= close && close <= high);
  });
}

function addPrivateCases(trader) {
  test('hyper: watchOrders follows an order from open to canceled', async () => {
    const pending = within(trader.watchOrders(SYMBOL), WAIT_MS, 'watchOrders');
    const price = await priceAt(trader, SYMBOL, 0.9);
    await subscribed(trader);
    const order = await trader.createOrder(SYMBOL, 'limit', 'buy', 0.01, price);
    await pending;
    const seen = () => trader.orders?.find((one) => one.id === order.id);
    await eventually('the order', async () => seen()?.status === 'open');
    assertOrder(seen(), (await orderStatus(order.id)).order);
    await trader.cancelOrder(order.id, SYMBOL);
    await eventually('its end', async () => seen().status === 'canceled');
  });

  test('hyper: watchMyTrades, watchPositions and watchBalance tell what a fill did', async () => {
    const watches = [trader.watchMyTrades(SYMBOL), trader.watchBalance(),
      trader.watchPositions([SYMBOL])];
    const order = await trader.createOrder(SYMBOL, 'market', 'buy', 0.02, (await topOfBook()).bid);
    await within(Promise.all(watches), WAIT_MS, 'the watches');
    const raw = await fills(order.id);
    const streamed = await eventually('every fill', async () => {
      const list = Array.from(trader.myTrades).filter((one) => one.order === order.id);
      return list.length === raw.length && list;
    });
    assert.deepEqual(
      streamed.map(({ id, price, amount, side, fee }) => (
        { id, price, amount, side, fee: fee.cost })).sort(byId),
      raw.map((one) => ({ id: String(one.tid), price: Number(one.px), amount: Number(one.sz),
        side: 'buy', fee: Number(one.fee) })).sort(byId));
    const held = await eventually('the position', async () => {
      const list = await within(trader.watchPositions([SYMBOL]), WAIT_MS, 'watchPositions');
      return list.find((one) => one.symbol === SYMBOL && one.contracts === 0.02);
    });
    assert.equal(held.side, 'long');
    const { assetPositions } = await accountState();
    assert.equal(held.entryPrice, Number(assetPositions[0].position.entryPx));
    await eventually('the balance', async () => {
      const balance = await within(trader.watchBalance(), WAIT_MS, 'watchBalance');
      const { marginSummary } = await accountState();
      return Math.abs(balance.USDC.total - marginSummary.accountValue) < 20
        && balance.USDC.used > 0;
    });
    await trader.createOrder(SYMBOL, 'market', 'sell', 0.02, (await topOfBook()).bid,
      { reduceOnly: true });
    assert.deepEqual((await accountState()).assetPositions, []);
  });
}

function addWebSocketCases(trader) {
  test('hyper: orders are placed, edited and canceled over the WebSocket', async () => {
    const price = await priceAt(trader, SYMBOL, 0.9);
    const order = await trader.createOrderWs(SYMBOL, 'limit', 'buy', 0.01, price);
    assert.equal((await orderStatus(order.id)).order.status, 'open');
    const edited = await trader.editOrderWs(order.id, SYMBOL, 'limit', 'buy', 0.02, price);
    assert.equal((await orderStatus(edited.id)).order.order.sz, '0.02');
    await trader.cancelOrderWs(edited.id, SYMBOL);
    assert.equal((await orderStatus(edited.id)).order.status, 'canceled');
  });
}

export function addHyperliquidStreamCases(trader, onlooker) {
  addPublicCases(onlooker);
  addPrivateCases(trader);
  addWebSocketCases(trader);
}
