// cluster.js -- The same on two processes.
//
// SPDX-License-Identifier: Apache-2.0
'use strict';
const cluster = require('node:cluster');

if (cluster.isPrimary) {
  cluster.fork();
  cluster.fork();
} else {
  require('./server');
}
