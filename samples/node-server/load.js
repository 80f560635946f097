/* load.js -- Puts HTTP load on server.js: all routes in turn, over connections that stay open.
 *
 * Usage: node load.js PORT [REQUESTS [CONNECTIONS]]
 * Request n goes to route n modulo their number and carries a body made from n alone, so the
 * counts per route are exact and the digest over all answers is the same in every run. How many
 * requests were answered goes to the file named by HEAPDIFF_OPS_FILE, also when it is ended early.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';

const crypto = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');

const ROUTES = ['/upload', '/check', '/thumbnail', '/compress', '/report', '/page'];
const BODY_SIZE = 32 * 1024;

const port = Number(process.argv[2]);
const requests = Number(process.argv[3] || 6000);
const connections = Number(process.argv[4] || 16);
if (!(port > 0 && requests > 0 && connections > 0)) {
  console.error('usage: node load.js PORT [REQUESTS [CONNECTIONS]]');
  process.exit(2);
}

const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
const answers = new Array(requests);
const milliseconds = [];
const perRoute = Object.fromEntries(ROUTES.map((route) => [route, 0]));
let next = 0;

function bodyOf(number) {
  const body = Buffer.alloc(BODY_SIZE, `request ${number} `);
  body.writeUInt32LE(number % 600, 0);
  return body;
}

function send(number) {
  const route = ROUTES[number % ROUTES.length];
  const options = { agent, port, host: '127.0.0.1', path: route, method: 'POST' };
  return new Promise((resolve, reject) => {
    const request = http.request(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part) => { text += part; });
      response.on('end', () => {
        if (response.statusCode !== 200) {
          reject(new Error(`${route}: status ${response.statusCode}: ${text}`));
          return;
        }
        perRoute[route]++;
        answers[number] = text;
        resolve();
      });
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(bodyOf(number));
  });
}

function sayOperations() {
  if (process.env.HEAPDIFF_OPS_FILE) {
    fs.writeFileSync(process.env.HEAPDIFF_OPS_FILE, `${milliseconds.length}\n`);
  }
}

process.on('SIGTERM', () => {
  sayOperations();
  process.exit(143);
});

async function work() {
  while (next < requests) {
    const begin = process.hrtime.bigint();
    await send(next++);
    milliseconds.push(Number(process.hrtime.bigint() - begin) / 1e6);
  }
}

function percentile(sorted, part) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))].toFixed(1);
}

async function main() {
  const begin = process.hrtime.bigint();
  await Promise.all(Array.from({ length: connections }, work));
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
  agent.destroy();
  sayOperations();

  milliseconds.sort((a, b) => a - b);
  const digest = crypto.createHash('sha1').update(answers.join('')).digest('hex');
  console.log(`${requests} requests, ${(requests / seconds).toFixed(0)} requests/s, ` +
    `p50 ${percentile(milliseconds, 0.5)} ms, p99 ${percentile(milliseconds, 0.99)} ms`);
  console.log(Object.entries(perRoute).map(([route, count]) => `${route} ${count}`).join(', '));
  console.log(`answers ${digest}`);
}

main().catch((error) => {
  console.error(`load.js: ${error.message}`);
  process.exit(1);
});
