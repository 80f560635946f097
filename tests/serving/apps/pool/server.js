// server.js -- Work for threads, by piscina.
//
// SPDX-License-Identifier: Apache-2.0
'use strict';
const http = require('node:http');
const path = require('node:path');
const { Piscina } = require('piscina');

const pool = new Piscina({
  filename: path.resolve(__dirname, 'worker.js'),
  minThreads: 2,
  maxThreads: 2,
});

http
  .createServer(async (request, response) => {
    response.end(String(await pool.run({ url: request.url })));
  })
  .listen(Number(process.env.PORT), '127.0.0.1');
