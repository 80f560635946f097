/* load.js -- Sends requests to server.js over a few connections until it is ended.
 *
 * Usage: node load.js PORT
 *
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';

const http = require('node:http');

const CONNECTIONS = 8;
const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
let number = 0;

function next() {
  const turn = number++;
  const body = Buffer.alloc(1024 + (turn % 64) * 512, `request ${turn} `);
  const options = { port: process.argv[2], path: `/${turn % 500}`, method: 'POST', agent };
  const request = http.request(options, (response) => {
    response.resume();
    response.on('end', next);
  });
  request.on('error', (error) => {
    console.error(String(error));
    process.exit(1);
  });
  request.end(body);
}

for (let i = 0; i < CONNECTIONS; i++) next();
