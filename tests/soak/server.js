/* server.js -- An HTTP server that holds what it needs and no more, however long it runs.
 *
 * Usage: node server.js; says "listening on PORT".
 *
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';

const crypto = require('node:crypto');
const http = require('node:http');
const zlib = require('node:zlib');

const RECENT = 200;
const recent = new Map();

function remember(key, value) {
  recent.delete(key);
  recent.set(key, value);
  if (recent.size > RECENT) recent.delete(recent.keys().next().value);
}

const server = http.createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const body = Buffer.concat(parts);
    const digest = crypto.createHash('sha256').update(body).digest('hex');
    remember(request.url, Buffer.from(body));
    zlib.deflate(body, (error, packed) => {
      response.setHeader('x-digest', digest);
      response.end(error ? String(error) : packed);
    });
  });
});

server.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
