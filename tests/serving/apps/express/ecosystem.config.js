// ecosystem.config.js -- The shop as PM2 is given it: two workers of a cluster.
//
// SPDX-License-Identifier: Apache-2.0
'use strict';
module.exports = {
  apps: [{ name: 'shop', script: './server.js', instances: 2, exec_mode: 'cluster' }],
};
