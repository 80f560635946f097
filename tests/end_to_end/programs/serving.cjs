// serving.cjs -- A server that keeps a Buffer of each request, as users start one: alone, with
// workers of a cluster, or one that keeps nothing.
//
// serving.cjs PORT [WORKERS] [clean]; GET /missing answers 404 and keeps nothing.
//
// SPDX-License-Identifier: Apache-2.0
'use strict';
const cluster = require('node:cluster');
const http = require('node:http');

const [port, workers] = process.argv.slice(2).map(Number);
const isClean = process.argv.includes('clean');
const uploads = [];

function rememberUpload(byte) {
  uploads.push(Buffer.alloc(16000, byte));
}

function answer(request, response) {
  if (request.url === '/missing') {
    response.statusCode = 404;
  } else if (!isClean) {
    rememberUpload(uploads.length & 255);
  }
  response.end('done');
}

if (workers > 0 && cluster.isPrimary) {
  for (let i = 0; i < workers; i++) {
    cluster.fork();
  }
} else {
  http.createServer(answer).listen(port, '127.0.0.1');
}
