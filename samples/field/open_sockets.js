/* open_sockets.js -- A client opens a connection for each query and never closes it.
 *
 * Five snapshots, 60 connections in each step, with a receive buffer for each. The twin closes
 * them.
 *
 * expect: kind=leak not=renderBurst resource=sockets site1=openConnection file=open_sockets.js
 * expect: growth=9600000±3% also=renderBurst also=acceptConnection
 * twin: clean
 * expect-clean: kind=none|retention gate=passed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';

const net = require('node:net');
const { once } = require('node:events');
const flight = require('../common/flight.js');
const noise = require('../common/noise.js');

const QUERIES = 60;
const RECEIVE = 40000;

const connections = [];
let answers = 0;

function acceptConnection(socket) {
  socket.on('data', (query) => socket.write(query));
  socket.on('end', () => socket.end());
}

async function openConnection(port) {
  const socket = net.connect(port, '127.0.0.1');
  socket.received = Buffer.alloc(RECEIVE);
  await once(socket, 'connect');
  return socket;
}

async function query(port, number) {
  const socket = await openConnection(port);
  socket.write(`query ${number}`);
  const [answer] = await once(socket, 'data');
  answer.copy(socket.received);
  answers++;
  if (flight.isClean) {
    socket.end();
    await once(socket, 'close');
  } else {
    connections.push(socket);
  }
}

async function main() {
  const server = net.createServer(acceptConnection);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await flight.series(5, async () => {
    for (let number = 0; number < QUERIES; number++) {
      await query(port, number);
      noise.work(4);
    }
  });
  console.log(`${answers} answers, ${connections.length} open, ${noise.sum()}`);
  process.exit(0);
}

main();
