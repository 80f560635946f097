/* service.js -- A small service to be tested; with CANARY=1 it keeps a Buffer of every request.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
"use strict";
const http = require("http");

const kept = [];

function thumbnail(request, response) {
  const image = Buffer.alloc(16 * 1024, request.url.length);
  if (process.env.CANARY) kept.push(Buffer.from(image));
  response.end(String(image[0]));
}

const server = http.createServer(thumbnail);
server.listen(Number(process.argv[2]), "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
