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
const { setImmediate, setInterval, performance, Buffer, TextEncoder } = globalThis;
const { memoryUsage, getActiveResourcesInfo } = process;

const DELAY_RESOLUTION = 20; // ms between two looks at the event loop's delay

const SAMPLE_LEAST = 1024; // bytes between two samples of the JavaScript heap
const SLOW_MAPS = 200; // ms

let answer; // (request, names, values) of the module, once joined
let delay; // histogram of the event loop's delay since the last answer
let worker; // node:worker_threads
let v8;
let collector;
let sampling; // of this thread's heap: { session, bytes, births }
const maps = { seen: new Set(), isSlow: false }; // paths whose source map was looked for
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

function isLoadersWork(path) {
  if (maps.seen.has(path) || path.includes('/node_modules/')) {
    return false;
  }
  maps.seen.add(path);
  try {
    return !require('node:fs').readFileSync(path, 'latin1').includes('sourceMappingURL=');
  } catch {
    return true; // in no file
  }
}

function giveMap(file, { sourcesContent, ...map }) {
  answer.sourceMap(file, JSON.stringify(map));
}

/* What Node keeps of CommonJS modules, when maps are enabled: nothing has to be parsed. */
function giveKeptMaps() {
  const { findSourceMap } = require('node:module');
  for (const path of Object.keys(require.cache)) {
    const map = maps.seen.has(path) ? undefined : findSourceMap?.(path);
    if (map && isLoadersWork(path)) {
      giveMap(path, map.payload);
    }
  }
}

function onScript({ params: { url, sourceMapURL } }) {
  guarded(0, () => {
    const data = /^data:application\/json[^,]*;base64,/.exec(sourceMapURL ?? '');
    const path = url.startsWith('file:') ? require('node:url').fileURLToPath(url) : url;
    if (data && path.startsWith('/') && isLoadersWork(path)) {
      giveMap(path, JSON.parse(Buffer.from(sourceMapURL.slice(data[0].length), 'base64')));
    }
  });
}

/* Nothing lists ES modules but V8's debugger, which says where the map of each script is. It looks
 * at all of them, which takes time: once only, when it took long. */
function giveMapsOfScripts() {
  const { Session } = require('node:inspector');
  const session = new Session();
  const started = performance.now();
  session.connect();
  session.on('Debugger.scriptParsed', onScript);
  session.post('Debugger.enable');
  session.disconnect();
  maps.isSlow = performance.now() - started > SLOW_MAPS;
}

/* Code that a loader (tsx, ts-node) has compiled in memory has lines that are in no file. */
function giveMaps() {
  const options = `${process.env.NODE_OPTIONS ?? ''} ${process.execArgv.join(' ')}`;
  const registered = '.ts' in require.extensions && !process.features.typescript;
  giveKeptMaps();
  if (!maps.isSlow && (registered || /--(import|loader|experimental-loader)\b/.test(options))) {
    giveMapsOfScripts();
  }
}

/* What the collection that follows makes smaller, where garbage holds it. */
function addNumbersBefore(numbers) {
  const { heapUsed, external, arrayBuffers } = memoryUsage.call(process);
  numbers.heapUsed_before_gc = heapUsed;
  numbers.external_before_gc = external;
  numbers.arrayBuffers_before_gc = arrayBuffers;
}

function send(request, numbers) {
  const entries = Object.entries({ ...readNumbers(), ...numbers });
  const usable = entries.filter(([, value]) => Number.isFinite(value));
  const names = usable.map(([name]) => name).join('\0');
  answer(request, names, Float64Array.from(usable, ([, value]) => value));
}

function reply(request, numbers) {
  guarded(0, giveMaps);
  send(request, numbers);
}

/* Twice, with turns of the event loop between: array buffers and what finalizers hold are freed a
 * turn after their owners. The delays are read before, for a collection is one. V8 collects garbage
 * itself before it gives a profile: then that is the second one. */
function collectAndReply(request, epoch, numbers) {
  collector ??= findCollector();
  collector();
  setImmediate(guarded, request, () => {
    if (!sendProfile(request, epoch, numbers)) {
      collector();
    }
    setImmediate(guarded, request, () => reply(request, numbers));
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

/* A thread that waits or is busy: its loop does not turn, so there is one collection only. */
function collectAtOnce(request, epoch, numbers) {
  if (!sendProfile(request, epoch, numbers)) {
    collector ??= findCollector();
    collector();
  }
  send(request, numbers);
}

function onRequest(request, collect, epoch, isInterrupt) {
  guarded(request, () => {
    const numbers = {};
    addDelay(numbers);
    if (collect) {
      addNumbersBefore(numbers);
    }
    if (isInterrupt && collect) {
      collectAtOnce(request, epoch, numbers);
    } else if (isInterrupt) {
      send(request, numbers);
    } else if (collect) {
      collectAndReply(request, epoch, numbers);
    } else {
      reply(request, numbers);
    }
  });
}

/* ---- live objects by the function that allocated them ------------------------------------------ */

/* 0: no samples are wanted. */
function sampleBytes() {
  const bytes = Number(process.env.HEAPDIFF_JS_SAMPLE);
  return bytes >= SAMPLE_LEAST ? bytes : 0;
}

/* V8 takes a sample every so many bytes and forgets it when the object is collected. A build of
 * Node without inspector, or Node's permission model, have no profile; nothing else is missing. */
function startSampling() {
  const bytes = sampleBytes();
  if (!bytes) {
    return;
  }
  const { Session } = require('node:inspector');
  const session = new Session();
  session.connect();
  session.post('HeapProfiler.startSampling', { samplingInterval: bytes }, (error) => {
    if (!error) {
      sampling = { session, bytes, births: [] };
    }
  });
}

/* V8 states a sample's size multiplied by 1 / p, where p is the chance that an object of its size
 * has a sample. The variance of the sum is that of the sizes, (1 - p) / p^2 size^2 each. */
function varianceOf(scaled) {
  let chance = 1;
  for (let i = 0; i < 8; i++) {
    chance = 1 - Math.exp((-scaled * chance) / sampling.bytes);
  }
  return scaled * scaled * (1 - chance);
}

/* V8 numbers the samples. Those that were there at a request were born up to its epoch. */
function epochOf(ordinal, now) {
  const { births } = sampling;
  let epoch = now;
  for (let i = births.length - 1; i >= 0 && ordinal <= births[i].last; i--) {
    epoch = births[i].epoch;
  }
  return epoch;
}

/* Node id -> epoch -> [samples, bytes, variance] */
function sumSamples(samples, now) {
  const sums = new Map();
  let last = 0;
  for (const { size, nodeId, ordinal } of samples) {
    const epochs = sums.get(nodeId) ?? new Map();
    const epoch = epochOf(ordinal, now);
    const [count, bytes, variance] = epochs.get(epoch) ?? [0, 0, 0];
    epochs.set(epoch, [count + 1, bytes + size, variance + varianceOf(size)]);
    sums.set(nodeId, epochs);
    last = Math.max(last, ordinal);
  }
  sampling.births.push({ last, epoch: now });
  return sums;
}

/* What this script allocates, the profile above all, is none of the program's objects. */
function isOwn(node) {
  return node.callFrame.url.endsWith(__filename);
}

/* The nodes below the root that have samples or callees that have, callers first. */
function listNodes(head, sums) {
  const others = (nodes) => nodes.filter((node) => !isOwn(node));
  const all = others(head.children).map((node) => ({ node, parent: -1, used: false }));
  for (let i = 0; i < all.length; i++) {
    for (const node of others(all[i].node.children)) {
      all.push({ node, parent: i, used: false });
    }
  }
  for (let i = all.length - 1; i >= 0; i--) {
    all[i].used ||= sums.has(all[i].node.id);
    if (all[i].used && all[i].parent >= 0) {
      all[all[i].parent].used = true;
    }
  }
  let count = 0;
  const used = [];
  for (const item of all) {
    if (item.used) {
      item.number = ++count; // from 1: 0 is no caller
      used.push(item);
    }
  }
  for (const item of used) {
    item.caller = item.parent < 0 ? 0 : all[item.parent].number;
  }
  return used;
}

/* As the module takes it; see struct heapdiff_member_profile. */
function packProfile({ head, samples }, now) {
  const sums = sumSamples(samples, now);
  const nodes = listNodes(head, sums);
  const known = new Map();
  const texts = [];
  const frames = [];
  const rows = [];
  const live = [];
  for (const { node, caller } of nodes) {
    const { functionName, url, scriptId, lineNumber, columnNumber } = node.callFrame;
    const key = `${scriptId}:${lineNumber}:${columnNumber}:${functionName}`;
    let frame = known.get(key);
    if (frame === undefined) {
      frame = known.size;
      known.set(key, frame);
      texts.push(functionName.replaceAll('\0', ''), url.replaceAll('\0', ''));
      frames.push(lineNumber + 1, columnNumber + 1);
    }
    for (const [epoch, sum] of sums.get(node.id) ?? []) {
      live.push(rows.length / 2, epoch, ...sum);
    }
    rows.push(caller, frame);
  }
  const counts = [known.size, nodes.length, live.length / 5];
  return {
    texts: new TextEncoder().encode(texts.map((text) => `${text}\0`).join('')),
    numbers: Float64Array.from([...counts, ...frames, ...rows, ...live]),
  };
}

/* Whether it is sent. Whatever fails here, the numbers are sent without it. */
function sendProfile(request, epoch, numbers) {
  if (!sampling) {
    return false;
  }
  const started = performance.now();
  try {
    sampling.session.post('HeapProfiler.getSamplingProfile', (error, result) => {
      if (error) {
        return; // the program has stopped the profiler
      }
      const { texts, numbers: packed } = packProfile(result.profile, epoch);
      answer.profile(request, texts, packed);
      numbers.js_sample_bytes = sampling.bytes;
      numbers.js_profile_ms = performance.now() - started;
    });
  } catch {
    // as if there were no profiler
  }
  return numbers.js_sample_bytes > 0;
}

/* What Node's own HTTP servers say of their work, so that a report knows whether there was any. */
function countRequests() {
  const { channel } = require('node:diagnostics_channel');
  const started = channel('http.server.request.start');
  const finished = channel('http.server.response.finish');
  http.channels.push(started, finished); // Node 18 forgets a channel without a reference
  started.subscribe(() => {
    http.requests++;
  });
  finished.subscribe(({ response }) => {
    if (response?.statusCode >= 400) {
      http.failures++;
    }
  });
}

/* ---- the timeline ------------------------------------------------------------------------------ */

/* The main thread's numbers every so many seconds (HEAPDIFF_TIMELINE), in the order of member.h.
 * The histogram is another one than that of the answers, which cover the time between them. */
function startTimeline(monitor) {
  const seconds = Number(process.env.HEAPDIFF_TIMELINE);
  if (!worker.isMainThread || !(seconds >= 0.05)) {
    return;
  }
  const values = new Float64Array(5);
  const longest = monitor({ resolution: DELAY_RESOLUTION });
  longest.enable();
  const takeSample = () => {
    const { heapUsed, external, arrayBuffers } = memoryUsage.call(process);
    const late = longest.max > 0 ? Math.max(0, longest.max / 1e6 - DELAY_RESOLUTION) : NaN;
    longest.reset();
    values.set([heapUsed, external, arrayBuffers, late, http.requests]);
    answer.sample(values);
  };
  setInterval(() => guarded(0, takeSample), seconds * 1000).unref();
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

/* A function that was made a part of its caller is in no stack, and its blocks and objects
 * would be the caller's. So the optimising compilers are told to leave calls as they are. V8 11 has two; an
 * older one does not know the second flag. */
function keepCallsApart() {
  const wantsCalls = wantsNames() || sampleBytes() > 0;
  if (!worker.isMainThread || !wantsCalls || process.env.HEAPDIFF_JS_INLINING === '1') {
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
    guarded(0, startSampling);
    const { monitorEventLoopDelay } = require('node:perf_hooks');
    delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION });
    delay.enable();
    guarded(0, () => startTimeline(monitorEventLoopDelay));
  }
}

guarded(0, join);
