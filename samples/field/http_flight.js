/* http_flight.js -- An HTTP server under live load; each upload is copied, and the copy stays.
 *
 * Two snapshots. Eight connections ask for previews without a pause, also while the snapshots are
 * taken; each preview has up to 600 KB in hand for a few turns. The uploads are a fixed number. The
 * twin drops the copy when it has answered.
 *
 * expect: kind=leak site1=copyUpload file=http_flight.js growth=7200000±3% blocks=+600±3%
 * expect: also=drawTile not=drawTile gate=exceeded
 * twin: clean
 * expect-clean: kind=none|retention gate=passed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';

const http = require('node:http');
const { once } = require('node:events');
const flight = require('../common/flight.js');
const noise = require('../common/noise.js');

const CONNECTIONS = 8;
const UPLOAD = 12000;

const uploads = [];
let isOver = false;

function copyUpload(body) {
  const copy = Buffer.alloc(body.length);
  body.copy(copy);
  uploads.push(copy);
}

function drawTile(size) {
  return Buffer.alloc(size, 't');
}

async function preview(tiles, response) {
  const drawn = [];
  for (let tile = 0; tile < tiles; tile++) {
    drawn.push(drawTile(5000 + tile * 700));
    await new Promise(setImmediate);
  }
  response.end(String(drawn.length));
}

function handle(request, response) {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    if (request.url !== '/upload') {
      preview(Number(request.url.slice(1)), response);
      return;
    }
    copyUpload(Buffer.concat(parts));
    response.end('stored');
    if (flight.isClean) {
      uploads.pop();
    }
  });
}

async function post(agent, port, path, body) {
  const request = http.request({ agent, port, host: '127.0.0.1', path, method: 'POST' });
  request.end(body);
  const [response] = await once(request, 'response');
  response.resume();
  await once(response, 'end');
}

async function load(agent, port, random) {
  while (!isOver) {
    await post(agent, port, `/${1 + random(40)}`, '');
  }
}

async function serve(agent, port, count) {
  for (let number = 0; number < count; number++) {
    await post(agent, port, '/upload', Buffer.alloc(UPLOAD, number % 256));
    noise.work(1);
  }
}

async function main() {
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS + 1 });
  const server = http.createServer(handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  noise.begin();
  const loads = Array.from({ length: CONNECTIONS }, (_, number) =>
    load(agent, port, flight.makeRandom(number)));
  await serve(agent, port, 150);
  await noise.snapshot('steady');
  await serve(agent, port, 600);
  await noise.snapshot('loaded');
  isOver = true;
  await Promise.all(loads);
  agent.destroy();
  server.close();
  console.log(`${uploads.length} uploads, ${noise.sum() > 0}`);
}

main();
