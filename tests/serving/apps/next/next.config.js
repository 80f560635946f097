// next.config.js -- Built as for an image, with maps of the server's code.
//
// SPDX-License-Identifier: Apache-2.0
'use strict';
const path = require('node:path');

// The folder that has node_modules, as in a repository of several packages.
const root = path.join(__dirname, '../..');
module.exports = {
  output: 'standalone',
  outputFileTracingRoot: root,
  turbopack: { root },
  typescript: { ignoreBuildErrors: true },
  experimental: { serverSourceMaps: true },
};
