// Plain reads of Hyperliquid's spot.
import { info, WALLET } from './hyperliquid_venue.mjs';
import { units } from './venue.mjs';

export { info };
export const SYMBOL = 'HYPE/USDC';
export const COIN = '@4';
export const HYPE = 3;  // its token
export const USDC = 0;

const user = WALLET.walletAddress;
export const orderStatus = (id) => info('orderStatus', { user, oid: Number(id) });
export const fills = async (id) =>
  (await info('userFills', { user })).filter((one) => String(one.oid) === id);
export const balances = async () => (await info('spotClearinghouseState', { user })).balances;

export async function balanceOf(token) {
  const { total, hold } = (await balances()).find((one) => one.token === token);
  return { total: units(total), hold: units(hold) };
}

export async function topOfBook() {
  const [bids, asks] = (await info('l2Book', { coin: COIN })).levels;
  return { bid: Number(bids[0].px), ask: Number(asks[0].px) };
}

export const priceAt = async (client, factor) =>
  Number(client.priceToPrecision(SYMBOL, (await topOfBook()).bid * factor));
