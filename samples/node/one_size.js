/* one_size.js -- Three functions take Buffers of one size from a pool, in a loop that V8 compiles.
 *
 * Inlined, as V8 likes to, their blocks could not be separated. importRow keeps every second one;
 * renderRow replaces its own, exportRow drops them.
 *
 * expect: kind=leak site1=importRow file=one_size.js growth=15000000±2% blocks=+1500±2%
 * expect: absent=take absent=raw absent=renderRow absent=exportRow
 *
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';

const noise = require('../common/noise.js');

const ROW_SIZE = 10000;

class Pool {
  raw(size) {
    const buffer = Buffer.allocUnsafeSlow(size);
    buffer[0] = 1;
    return buffer;
  }

  take(size) {
    return this.raw(size);
  }
}

const pool = new Pool();
const rows = [];
const shown = new Array(100).fill(null);
let exported = 0;

function importRow(number) {
  const row = pool.take(ROW_SIZE);
  if (number % 2 === 0) {
    rows.push(row);
  }
}

function renderRow(number) {
  shown[number % shown.length] = pool.take(ROW_SIZE);
}

function exportRow() {
  exported += pool.take(ROW_SIZE).length;
}

function serve(first, count) {
  for (let number = first; number < first + count; number++) {
    importRow(number);
    renderRow(number);
    exportRow();
    noise.work(1);
  }
}

async function main() {
  noise.begin();
  serve(0, 3000);
  await noise.snapshot('steady');
  serve(3000, 3000);
  await noise.snapshot('loaded');
  console.log(`${rows.length} rows kept, ${exported} bytes exported`);
}

main();
