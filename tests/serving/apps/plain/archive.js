// archive.js -- A compressor a request that is flushed and never closed.
//
// SPDX-License-Identifier: Apache-2.0
'use strict';
const zlib = require('node:zlib');

const archives = [];

function compress(id) {
  const gzip = zlib.createGzip({ level: 6 }); // LEAK
  archives.push(gzip);
  return new Promise((resolve) => {
    gzip.once('data', (piece) => resolve(String(piece.length)));
    gzip.write(`entry ${id} `.repeat(40));
    gzip.flush();
  });
}

module.exports = { compress };
