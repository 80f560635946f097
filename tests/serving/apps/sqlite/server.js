// server.js -- Statements of better-sqlite3, cached by a text that has the value in it.
//
// SPDX-License-Identifier: Apache-2.0
'use strict';
const http = require('node:http');
const Database = require('better-sqlite3');

const database = new Database(':memory:');
database.exec('CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT)');
const statements = new Map();

function cachedStatement(sql) {
  let statement = statements.get(sql);
  if (!statement) {
    statement = database.prepare(sql); // LEAK
    statements.set(sql, statement);
  }
  return statement;
}

let serial = 0;
http
  .createServer((request, response) => {
    const isClean = request.url.startsWith('/clean');
    const id = isClean ? 1 : serial++;
    const rows = cachedStatement(`SELECT id, name FROM item WHERE id = ${id}`).all();
    response.end(JSON.stringify(rows));
  })
  .listen(Number(process.env.PORT), '127.0.0.1');
