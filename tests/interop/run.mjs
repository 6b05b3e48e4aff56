// Starts a simulated venue for each client and transport, runs the client's cases against it, adds
// up.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = resolve(HERE, '../..');
const START_MS = 20_000;
const RUN_MS = 300_000;
const STOP_MS = 5_000;

// What `colibri sim` starts, and the cases that go against it. Fundings come often enough to see.
const SUITES = [
  { name: 'spot', venue: ['binance'], cases: 'binance_spot.mjs' },
  { name: 'usdm', venue: ['binance_perpetual', '--funding-interval', '10'],
    cases: 'binance_usdm.mjs' },
  { name: 'hyper', venue: ['hyperliquid_perpetual', '--funding-interval', '10'],
    cases: 'hyperliquid.mjs' },
  { name: 'hyperspot', venue: ['hyperliquid'], cases: 'hyperliquid_spot.mjs' },
];

const { values: options } = parseArgs({ options: {
  plain: { type: 'boolean', default: false },
  tls: { type: 'boolean', default: false },
  client: { type: 'string', default: '' },
  only: { type: 'string', default: '' },
  updates: { type: 'string', default: '2000' },
} });
const transports = ['plain', 'tls'].filter((name) => options[name] || !(options.plain || options.tls));
const suites = SUITES.filter(({ name }) => options.client === '' || options.client === name);
if (suites.length === 0) {
  console.error(`error: --client is one of ${SUITES.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
const program = resolve(process.env.COLIBRI ?? join(ROOT, 'build/release/bin/colibri'));
if (!existsSync(program)) {
  console.error(`error: there is no ${program}: build it with tools/dev build, or set COLIBRI`);
  process.exit(2);
}

const children = new Set();
const label = (suite, transport) => `${suite.name.padEnd(9)} ${transport.padEnd(5)}`;

function start(command, args, settings) {
  const child = spawn(command, args, settings);
  children.add(child);
  child.ended = new Promise((done) => child.once('close', (code, signal) => {
    children.delete(child);
    done(code ?? signal);
  }));
  return child;
}

// Asks politely, then not.
async function stop(child) {
  child.kill('SIGINT');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  const outcome = await child.ended;
  clearTimeout(timer);
  return outcome;
}

// Resolves to the address that the venue prints once it listens.
function startVenue(suite, transport, caFile) {
  const args = ['sim', ...suite.venue, '--port', '0', '--seed', '7'];
  if (transport === 'tls') {
    args.push('--tls', '--ca-out', caFile);
  }
  const venue = start(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  return new Promise((found, fail) => {
    const said = [];
    const timer = setTimeout(() => fail(new Error(`the venue did not start:\n${said.join('\n')}`)),
      START_MS);
    for (const stream of [venue.stdout, venue.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        said.push(line);
        const address = line.match(/https?:\/\/[\w.[\]:]+:\d+/);
        if (address) {
          clearTimeout(timer);
          found({ venue, address: address[0] });
        }
      });
    }
    venue.ended.then((outcome) => {
      clearTimeout(timer);
      fail(new Error(`the venue ended with ${outcome}:\n${said.join('\n')}`));
    });
  });
}

async function runCases(suite, transport, address, caFile) {
  const env = { ...process.env, INTEROP_URL: address, INTEROP_UPDATES: options.updates,
    INTEROP_ONLY: options.only, NODE_NO_WARNINGS: '1' };
  if (transport === 'tls') {
    env.NODE_EXTRA_CA_CERTS = caFile;  // verification stays on: the venue's own authority is added
  }
  const cases = start(process.execPath, [join(HERE, suite.cases)],
    { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const timer = setTimeout(() => cases.kill('SIGKILL'), RUN_MS);
  const failures = [];  // the lines of the failed cases, which are told again at the end
  let counts = null;
  let failing = false;
  for (const stream of [cases.stdout, cases.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      const match = line.match(/^(\d+) passed, (\d+) failed$/);
      if (match) {
        counts = { passed: Number(match[1]), failed: Number(match[2]), failures };
        return;
      }
      const said = `${label(suite, transport)} ${line}`;
      failing = line.startsWith('FAIL ') || (failing && !line.startsWith('ok '));
      if (failing) {
        failures.push(said);
      }
      console.log(said);
    });
  }
  const outcome = await cases.ended;
  clearTimeout(timer);
  if (counts === null) {
    throw new Error(`the cases ended with ${outcome} before they had counted themselves`);
  }
  return counts;
}

async function runSuite(suite, transport, folder) {
  const caFile = join(folder, `${suite.name}-${transport}-ca.pem`);
  const { venue, address } = await startVenue(suite, transport, caFile);
  const counts = await runCases(suite, transport, address, caFile);
  if (!children.has(venue)) {
    throw new Error('the venue ended by itself');
  }
  const outcome = await stop(venue);
  if (outcome !== 0) {
    throw new Error(`the venue ended with ${outcome} after SIGINT`);
  }
  return counts;
}

async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'colibri-interop-'));
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      children.forEach((child) => child.kill('SIGKILL'));
      rmSync(folder, { recursive: true, force: true });
      process.exit(130);
    });
  }
  const totals = { passed: 0, failed: 0, failures: [] };
  const pairs = suites.flatMap((suite) => transports.map((transport) => [suite, transport]));
  const runs = await Promise.allSettled(pairs.map((pair) => runSuite(...pair, folder)));
  runs.forEach((run, index) => {
    totals.passed += run.value?.passed ?? 0;
    totals.failed += run.value?.failed ?? 1;
    totals.failures.push(...run.value?.failures ??
      [`${label(...pairs[index])} FAIL ${run.reason.message}`]);
  });
  children.forEach((child) => child.kill('SIGKILL'));
  rmSync(folder, { recursive: true, force: true });
  if (totals.failed > 0) {
    console.log(`What failed:\n${totals.failures.join('\n')}`);
  }
  console.log(`${totals.passed} passed, ${totals.failed} failed, 0 skipped`);
  return totals.failed === 0 ? 0 : 1;
}

process.exit(await main());
