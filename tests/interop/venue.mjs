// Two ways to the simulated venue: ccxt, unchanged but for its URLs, and plain requests that sign
// for themselves, as a second opinion on what the venue said.
import { createHmac } from 'node:crypto';
import ccxt from 'ccxt';

// Documented with the simulated venue; they open nothing else.
export const API_KEY = 'ColibriSimulatedVenueTestApiKey000000000000000000000000000000001';
export const API_SECRET = 'ColibriSimulatedVenueTestSecret000000000000000000000000000000001';
export const BASE = process.env.INTEROP_URL;

// Every URL of the client, with the venue's scheme, host and port. Stream URLs keep their host as
// first segment of the path: ccxt tells spot streams by "/stream" in the URL.
function pointed(urls) {
  if (typeof urls !== 'string') {
    return Object.fromEntries(Object.entries(urls).map(([key, url]) => [key, pointed(url)]));
  }
  const url = new URL(urls);
  const path = url.pathname === '/' ? '' : url.pathname;
  if (!url.protocol.startsWith('ws')) {
    return BASE + path;
  }
  const stream = url.hostname.startsWith('stream.') ? `/${url.hostname}` : '';
  return BASE.replace(/^http/, 'ws') + stream + path;
}

export async function makeClient(config = {}, Client = ccxt.pro.binance) {
  const client = new Client(config);
  client.urls.api = pointed(client.urls.api);
  await client.loadHttpProxyAgent();  // ccxt wants it before any ws:// URL
  return client;
}

export const makeTrader = (config = {}, Client = ccxt.pro.binance) =>
  makeClient({ apiKey: API_KEY, secret: API_SECRET, ...config }, Client);

async function answer(path, query, headers) {
  const response = await fetch(`${BASE}${path}?${query}`, { headers });
  const body = await response.json();
  if (response.status !== 200) {
    throw new Error(`GET ${path} was answered ${response.status} ${JSON.stringify(body)}`);
  }
  return body;
}

export const ask = (path, params = {}) => answer(path, new URLSearchParams(params), {});

export function askSigned(path, params = {}) {
  const query = new URLSearchParams({ ...params, timestamp: Date.now() }).toString();
  const signature = createHmac('sha256', API_SECRET).update(query).digest('hex');
  return answer(path, `${query}&signature=${signature}`, { 'X-MBX-APIKEY': API_KEY });
}

// Exact arithmetic on the venue's decimals: "1.50000000" is 150000000n.
export function units(text) {
  const [whole, fraction = ''] = String(text).split('.');
  return BigInt(whole + fraction.padEnd(8, '0'));
}

// Ids are numbers in text.
export const byId = (a, b) => Number(a.id) - Number(b.id);
export const sum = (values) => values.reduce((total, value) => total + value, 0n);
// a * b of two amounts in units, in units, truncated.
export const product = (a, b) => (a * b) / 100_000_000n;
