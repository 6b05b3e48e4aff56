// Each refusal of the venue becomes ccxt's error for it, by the venue's own code.
import assert from 'node:assert/strict';
import ccxt from 'ccxt';
import { test, throwsFromVenue, within } from './harness.mjs';
import { restingPrice } from './order_cases.mjs';
import { ask, askSigned, makeTrader } from './venue.mjs';

const SYMBOL = 'BTC/USDT';

async function withTrader(config, act) {
  const client = await makeTrader(config);
  try {
    await act(client);
  } finally {
    await client.close();
  }
}

// Public data need no signature: the markets come from a client that has loaded them.
async function withMarketsOf(trader, config, act) {
  await withTrader(config, async (client) => {
    client.setMarkets(trader.markets, trader.currencies);
    await act(client);
  });
}

// ccxt rejects a second, inner promise that nobody can await; it must be the same refusal.
async function withStrayRejections(act) {
  const strays = [];
  const keep = (error) => strays.push(error);
  process.on('unhandledRejection', keep);
  try {
    await act();
    await new Promise((done) => setTimeout(done, 50));
  } finally {
    process.off('unhandledRejection', keep);
  }
  strays.forEach((error) => assert.ok(error instanceof ccxt.AuthenticationError, String(error)));
}

export function addRefusalCases(trader) {
  test('refusals: a wrong signature is an AuthenticationError', async () => {
    await withMarketsOf(trader, { secret: 'not the secret' }, async (client) => {
      await throwsFromVenue(() => client.fetchBalance(), ccxt.AuthenticationError, /-1022/);
      await throwsFromVenue(() => client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 50_000),
        ccxt.AuthenticationError, /-1022/);
      await withStrayRejections(() => throwsFromVenue(
        () => within(client.watchOrders(SYMBOL), 20_000, 'watchOrders'),
        ccxt.AuthenticationError, /-1022/));
    });
  });

  test('refusals: an unknown key is an AuthenticationError', async () => {
    await withMarketsOf(trader, { apiKey: 'A'.repeat(64) }, async (client) => {
      await throwsFromVenue(() => client.fetchBalance(), ccxt.AuthenticationError, /-2015/);
    });
  });

  test('refusals: a clock that is behind is an InvalidNonce', async () => {
    await withMarketsOf(trader, {}, async (client) => {
      client.nonce = () => Date.now() - 60_000;
      await throwsFromVenue(() => client.fetchBalance(), ccxt.InvalidNonce, /-1021/);
    });
  });

  test('refusals: too small an order is an InvalidOrder, and leaves nothing', async () => {
    const price = await restingPrice(trader);
    await throwsFromVenue(() => trader.createOrder(SYMBOL, 'limit', 'buy', 0.000001, price),
      ccxt.InvalidOrder, /minimum amount/);  // ccxt's own rule, from the filters it has loaded
    const order = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', price };
    await throwsFromVenue(() => trader.privatePostOrder({ ...order, quantity: '0.000001' }),
      ccxt.InvalidOrder, /-1013.*LOT_SIZE/);
    // 0.5 USDT; of this filter ccxt knows only the number.
    await throwsFromVenue(() => trader.createOrder(SYMBOL, 'limit', 'buy', 0.00001, price),
      ccxt.BadRequest, /-1013.*NOTIONAL/);
    assert.deepEqual(await askSigned('/api/v3/openOrders'), []);
  });

  test('refusals: too little money is InsufficientFunds, and locks nothing', async () => {
    const price = await restingPrice(trader);
    await throwsFromVenue(() => trader.createOrder(SYMBOL, 'limit', 'buy', 100, price),
      ccxt.InsufficientFunds, /insufficient balance/);
    await throwsFromVenue(() => trader.createOrder(SYMBOL, 'market', 'sell', 900),
      ccxt.InsufficientFunds, /insufficient balance/);
    assert.equal((await trader.fetchBalance()).used.USDT, 0);
  });

  test('refusals: an unknown order is an OrderNotFound', async () => {
    await throwsFromVenue(() => trader.cancelOrder('999999999', SYMBOL), ccxt.OrderNotFound,
      /-2011/);
    await throwsFromVenue(() => trader.fetchOrder('999999999', SYMBOL), ccxt.OrderNotFound,
      /-2013/);
  });

  test('refusals: a client order id in use is refused', async () => {
    const price = await restingPrice(trader);
    const clientOrderId = `twice-${Date.now()}`;
    const order = await trader.createOrder(SYMBOL, 'limit', 'buy', 0.01, price, { clientOrderId });
    await throwsFromVenue(() => trader.createOrder(SYMBOL, 'limit', 'buy', 0.01, price,
      { clientOrderId }), ccxt.InvalidOrder, /-2010.*Duplicate/);
    await trader.cancelOrder(order.id, SYMBOL);
  });

  test('refusals: a price outside of the filters is an InvalidOrder', async () => {
    const price = await restingPrice(trader);
    await throwsFromVenue(() => trader.createOrder(SYMBOL, 'limit', 'buy', 0.01, price * 0.1),
      ccxt.InvalidOrder, /PERCENT_PRICE_BY_SIDE/);
    const order = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC',
      quantity: '0.01' };
    await throwsFromVenue(() => trader.privatePostOrder({ ...order, price: '50000.005' }),
      ccxt.InvalidOrder, /PRICE_FILTER/);
  });

  test('refusals: an unknown symbol is a BadSymbol', async () => {
    await throwsFromVenue(() => trader.publicGetDepth({ symbol: 'NOSUCH' }), ccxt.BadSymbol,
      /-1121/);
  });
}

// Uses up the weight of this minute: the last case.
export function addLimitCase(onlooker) {
  test('refusals: too much weight in a minute is a DDoSProtection with 429', async () => {
    const spend = async (limit) => {
      for (let call = 0; call < 60; ++call) {
        await ask('/api/v3/depth', { symbol: 'BTCUSDT', limit });
      }
    };
    const askThroughClient = () => onlooker.fetchOrderBook(SYMBOL, 100).then(() => null, (e) => e);
    let refusal = null;
    for (let minute = 0; minute < 3 && refusal === null; ++minute) {
      await assert.rejects(() => spend(5000), /429.*-1003/);  // 250 of 6,000 a call
      await assert.rejects(() => spend(100), /429.*-1003/);   // the rest, by 5
      refusal = await askThroughClient();  // null: a new minute began in between
    }
    assert.ok(refusal instanceof ccxt.DDoSProtection, String(refusal));
    assert.match(refusal.message, /429.*-1003/);
  });
}
