// server.mjs -- An API on Fastify, as an ES module; a hook keeps each request's context.
//
// SPDX-License-Identifier: Apache-2.0
import Fastify from 'fastify';
import { AuditLog } from './audit.mjs';

const app = Fastify();
const audit = new AuditLog();

app.addHook('onRequest', async (request) => {
  if (!request.url.startsWith('/clean')) {
    audit.record(request);
  }
});
app.get('/user/:id', async (request) => ({ id: request.params.id }));

// A table that is made at the first use of each part, and then is complete: warm-up.
const tables = new Map();
function tableOf(part) {
  if (!tables.has(part)) {
    tables.set(part, Float64Array.from({ length: 20000 }, (_, i) => i * part));
  }
  return tables.get(part);
}
app.get('/clean/:id', async (request) => {
  const id = Number(request.params.id);
  return { value: tableOf(id % 300)[id % 20000] };
});

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
