// Orders, balances and transfers of Hyperliquid's spot: money adds up exactly.
import assert from 'node:assert/strict';
import ccxt from 'ccxt';
import { test, throwsFromVenue } from './harness.mjs';
import { assertOrder, balanceOf, balances, fills, HYPE, info, priceAt, SYMBOL, told,
  topOfBook, USDC } from './hyperliquid_spot_venue.mjs';
import { WALLET } from './hyperliquid_venue.mjs';
import { byId, product, sum, units } from './venue.mjs';

const TAKER_FEE = units('0.0007');

// A market order needs a price, from which ccxt makes its limit.
const market = async (trader, side, amount) =>
  trader.createOrder(SYMBOL, 'market', side, amount, (await topOfBook()).bid);

function addBalanceCases(trader) {
  test('hyper spot: fetchBalance is what the account has and holds', async () => {
    const order = await trader.createOrder(SYMBOL, 'limit', 'sell', 2.5, await priceAt(trader, 1.1));
    const balance = await trader.fetchBalance({ type: 'spot' });
    for (const raw of await balances()) {
      const code = raw.coin === 'UBTC' ? 'BTC' : raw.coin;
      assert.equal(balance[code].total, Number(raw.total));
      assert.equal(balance[code].used, Number(raw.hold));
    }
    assert.equal(balance.HYPE.used, 2.5);
    await trader.cancelOrder(order.id, SYMBOL);
    assert.equal((await trader.fetchBalance({ type: 'spot' })).HYPE.used, 0);
  });

  test('hyper spot: a transfer moves USDC to the collateral and back', async () => {
    const value = async () => units((await info('clearinghouseState',
      { user: WALLET.walletAddress })).marginSummary.accountValue);
    const [spot, swap] = [(await balanceOf(USDC)).total, await value()];
    await trader.transfer('USDC', 12.5, 'spot', 'swap');
    assert.deepEqual([(await balanceOf(USDC)).total, await value()],
      [spot - units('12.5'), swap + units('12.5')]);
    await trader.transfer('USDC', 12.5, 'swap', 'spot');
    assert.deepEqual([(await balanceOf(USDC)).total, await value()], [spot, swap]);
    await throwsFromVenue(() => trader.transfer('USDC', 10_000_000, 'spot', 'swap'),
      ccxt.InsufficientFunds, /Insufficient balance/);
  });
}

function addRestingCases(trader) {
  test('hyper spot: a limit order rests, is found and canceled', async () => {
    const price = await priceAt(trader, 0.9);
    const order = await trader.createOrder(SYMBOL, 'limit', 'buy', 1.25, price);
    const [open] = await trader.fetchOpenOrders(SYMBOL);
    assert.equal(open.id, order.id);
    assertOrder(open, await told(order.id));
    assertOrder(await trader.fetchOrder(order.id, SYMBOL), await told(order.id));
    assert.equal((await balanceOf(USDC)).hold, product(units(price), units('1.25')));
    await trader.cancelOrder(order.id, SYMBOL);
    assertOrder(await trader.fetchOrder(order.id, SYMBOL), await told(order.id));
    assert.equal((await balanceOf(USDC)).hold, 0n);
    await throwsFromVenue(() => trader.cancelOrder(order.id, SYMBOL), ccxt.OrderNotFound,
      /never placed, already canceled, or filled/);
  });

  test('hyper spot: editOrder replaces the order and what it holds', async () => {
    const price = await priceAt(trader, 0.9);
    const order = await trader.createOrder(SYMBOL, 'limit', 'buy', 1, price);
    const edited = await trader.editOrder(order.id, SYMBOL, 'limit', 'buy', 2, price);
    assert.notEqual(edited.id, order.id);
    assert.equal((await told(order.id)).status, 'canceled');
    assert.equal((await balanceOf(USDC)).hold, product(units(price), units('2')));
    await trader.cancelOrder(edited.id, SYMBOL);
  });

  test('hyper spot: a client order id of ours names the order', async () => {
    const clientOrderId = `0x${Date.now().toString(16).padStart(32, '0')}`;
    const order = await trader.createOrder(SYMBOL, 'limit', 'buy', 1, await priceAt(trader, 0.9),
      { clientOrderId });
    const found = await trader.fetchOrder(undefined, SYMBOL, { clientOrderId });
    assert.deepEqual([found.id, found.clientOrderId], [order.id, clientOrderId]);
    await trader.cancelOrder(undefined, SYMBOL, { clientOrderId });
    assert.equal((await told(order.id)).status, 'canceled');
  });

  test('hyper spot: createOrders places a batch, cancelOrders leaves none', async () => {
    const price = await priceAt(trader, 0.9);
    const orders = await trader.createOrders([1, 2, 3].map((amount) => (
      { symbol: SYMBOL, type: 'limit', side: 'buy', amount, price })));
    const open = await trader.fetchOpenOrders(SYMBOL);
    assert.deepEqual(open.map((one) => one.id).sort(), orders.map((one) => one.id).sort());
    await trader.cancelOrders(open.map((one) => one.id), SYMBOL);
    assert.deepEqual(await trader.fetchOpenOrders(SYMBOL), []);
  });
}

function addRefusalCases(trader) {
  test('hyper spot: too little balance is InsufficientFunds', async () => {
    await throwsFromVenue(async () => trader.createOrder(SYMBOL, 'limit', 'sell', 10_000,
      await priceAt(trader, 1.1)), ccxt.InsufficientFunds, /Insufficient spot balance/);
    await throwsFromVenue(async () => trader.createOrder(SYMBOL, 'limit', 'buy', 10_000,
      await priceAt(trader, 0.9)), ccxt.InsufficientFunds, /Insufficient spot balance/);
  });

  test('hyper spot: too small a value is refused in the quote', async () => {
    await throwsFromVenue(async () => trader.createOrder(SYMBOL, 'limit', 'buy', 0.1,
      await priceAt(trader, 0.95)), ccxt.ExchangeError, /minimum value of 10 USDC/);
  });

  test('hyper spot: a post-only order is an InvalidOrder where it would take', async () => {
    const order = await trader.createOrder(SYMBOL, 'limit', 'buy', 1, await priceAt(trader, 0.9),
      { postOnly: true });
    assert.equal((await told(order.id)).order.tif, 'Alo');
    await trader.cancelOrder(order.id, SYMBOL);
    await throwsFromVenue(async () => trader.createOrder(SYMBOL, 'limit', 'buy', 1,
      await priceAt(trader, 1.03), { postOnly: true }), ccxt.InvalidOrder,
    /Post only order would have immediately matched/);
  });
}

function addFillCases(trader) {
  for (const side of ['buy', 'sell']) {
    test(`hyper spot: a market ${side} pays its fee in what it receives`, async () => {
      const before = [await balanceOf(HYPE), await balanceOf(USDC)].map((one) => one.total);
      const order = await market(trader, side, 2.5);
      assert.equal(order.filled, 2.5);
      const raw = await fills(order.id);
      const size = sum(raw.map((one) => units(one.sz)));
      const quote = sum(raw.map((one) => product(units(one.px), units(one.sz))));
      const fee = sum(raw.map((one) => units(one.fee)));
      assert.equal(size, units('2.5'));
      for (const one of raw) {
        const value = side === 'buy' ? units(one.sz) : product(units(one.px), units(one.sz));
        assert.equal(units(one.fee), product(value, TAKER_FEE));
        assert.deepEqual([one.feeToken, one.dir],
          side === 'buy' ? ['HYPE', 'Buy'] : ['USDC', 'Sell']);
      }
      const after = [await balanceOf(HYPE), await balanceOf(USDC)].map((one) => one.total);
      assert.deepEqual(after.map((one, index) => one - before[index]),
        side === 'buy' ? [size - fee, -quote] : [-size, quote - fee]);
    });
  }

  test('hyper spot: fetchMyTrades are the fills', async () => {
    const trades = await trader.fetchMyTrades(SYMBOL);
    const raw = await info('userFills', { user: WALLET.walletAddress });
    assert.ok(trades.length >= 2, String(trades.length));
    assert.deepEqual(
      trades.map(({ id, order, side, price, amount, fee, takerOrMaker }) => (
        { id, order, side, price, amount, fee: fee.cost, code: fee.currency, takerOrMaker }))
        .sort(byId),
      raw.map((one) => ({ id: String(one.tid), order: String(one.oid),
        side: one.side === 'B' ? 'buy' : 'sell', price: Number(one.px), amount: Number(one.sz),
        fee: Number(one.fee), code: one.feeToken,
        takerOrMaker: one.crossed ? 'taker' : 'maker' })).sort(byId));
  });
}

export function addHyperliquidSpotOrderCases(trader) {
  addBalanceCases(trader);
  addRestingCases(trader);
  addRefusalCases(trader);
  addFillCases(trader);
}
