/* heapdiff-node.cjs -- Loaded into Node programs: collects garbage and gives its numbers on request.
 *
 * NODE_OPTIONS="--require /path/to/heapdiff-node.cjs" loads it into the main thread and into every
 * Worker. It does nothing where libheapdiff.so does not record. It prints nothing, throws
 * nothing, keeps no event loop alive, and leaves the globals as they are.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';

// Taken now: the program may replace its globals later.
const { setImmediate } = globalThis;
const { memoryUsage, getActiveResourcesInfo } = process;

const DELAY_RESOLUTION = 20; // ms between two looks at the event loop's delay

let answer; // (request, names, values) of the module, once joined
let delay; // histogram of the event loop's delay since the last answer
let worker; // node:worker_threads
let v8;
let collector;
const http = { requests: 0, failures: 0, channels: [] }; // of this thread's servers

/* V8's collector, also without --expose-gc. The flag is taken back, so that no context of the
 * program's own sees it. It is the whole process's: a Worker that does the same at the same time
 * may take it back too early, so there is more than one try. */
function findCollector() {
  const exposed = typeof globalThis.gc === 'function';
  let found = exposed ? globalThis.gc : undefined;
  for (let tries = 0; !found && tries < 100; tries++) {
    v8.setFlagsFromString('--expose-gc');
    found = require('node:vm').runInNewContext('typeof gc === "function" ? gc : undefined');
    v8.setFlagsFromString('--no-expose-gc');
  }
  return found;
}

function addDelay(numbers) {
  const milliseconds = (ns) => Math.max(0, ns / 1e6 - DELAY_RESOLUTION);
  if (delay.max > 0) {
    numbers.eventLoopDelay_mean_ms = milliseconds(delay.mean);
    numbers.eventLoopDelay_p99_ms = milliseconds(delay.percentile(99));
    numbers.eventLoopDelay_max_ms = milliseconds(delay.max);
  }
  delay.reset();
}

function addResources(numbers) {
  const resources = getActiveResourcesInfo.call(process);
  numbers.activeResources = resources.length;
  for (const type of resources) {
    const name = `activeResources_${type}`;
    numbers[name] = (numbers[name] || 0) + 1;
  }
}

/* By the names that Node and V8 have for them; in bytes unless the name says otherwise. */
function readNumbers() {
  const { rss, ...heap } = memoryUsage.call(process);
  const numbers = { ...heap, ...v8.getHeapStatistics() };
  if (worker.isMainThread) {
    numbers.rss = rss;
  }
  for (const space of v8.getHeapSpaceStatistics()) {
    numbers[`${space.space_name}_used`] = space.space_used_size;
    numbers[`${space.space_name}_committed`] = space.physical_space_size;
  }
  numbers.http_requests = http.requests;
  numbers.http_failures = http.failures;
  addResources(numbers);
  return numbers;
}

function reply(request, delays) {
  const entries = Object.entries({ ...readNumbers(), ...delays });
  const usable = entries.filter(([, value]) => Number.isFinite(value));
  const names = usable.map(([name]) => name).join('\0');
  answer(request, names, Float64Array.from(usable, ([, value]) => value));
}

/* Twice, with turns of the event loop between: array buffers and what finalizers hold are freed a
 * turn after their owners. The delays are read before, for a collection is one. */
function collectAndReply(request, delays) {
  collector ??= findCollector();
  collector();
  setImmediate(guarded, request, () => {
    collector();
    setImmediate(guarded, request, () => reply(request, delays));
  });
}

/* A failure must not reach the program: the asker gets an answer without numbers. */
function guarded(request, action) {
  try {
    action();
  } catch {
    answer?.(request, '', new Float64Array(0));
  }
}

function onRequest(request, collect) {
  guarded(request, () => {
    const delays = {};
    addDelay(delays);
    if (collect) {
      collectAndReply(request, delays);
    } else {
      reply(request, delays);
    }
  });
}

/* What Node's own HTTP servers say of their work, so that a report knows whether there was any. */
function countRequests() {
  const { channel } = require('node:diagnostics_channel');
  const started = channel('http.server.request.start');
  const finished = channel('http.server.response.finish');
  http.channels.push(started, finished); // Node 18 forgets a channel that nobody holds
  started.subscribe(() => {
    http.requests++;
  });
  finished.subscribe(({ response }) => {
    if (response?.statusCode >= 400) {
      http.failures++;
    }
  });
}

/* Options of V8, as the main thread was given them: --name_of-it also counts. */
function hasOption(name) {
  const options = `${process.env.NODE_OPTIONS ?? ''} ${process.execArgv.join(' ')} `;
  return new RegExp(`(^| )--${name.replaceAll('-', '[-_]')}[ =]`).test(options);
}

/* Who asks for names of functions wants to see them in stacks. */
function wantsNames() {
  return worker.isMainThread && hasOption('interpreted-frames-native-stack');
}

/* V8 announces its code, unless it already writes a file for perf, in which the names are, too. */
function wantsCode() {
  const writes = ['perf-basic-prof', 'perf-basic-prof-only-functions', 'perf-prof'].some(hasOption);
  return wantsNames() && !writes;
}

/* A function that was made a part of its caller is in no stack, and its blocks would be the
 * caller's. So the optimising compilers are told to leave calls as they are. V8 11 has two; an
 * older one does not know the second flag. */
function keepCallsApart() {
  if (!wantsNames() || process.env.HEAPDIFF_JS_INLINING === '1') {
    return;
  }
  v8.setFlagsFromString('--no-turbo-inlining');
  if (Number.parseInt(process.versions.v8, 10) >= 11) {
    v8.setFlagsFromString('--no-maglev-inlining');
  }
}

function join() {
  const holder = { exports: {} };
  process.dlopen(holder, `${__dirname}/heapdiff-node.node`);
  worker = require('node:worker_threads');
  const name = worker.isMainThread ? 'node' : `node worker ${worker.threadId}`;
  answer = holder.exports.join?.(name, worker.isMainThread, onRequest, wantsCode());
  if (answer) {
    v8 = require('node:v8');
    keepCallsApart();
    guarded(0, countRequests);
    delay = require('node:perf_hooks').monitorEventLoopDelay({ resolution: DELAY_RESOLUTION });
    delay.enable();
  }
}

guarded(0, join);
