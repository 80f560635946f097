// objects.cjs -- Programs that keep objects, and clean ones, which write heap snapshots in between.
//
// node objects.cjs KIND PREFIX COUNT      writes PREFIX.1.heapsnapshot to PREFIX.COUNT.heapsnapshot
//
// SPDX-License-Identifier: Apache-2.0
'use strict';
const { EventEmitter } = require('node:events');
const v8 = require('node:v8');

class Session {
  constructor(number) {
    this.number = number;
    this.user = { name: `user ${number}`, roles: [number % 3, 'reader'] };
  }
}

const sessions = new Map();
const cache = {};
const callbacks = [];
const bus = new EventEmitter().setMaxListeners(0);
const waiting = new Set();
const list = { first: null };
const lru = new Map();
const queue = [];
let number = 0;

// Each does one unit of work.
const kinds = {
  map: () => sessions.set(`key ${number}`, new Session(number)),
  dictionary: () => { cache[`/path/${number}`] = new Session(number); },
  closures: () => {
    const session = new Session(number);
    callbacks.push(() => session.number);
  },
  listeners: () => {
    const session = new Session(number);
    bus.on('change', () => session.user);
  },
  timers: () => {
    const session = new Session(number);
    setTimeout(() => session.user, 1e8).unref();
  },
  promises: () => {
    const session = new Session(number);
    const promise = new Promise(() => {});
    promise.then(() => session.user);
    waiting.add(promise);
  },
  chain: () => { list.first = { session: new Session(number), next: list.first }; },

  // Clean ones.
  lru: () => {
    lru.set(`key ${number}`, new Session(number));
    if (lru.size > 500) {
      lru.delete(lru.keys().next().value);
    }
  },
  queue: () => {
    queue.push(new Session(number));
    if (queue.length > 50 + number % 20) {
      queue.splice(0, 30);
    }
  },
  emptied: () => {
    queue.push(new Session(number));
    if (queue.length === 1000) {
      queue.length = 0;
    }
  },
  // Functions are compiled, optimised and fed with types of objects, modules are loaded.
  warmup: () => {
    const make = new Function('a', `return { value${number % 40}: a, twice: a * 2 }`);
    for (let i = 0; i < 200; i++) {
      JSON.stringify(make(i));
    }
    const modules = ['zlib', 'http', 'https', 'crypto', 'readline', 'tls', 'http2', 'dns',
                     'child_process', 'cluster', 'repl', 'url', 'querystring', 'stream/web'];
    require(`node:${modules[number % modules.length]}`);
    [3, 1, 2].sort((a, b) => a - b).map((value) => value.toString(16)).join('');
  },
};

const work = kinds[process.argv[2]];
const count = Number(process.argv[4]);
const units = process.argv[2] === 'warmup' ? 40 : 1500;
for (let snapshot = 1; snapshot <= count; snapshot++) {
  // A warm-up begins cold; the others are seen from their second unit of work on.
  for (let i = 0; i < units && !(work === kinds.warmup && snapshot === 1); i++, number++) {
    work();
  }
  v8.writeHeapSnapshot(`${process.argv[3]}.${snapshot}.heapsnapshot`);
}
process.exit(0);
