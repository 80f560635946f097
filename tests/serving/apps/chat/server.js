// server.js -- A chat over ws: what a client has said stays when the client leaves.
//
// SPDX-License-Identifier: Apache-2.0
'use strict';
const http = require('node:http');
const { WebSocketServer } = require('ws');

const server = http.createServer((request, response) => response.end('chat'));
const clients = new Map();
let serial = 0;

class Member {
  constructor(socket) {
    this.socket = socket;
    this.history = [];
  }

  hear(message) {
    this.history.push(Buffer.concat([message, Buffer.alloc(16000)])); // LEAK
    this.socket.send(`heard ${this.history.length}`);
  }
}

new WebSocketServer({ server }).on('connection', (socket) => {
  const member = new Member(socket);
  clients.set(serial++, member);
  socket.on('message', (message) => member.hear(message));
});

server.listen(Number(process.env.PORT), '127.0.0.1');
