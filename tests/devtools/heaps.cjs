// heaps.cjs -- Programs of many kinds that write two heap snapshots of themselves.
//
// node heaps.cjs KIND PREFIX      writes PREFIX.a.heapsnapshot and PREFIX.b.heapsnapshot
//
// SPDX-License-Identifier: Apache-2.0
'use strict';
const fs = require('node:fs');
const http = require('node:http');
const inspector = require('node:inspector');
const v8 = require('node:v8');
const { AsyncLocalStorage } = require('node:async_hooks');
const { Worker, isMainThread, workerData } = require('node:worker_threads');

const [kind, prefix] = isMainThread ? process.argv.slice(2) : [workerData.kind, workerData.prefix];

class Session {
  constructor(number) {
    this.id = number;
    this.data = { user: `user ${number}`, tags: [number, 'x'], when: new Date(number) };
  }
}
class Entry {
  constructor(key) {
    this.key = key;
    this.body = new Array(8).fill(key);
  }
}

const sessions = new Map();
const kept = [];
const write = (letter, options) => v8.writeHeapSnapshot(`${prefix}.${letter}.heapsnapshot`, options);

function addSessions(count) {
  for (let i = 0; i < count; i++) {
    const session = new Session(sessions.size);
    sessions.set(`key ${session.id}`, session);
    if (i % 7 === 0) {
      kept.push(() => session.id + i);
    }
  }
}

// Requests to a server that keeps a session of each.
async function server() {
  const all = http.createServer(function handle(request, response) {
    addSessions(1);
    response.end('ok');
  });
  await new Promise((resolve) => all.listen(0, '127.0.0.1', resolve));
  const ask = () => new Promise((resolve, reject) => {
    http.get({ port: all.address().port, agent: false }, (answer) => {
      answer.resume().on('end', resolve);
    }).on('error', reject);
  });
  for (let i = 0; i < 30; i++) {
    await ask();
  }
  write('a');
  for (let i = 0; i < 200; i++) {
    await ask();
  }
  addSessions(2000);
  write('b');
  all.close();
}

function worker() {
  return new Promise((resolve, reject) => {
    if (!isMainThread) {
      addSessions(100);
      write('a');
      addSessions(1000);
      write('b');
      return resolve();
    }
    new Worker(__filename, { workerData: { kind, prefix } }).on('exit', resolve).on('error', reject);
  });
}

// WeakMaps whose values hold their keys and each other's, WeakRefs, names that V8 has to escape.
function weak() {
  const maps = [new WeakMap(), new WeakMap()];
  const refs = new Set();
  const registry = new FinalizationRegistry(() => {});
  const add = (count) => {
    for (let i = 0; i < count; i++) {
      const key = new Session(i), other = { [`a "quoted", {odd} \u00e9\u{1f600}\n name`]: i };
      maps[0].set(key, { key, other });
      maps[1].set(other, { other, key, text: `line\n${i}` });
      refs.add(new WeakRef(key));
      registry.register(key, i);
      kept.push(i % 2 ? key : other);
      maps[i % 2].set({ gone: i }, new Entry(i));
    }
  };
  add(300);
  write('a');
  kept.splice(0, 100);
  add(700);
  write('b');
}

async function storage() {
  const storages = [new AsyncLocalStorage(), new AsyncLocalStorage()];
  const add = (count) => {
    for (let i = 0; i < count; i++) {
      storages[i % 2].run(new Session(i), () => {
        kept.push(new Promise(() => {}).then(() => storages[i % 2].getStore()));
        kept.push(setTimeout(() => i, 1e8).unref());
      });
    }
  };
  add(100);
  write('a');
  add(500);
  write('b');
}

// Snapshots with the stacks of allocations, through the inspector.
async function tracking() {
  const session = new inspector.Session();
  session.connect();
  const post = (method, parameters) => new Promise((resolve, reject) => {
    session.post(method, parameters, (error, result) => error ? reject(error) : resolve(result));
  });
  const take = async (letter) => {
    const file = fs.openSync(`${prefix}.${letter}.heapsnapshot`, 'w');
    const add = (message) => fs.writeSync(file, message.params.chunk);
    session.on('HeapProfiler.addHeapSnapshotChunk', add);
    await post('HeapProfiler.takeHeapSnapshot', {});
    session.removeListener('HeapProfiler.addHeapSnapshotChunk', add);
    fs.closeSync(file);
  };
  await post('HeapProfiler.startTrackingHeapObjects', { trackAllocations: true });
  addSessions(200);
  await take('a');
  addSessions(1000);
  await take('b');
}

function internals() {
  addSessions(100);
  write('a', { exposeInternals: true, exposeNumericValues: true });
  addSessions(500);
  write('b', { exposeInternals: true, exposeNumericValues: true });
}

// Strings of all kinds, buffers, generators, proxies, symbols, dictionaries, deep lists.
function zoo() {
  const add = (count) => {
    const things = { __proto__: null };
    let list = null;
    for (let i = 0; i < count; i++) {
      const long = `${'s'.repeat(50)}${i}`;
      things[`key ${i}`] = { a: i, b: long.slice(3, 40), c: `${long}, ${long}` };
      list = { next: list, value: BigInt(i) ** 9n };
      kept.push(Buffer.alloc(100), new Float64Array(9), function* () { yield i; }(),
                new Proxy({}, {}), Symbol(long), /x/g, new Error(long), Object.freeze([i, i]),
                { [Symbol('same')]: 1, [Symbol('same')]: 2 }, JSON.parse(`{"j${i % 50}":[1,2]}`));
    }
    kept.push(things, list, new SharedArrayBuffer(1024), new Intl.NumberFormat('en'));
  };
  add(200);
  write('a');
  add(300);
  write('b');
}

const kinds = { server, worker, weak, storage, tracking, internals, zoo };
Promise.resolve(kinds[kind]()).then(() => {
  if (isMainThread) {
    process.exit(0); // timers and sessions would keep it alive
  }
});
