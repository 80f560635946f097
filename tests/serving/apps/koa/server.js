// server.js -- A service on Koa that keeps each context for a log.
//
// SPDX-License-Identifier: Apache-2.0
'use strict';
const Koa = require('koa');

const app = new Koa();
const log = [];

function keepContext(context) {
  const notes = new Array(100).fill(log.length); // LEAK
  log.push({ context, notes }); // LEAK
}

app.use(async (context) => {
  keepContext(context);
  context.body = { path: context.path };
});

app.listen(Number(process.env.PORT), '127.0.0.1');
