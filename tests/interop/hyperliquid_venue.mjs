// Two ways to the simulated Hyperliquid: ccxt, unchanged but for its URLs, and plain reads. An
// address has 1,200 of weight a minute, which ccxt knows how to share out among its own requests:
// plain reads come from another address of the loopback.
import assert from 'node:assert/strict';
import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { isDeepStrictEqual } from 'node:util';
import ccxt from 'ccxt';
import { eventually } from './harness.mjs';

const BASE = process.env.INTEROP_URL;
// Documented with the simulated venue; it opens nothing else.
export const WALLET = {
  walletAddress: '0x14791697260e4c9a71f18484c9f997b308e59325',
  privateKey: '0x0123456789012345678901234567890123456789012345678901234567890123',
};
export const STRANGER = {
  walletAddress: '0x14791697260e4c9a71f18484c9f997b308e59325',
  privateKey: `0x${'3'.repeat(64)}`,
};

export async function makeClient(config = {}) {
  const client = new ccxt.pro.hyperliquid(config);
  client.urls.api.public = BASE;
  client.urls.api.private = BASE;
  client.urls.api.ws.public = `${BASE.replace(/^http/, 'ws')}/ws`;
  await client.loadHttpProxyAgent();  // ccxt wants it before any ws:// URL
  return client;
}

// The venue tells orders from the subscription on, which ccxt sends once it is connected.
export async function subscribed(client) {
  await eventually('the connection', async () =>
    Object.values(client.clients).some((one) => one.connection && one.isOpen()));
  await new Promise((done) => setTimeout(done, 500));
}

const { request } = BASE.startsWith('https:') ? https : http;

export async function info(type, params = {}) {
  const response = await new Promise((answered, failed) => {
    request(`${BASE}/info`, { method: 'POST', localAddress: '127.0.0.2',
      headers: { 'Content-Type': 'application/json' } }, answered)
      .on('error', failed).end(JSON.stringify({ type, ...params }));
  });
  const body = await text(response);
  if (response.statusCode !== 200) {
    throw new Error(`${type} was answered ${response.statusCode} ${body}`);
  }
  return JSON.parse(body);
}

const user = WALLET.walletAddress;
export const accountState = () => info('clearinghouseState', { user });
export const orderStatus = (id) => info('orderStatus', { user, oid: Number(id) });
export const fills = async (id) =>
  (await info('userFills', { user })).filter((one) => String(one.oid) === id);
export const holding = async (coin) =>
  (await accountState()).assetPositions.map((one) => one.position).find((one) => one.coin === coin);

export async function topOfBook(coin = 'BTC') {
  const [bids, asks] = (await info('l2Book', { coin })).levels;
  return { bid: Number(bids[0].px), ask: Number(asks[0].px) };
}

export const priceAt = async (client, symbol, factor) =>
  Number(client.priceToPrecision(symbol, (await topOfBook()).bid * factor));

const STATUSES = { open: 'open', filled: 'closed', canceled: 'canceled' };

// What ccxt tells of an order, against the venue's own record of it.
export function assertOrder(order, symbol, { order: raw, status }) {
  assert.equal(order.id, String(raw.oid));
  assert.equal(order.symbol, symbol);
  assert.equal(order.status, STATUSES[status]);
  assert.equal(order.side, raw.side === 'B' ? 'buy' : 'sell');
  assert.equal(order.price, Number(raw.limitPx));
  assert.equal(order.amount, Number(raw.origSz));
  assert.equal(order.remaining, Number(raw.sz));
  assert.equal(order.timestamp, raw.timestamp);
}

export async function told(id) {
  const answer = await orderStatus(id);
  assert.equal(answer.status, 'order', JSON.stringify(answer));
  return answer.order;
}

// Whether the book that a client keeps is what the venue answers now.
export async function isBookOf(coin, { bids, asks }) {
  const levels = (side) => side.map((one) => [Number(one.px), Number(one.sz)]);
  const answer = await info('l2Book', { coin });
  const kept = [bids, asks].map((side) => Array.from(side, (level) => [level[0], level[1]]));
  assert.ok(kept[0][0][0] < kept[1][0][0]);
  return isDeepStrictEqual(kept, answer.levels.map(levels));
}
