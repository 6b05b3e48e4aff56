// Plain reads of Hyperliquid's spot.
import * as venue from './hyperliquid_venue.mjs';
import { units } from './venue.mjs';

export { fills, info, orderStatus, told } from './hyperliquid_venue.mjs';
export const SYMBOL = 'HYPE/USDC';
export const COIN = '@4';
export const HYPE = 3;  // its token
export const USDC = 0;

export const balances = async () =>
  (await venue.info('spotClearinghouseState', { user: venue.WALLET.walletAddress })).balances;

export async function balanceOf(token) {
  const { total, hold } = (await balances()).find((one) => one.token === token);
  return { total: units(total), hold: units(hold) };
}

export const topOfBook = () => venue.topOfBook(COIN);
export const assertOrder = (order, record) => venue.assertOrder(order, SYMBOL, record);

export const priceAt = async (client, factor) =>
  Number(client.priceToPrecision(SYMBOL, (await topOfBook()).bid * factor));
