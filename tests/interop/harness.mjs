// The smallest test runner: named cases in order, a deadline on each, counts at the end.
import assert from 'node:assert/strict';

const CASE_MS = 60_000;
const cases = [];

export function test(name, body, deadlineMs = CASE_MS) {
  cases.push({ name, body, deadlineMs });
}

export function within(promise, deadlineMs, what) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`${what} took more than ${deadlineMs} ms`)), deadlineMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

// Awaits the call, and asserts that it throws this ccxt error because of these words of the venue.
export async function throwsFromVenue(call, error, words) {
  let thrown = null;
  try {
    await call();
  } catch (caught) {
    thrown = caught;
  }
  assert.ok(thrown, `expected ${error.name}, nothing was thrown`);
  assert.ok(thrown instanceof error,
    `expected ${error.name}, got ${thrown.constructor.name}: ${thrown.message}`);
  assert.match(thrown.message, words);
}

// Calls until the answer is truthy.
export async function eventually(what, call, deadlineMs = 20_000) {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const answer = await call();
    if (answer) {
      return answer;
    }
    assert.ok(Date.now() < end, `${what}: not within ${deadlineMs} ms`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

export async function runAll(only) {
  const counts = { passed: 0, failed: 0 };
  for (const { name, body, deadlineMs } of cases.filter((one) => one.name.includes(only))) {
    const start = Date.now();
    try {
      await within(body(), deadlineMs, 'the case');
      counts.passed += 1;
      console.log(`ok   ${name} (${Date.now() - start} ms)`);
    } catch (error) {
      counts.failed += 1;
      console.log(`FAIL ${name}\n${error.stack}`);
    }
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  return counts;
}
