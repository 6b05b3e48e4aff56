// ccxt's own books of each symbol, kept by its own rules, against the venue's depth.
import assert from 'node:assert/strict';
import { test, within } from './harness.mjs';
import { ask } from './venue.mjs';

const DEPTH = 1000;             // ccxt's snapshot; the books of the venue have fewer levels
const FEWEST = 20;             // levels a side; coarse ticks leave few
const COMPARISONS = 5;          // of each book
const ATTEMPTS = 40;            // for each comparison; a snapshot rarely falls between two changes

// Watches in the background. A gap in the ids, a bad message or a lost stream ends it with an error.
// `depthPath` is the venue's call for a whole book.
export async function startBooks(client, symbols, depthPath, updatesWanted) {
  const books = { client, symbols, depthPath, updatesWanted, updates: 0, firstIds: {}, error: null,
    isStopping: false };
  const apply = client.handleOrderBookMessage.bind(client);
  client.handleOrderBookMessage = (...args) => {
    books.updates += 1;
    return apply(...args);
  };
  await client.loadMarkets();
  books.reached = new Promise((done, fail) => {
    const watch = async (symbol) => {
      while (!books.isStopping) {
        const book = await client.watchOrderBook(symbol);
        books.firstIds[symbol] ??= book.nonce;
        if (books.updates >= updatesWanted) {
          done();
        }
      }
    };
    Promise.all(symbols.map(watch)).catch((error) => {
      if (!books.isStopping) {
        books.error = error;
        fail(error);
      }
    });
  });
  books.reached.catch(() => {});  // told by the case
  books.stop = async () => {
    books.isStopping = true;
    await client.close();
  };
  return books;
}

const numbers = (levels) => Array.from(levels, (level) => [Number(level[0]), Number(level[1])]);

// A depth answer and ccxt's book at the same last update id.
async function sameMoment(books, symbol) {
  for (let attempt = 0; attempt < ATTEMPTS; ++attempt) {
    await books.client.watchOrderBook(symbol);
    const depth = await ask(books.depthPath, { symbol: books.client.market(symbol).id, limit: DEPTH });
    const book = books.client.orderbooks[symbol];
    if (book.nonce === depth.lastUpdateId) {
      return { book, depth };
    }
  }
  throw new Error(`${symbol}: no depth at an update id of the stream in ${ATTEMPTS} attempts`);
}

export function addBookCases(books) {
  test(`books: equal the venue's after ${books.updatesWanted} updates`, async () => {
    await books.reached;
    for (const symbol of books.symbols) {
      for (let count = 0; count < COMPARISONS; ++count) {
        const { book, depth } = await within(sameMoment(books, symbol), 30_000, symbol);
        assert.ok(depth.bids.length >= FEWEST && depth.bids.length < DEPTH, `${depth.bids.length} bids`);
        assert.ok(depth.asks.length >= FEWEST && depth.asks.length < DEPTH, `${depth.asks.length} asks`);
        assert.deepEqual(numbers(book.bids), numbers(depth.bids));
        assert.deepEqual(numbers(book.asks), numbers(depth.asks));
      }
    }
    assert.equal(books.error, null);
    const moved = books.symbols.map((symbol) =>
      `${symbol} ${books.client.orderbooks[symbol].nonce - books.firstIds[symbol]}`);
    console.log(`     ${books.updates} messages applied; level changes: ${moved.join(', ')}`);
  }, 280_000);
}
