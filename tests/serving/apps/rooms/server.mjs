// server.mjs -- Rooms over socket.io: presence of each client is kept after it has gone.
//
// SPDX-License-Identifier: Apache-2.0
import http from 'node:http';
import { Server } from 'socket.io';

const server = http.createServer();
const io = new Server(server);
const presence = new Map();

function enterRoom(socket, room) {
  const state = { room, since: performance.now(), cursor: new Array(400).fill(presence.size) }; // LEAK
  presence.set(`${socket.id}/${room}/${presence.size}`, state); // LEAK
  socket.join(room);
}

io.on('connection', (socket) => {
  socket.on('enter', (room, done) => {
    enterRoom(socket, room);
    done('ok');
  });
});

server.listen(Number(process.env.PORT), '127.0.0.1');
