/* sessions.js -- The same load as server.js, but what is kept are JavaScript objects.
 *
 * Every upload makes a session of a thousand small objects, which a Map keeps for ever; all other
 * routes make as many and drop them. No Buffer outlives its request, so nothing native grows: the
 * memory is the JavaScript heap's, and a native tool must say so instead of naming a function.
 *
 * Usage: node sessions.js [PORT]     0 (the default) takes any free port; prints "listening on N"
 *
 * drive: server
 * expect: kind=js-heap
 *
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';

const http = require('node:http');
const v8 = require('node:v8');
const vm = require('node:vm');

const EVENTS = 1000; /* of a session: some 50 KiB of heap */

const sessions = new Map();

function makeSession(number) {
  return Array.from({ length: EVENTS }, (_, event) => ({ event, at: number + event / 7 }));
}

function answer(response, fields) {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(fields) + '\n');
}

function serve(request, response) {
  const session = makeSession(sessions.size);
  if (request.url === '/upload') {
    sessions.set(sessions.size, session);
  }
  answer(response, { events: session.length });
}

/* Twice, with turns of the event loop between, as server.js does. */
async function collectGarbage(response) {
  v8.setFlagsFromString('--expose-gc');
  const gc = vm.runInNewContext('gc');
  for (let round = 0; round < 2; round++) {
    gc();
    await new Promise(setImmediate);
  }
  answer(response, { collected: true });
}

/* What the server keeps; none of it are bytes of its own counting. */
function showStats(response) {
  const uploads = { blocks: sessions.size, bytes: 0 };
  answer(response, { uploads, memory: process.memoryUsage() });
}

function handle(request, response) {
  if (request.url === '/gc') {
    collectGarbage(response);
  } else if (request.url === '/stats') {
    showStats(response);
  } else {
    request.resume();
    request.on('end', () => serve(request, response));
  }
}

const server = http.createServer(handle);

function stop() {
  server.close(() => process.exit(0));
  server.closeAllConnections();
}

process.on('SIGTERM', stop);
server.listen(Number(process.argv[2] || 0), '127.0.0.1', () => {
  console.log(`listening on ${server.address().port}`);
});
