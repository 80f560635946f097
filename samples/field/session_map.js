/* session_map.js -- A Map of sessions: the token of each is new, and none expires.
 *
 * Two snapshots. The twin's Map holds the 200 newest.
 *
 * expect: kind=js-heap not=renderBurst
 * twin: clean
 * expect-clean: kind=none|retention gate=passed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';

const flight = require('../common/flight.js');
const noise = require('../common/noise.js');

const LIMIT = 200;
const FIRST = 300;
const LOGINS = 900;

const sessions = new Map();

function openSession(token) {
  const history = Array.from({ length: 500 }, (_, page) => ({ page, at: token + page / 3 }));
  sessions.set(`token ${token}`, { token, history });
}

async function serve(step) {
  const logins = step === 0 ? FIRST : LOGINS;
  for (let number = 0; number < logins; number++) {
    openSession(step * FIRST + number);
    noise.work(1);
    if (flight.isClean && sessions.size > LIMIT) {
      sessions.delete(sessions.keys().next().value);
    }
  }
}

flight.series(2, serve).then(() => console.log(`${sessions.size} sessions, ${noise.sum()}`));
