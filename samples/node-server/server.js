/* server.js -- A small upload service with one real leak amid routes that allocate as much.
 *
 * Every POST route copies or makes about 32 KiB of Buffer a request. Only the copies of
 * rememberUpload are kept, in a Map that is never cleared. cachePage keeps a bounded number,
 * so it grows while it warms up and then stays. /stats says exactly what is kept.
 *
 * Usage: node server.js [PORT]     0 (the default) takes any free port; prints "listening on N"
 *
 * drive: server
 * expect: kind=leak site1=rememberUpload file=server.js growth=stats±2% blocks=stats±2%
 *
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';

const crypto = require('node:crypto');
const http = require('node:http');
const v8 = require('node:v8');
const vm = require('node:vm');
const zlib = require('node:zlib');

const BLOCK_SIZE = 32 * 1024; /* above half the Buffer pool: each has memory of its own */
const CACHE_LIMIT = 64;

const uploads = new Map();
const pages = new Map();
const served = {};
let nextUpload = 0;

function sha1(data) {
  return crypto.createHash('sha1').update(data).digest('hex');
}

function answer(response, fields) {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(fields) + '\n');
}

/* The leak: an upload is copied for a later download, and never dropped. */
function rememberUpload(request, response, body) {
  const copy = Buffer.from(body);
  uploads.set(nextUpload++, copy);
  answer(response, { stored: copy.length, sha1: sha1(copy) });
}

/* Copies as much as rememberUpload does; the copy is garbage as soon as the answer is sent. */
function checkUpload(request, response, body) {
  const copy = Buffer.from(body);
  copy.reverse();
  answer(response, { checked: copy.length, sha1: sha1(copy) });
}

function makeThumbnail(request, response, body) {
  const image = Buffer.alloc(BLOCK_SIZE, body.subarray(0, 16));
  answer(response, { pixels: image.length, sha1: sha1(image) });
}

function compressBody(request, response, body) {
  zlib.deflate(body, (error, packed) => {
    answer(response, error ? { error: error.message } : { packed: sha1(zlib.inflateSync(packed)) });
  });
}

function renderReport(request, response, body) {
  const rows = Array.from({ length: 512 }, (_, row) => ({ row, value: body[row % body.length] }));
  const text = Buffer.from(JSON.stringify(rows).padEnd(BLOCK_SIZE));
  answer(response, { rendered: text.length, sha1: sha1(text) });
}

/* A bounded cache: the oldest page makes room for the newest. */
function cachePage(request, response, body) {
  const name = body.readUInt32LE(0);
  let page = pages.get(name);
  if (page === undefined) {
    page = Buffer.alloc(BLOCK_SIZE, String(name));
    pages.set(name, page);
    if (pages.size > CACHE_LIMIT) {
      pages.delete(pages.keys().next().value);
    }
  }
  answer(response, { page: name, sha1: sha1(page) });
}

function totalLength(buffers) {
  let bytes = 0;
  for (const buffer of buffers.values()) {
    bytes += buffer.length;
  }
  return bytes;
}

/* What the server knows it keeps: the truth that a measurement is compared with. */
function showStats(request, response) {
  answer(response, {
    uploads: { blocks: uploads.size, bytes: totalLength(uploads) },
    pages: { blocks: pages.size, bytes: totalLength(pages) },
    served,
    memory: process.memoryUsage(),
  });
}

/* V8's collector, also when node was started without --expose-gc. */
function exposeGc() {
  v8.setFlagsFromString('--expose-gc');
  globalThis.gc ??= vm.runInNewContext('gc');
}

/* Twice, with turns of the event loop between: array buffers are freed a tick after their owner. */
async function collectGarbage(request, response) {
  exposeGc();
  for (let round = 0; round < 2; round++) {
    globalThis.gc();
    await new Promise(setImmediate);
  }
  answer(response, { collected: true });
}

const routes = new Map([
  ['POST /upload', rememberUpload],
  ['POST /check', checkUpload],
  ['POST /thumbnail', makeThumbnail],
  ['POST /compress', compressBody],
  ['POST /report', renderReport],
  ['POST /page', cachePage],
  ['GET /stats', showStats],
  ['GET /gc', collectGarbage],
]);

function readBody(request, done) {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', function finishBody() {
    done(Buffer.concat(chunks));
  });
}

function handle(request, response) {
  const name = `${request.method} ${request.url}`;
  const route = routes.get(name);
  if (route === undefined) {
    response.statusCode = 404;
    answer(response, { error: `no such route: ${name}` });
    return;
  }
  served[name] = (served[name] || 0) + 1;
  readBody(request, function callRoute(body) {
    route(request, response, body);
  });
}

const server = http.createServer(handle);

function stop() {
  server.close(() => process.exit(0));
  server.closeAllConnections();
}

process.on('SIGTERM', stop);
process.on('SIGINT', stop);
server.listen(Number(process.argv[2] || process.env.PORT || 0), '127.0.0.1', () => {
  console.log(`listening on ${server.address().port}`);
});
