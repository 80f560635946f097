// timers.js -- A timer a request, never cleared.
//
// SPDX-License-Identifier: Apache-2.0
'use strict';
function startPolling(id) {
  const state = { id, values: new Array(80).fill(id) }; // LEAK
  setInterval(() => state.values.push(id), 3600000); // LEAK
}

module.exports = { startPolling };
