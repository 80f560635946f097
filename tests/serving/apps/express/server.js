// server.js -- A shop on Express; each route keeps something of another kind.
//
// SPDX-License-Identifier: Apache-2.0
'use strict';
const express = require('express');
const { createSession } = require('./sessions');
const { rememberUpload } = require('./uploads');
const { traceRequest } = require('./context');
const { cachedPrice } = require('./prices');

const app = express();

app.get('/login/:user', (request, response) => {
  response.json({ session: createSession(request.params.user).id });
});
app.put('/photo/:name', express.raw({ type: '*/*', limit: '1mb' }), (request, response) => {
  rememberUpload(request.params.name, request.body);
  response.json({ bytes: request.body.length });
});
app.get('/orders/:id', (request, response) => {
  traceRequest(request);
  response.json({ order: request.params.id, lines: [1, 2, 3] });
});
app.get('/price/:id', (request, response) => {
  response.json(cachedPrice(request.params.id));
});
app.get('/broken', () => {
  throw new Error('always');
});
app.use((error, request, response, next) => {
  response.status(500).json({ error: error.message });
});

app.listen(Number(process.env.PORT), '127.0.0.1');
