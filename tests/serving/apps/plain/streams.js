// streams.js -- A read stream a request: its first piece is read, and the stream stays open.
//
// SPDX-License-Identifier: Apache-2.0
'use strict';
const fs = require('node:fs');

const open = [];

function openReport(id) {
  const stream = fs.createReadStream(process.execPath, { highWaterMark: 65536 }); // LEAK
  open.push(stream);
  return new Promise((resolve, reject) => {
    stream.once('error', reject);
    stream.once('readable', () => resolve(`${id}: ${stream.readableLength}`));
  });
}

module.exports = { openReport };
