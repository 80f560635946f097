// server.js -- Node's own http; each path keeps something of another kind.
//
// SPDX-License-Identifier: Apache-2.0
'use strict';
const http = require('node:http');
const { startPolling } = require('./timers');
const { runJob } = require('./jobs');
const { openReport } = require('./streams');
const { askUpstream } = require('./upstream');
const { compress } = require('./archive');

const routes = {
  async poll(response, id) {
    startPolling(id);
    response.end('polls');
  },
  async job(response, id) {
    response.end(await runJob(id));
  },
  async report(response, id) {
    response.end(await openReport(id));
  },
  async ask(response, id) {
    response.end(await askUpstream(id));
  },
  async archive(response, id) {
    response.end(await compress(id));
  },
  // A live load: what an answer holds is gone when the answer has been sent.
  async slow(response, id) {
    const page = Buffer.alloc(200000, id);
    setTimeout(() => response.end(page), 100);
  },
};

http
  .createServer((request, response) => {
    const [, route, id] = request.url.split('/');
    if (!routes[route]) {
      response.statusCode = 404;
      response.end();
      return;
    }
    routes[route](response, Number(id)).catch((error) => {
      response.statusCode = 500;
      response.end(error.message);
    });
  })
  .listen(Number(process.env.PORT), '127.0.0.1');
