/* heap_beside.js -- A cache of objects that fills to 40 MB and stops; a small leak that never does.
 *
 * Five snapshots. The cache is full at the second. Of what RSS grows by, the leak is a
 * fifteenth.
 *
 * expect: kind=leak site1=keepReceipt file=heap_beside.js growth=2400000±2% blocks=+240±2%
 * expect: also=renderBurst not=renderBurst names=keepReceipt gate=exceeded
 * twin: clean
 * expect-clean: kind=none|retention gate=passed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';

const flight = require('../common/flight.js');
const noise = require('../common/noise.js');

const RECEIPTS = 60;
const RECEIPT = 10000;
const LIMIT = 400;

const catalogue = new Map();
const receipts = [];

function describeProduct(number) {
  return Array.from({ length: 1200 }, (_, part) => ({ part, price: number + part / 7 }));
}

function keepReceipt(number) {
  const receipt = Buffer.alloc(RECEIPT, number % 256);
  receipts.push(receipt);
}

async function serve(step) {
  for (let number = 0; number < LIMIT / 2; number++) {
    const product = (step * LIMIT) / 2 + number;
    if (catalogue.size < LIMIT) {
      catalogue.set(product, describeProduct(product));
    } else {
      catalogue.delete(catalogue.keys().next().value);
      catalogue.set(product, describeProduct(product));
    }
  }
  for (let number = 0; number < RECEIPTS; number++) {
    keepReceipt(number);
    noise.work(4);
  }
  if (flight.isClean) {
    receipts.length = 0;
  }
}

flight.series(5, serve).then(() => {
  console.log(`${catalogue.size} products, ${receipts.length} receipts, ${noise.sum()}`);
});
