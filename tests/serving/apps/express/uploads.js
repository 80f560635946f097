// uploads.js -- Keeps a copy of each upload, and nothing reads it.
//
// SPDX-License-Identifier: Apache-2.0
'use strict';
const uploads = [];

function rememberUpload(name, body) {
  uploads.push({ name, copy: Buffer.from(body) }); // LEAK
}

module.exports = { rememberUpload };
