// server.ts -- A service that esbuild bundles and minifies, with Express in the bundle.
//
// SPDX-License-Identifier: Apache-2.0
import express from 'express';
import { subscribe } from './prices';

const app = express();
app.get('/quote/:id', (request, response) => {
  subscribe(request.params.id);
  response.json({ id: request.params.id });
});
app.listen(Number(process.env.PORT), '127.0.0.1');
