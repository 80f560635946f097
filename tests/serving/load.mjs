// load.mjs -- Requests to a server of this machine, a few at a time, each awaited.
//
// load.mjs PORT COUNT PATH [AT-A-TIME] [BYTES]: # in PATH is the request's number; with BYTES, PUT.
// Fails when a request is not answered at all; an answer with an error is an answer.
//
// SPDX-License-Identifier: Apache-2.0
import http from 'node:http';

const [port, count, path, width = 8, bytes = 0] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true, maxSockets: Number(width) });
const body = Number(bytes) > 0 ? Buffer.alloc(Number(bytes), 'x') : undefined;

function ask(number) {
  return new Promise((resolve, reject) => {
    const method = body ? 'PUT' : 'GET';
    const headers = body ? { 'content-type': 'application/octet-stream' } : {};
    const asked = path.replaceAll('#', number);
    const options = { port, host: '127.0.0.1', path: asked, method, agent, headers };
    const request = http.request(options, (response) => {
      response.resume();
      response.once('end', resolve);
    });
    request.once('error', reject);
    request.end(body);
  });
}

let next = 0;
async function worker() {
  while (next < Number(count)) {
    await ask(next++);
  }
}

await Promise.all(Array.from({ length: Number(width) }, worker));
agent.destroy();
