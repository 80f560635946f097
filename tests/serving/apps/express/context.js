// context.js -- A trace of each request, from which none is removed.
//
// SPDX-License-Identifier: Apache-2.0
'use strict';
const traces = [];

function traceRequest(request) {
  const context = { url: request.url, headers: { ...request.headers }, at: performance.now() };
  context.spans = Array.from({ length: 40 }, (_, step) => ({ step, at: step })); // LEAK
  traces.push(context); // LEAK
}

module.exports = { traceRequest };
