// load_sockets.mjs -- Clients of ws or socket.io, one after the other; each says a few things.
//
// load_sockets.mjs KIND PORT CLIENTS MESSAGES
//
// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { io } from 'socket.io-client';
import WebSocket from 'ws';

const [kind, port, clients, messages] = process.argv.slice(2);

async function chat() {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
  await once(socket, 'open');
  for (let i = 0; i < Number(messages); i++) {
    socket.send(`message ${i}`);
    await once(socket, 'message');
  }
  socket.close();
  await once(socket, 'close');
}

async function rooms() {
  const socket = io(`http://127.0.0.1:${port}`, { transports: ['websocket'], forceNew: true });
  await new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  for (let i = 0; i < Number(messages); i++) {
    await socket.emitWithAck('enter', `room ${i}`);
  }
  socket.disconnect();
}

for (let i = 0; i < Number(clients); i++) {
  await (kind === 'chat' ? chat() : rooms());
}
