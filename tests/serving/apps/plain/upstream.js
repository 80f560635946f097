// upstream.js -- A connection to another service a request, answered and not closed.
//
// SPDX-License-Identifier: Apache-2.0
'use strict';
const net = require('node:net');

const service = net.createServer((socket) => {
  socket.on('error', () => {});
  socket.on('data', (question) => socket.write(question));
});
service.listen(0, '127.0.0.1');
const connections = [];

function askUpstream(id) {
  const socket = net.connect(service.address().port, '127.0.0.1'); // LEAK
  connections.push(socket);
  socket.write(`question ${id}`);
  return new Promise((resolve, reject) => {
    socket.once('data', (answer) => resolve(answer));
    socket.once('error', reject);
  });
}

module.exports = { askUpstream };
