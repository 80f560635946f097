/* load.js -- The load: so many requests, a few at a time; ends when all are answered.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
"use strict";
const http = require("http");

const [port, requests] = process.argv.slice(2).map(Number);
const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
let sent = 0;
let answered = 0;

function next() {
  if (sent >= requests) return;
  const path = `/images/${sent++}`;
  http.get({ host: "127.0.0.1", port, path, agent }, (response) => {
    response.resume();
    response.on("end", () => (++answered === requests ? agent.destroy() : next()));
  });
}

for (let i = 0; i < 4; i++) next();
