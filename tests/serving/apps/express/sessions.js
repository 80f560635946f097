// sessions.js -- A session store without an end of sessions.
//
// SPDX-License-Identifier: Apache-2.0
'use strict';
const { randomUUID } = require('node:crypto');

const sessions = new Map();

function createSession(user) {
  const session = { id: randomUUID(), user, cart: [], seen: new Array(120).fill(user.length) };
  sessions.set(session.id, session); // LEAK
  return session;
}

module.exports = { createSession };
