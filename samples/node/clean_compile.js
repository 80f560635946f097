/* clean_compile.js -- V8's compiler is at work during the second snapshot: nothing grows.
 *
 * Its threads take megabytes for a large function, in zones, and return them afterwards.
 *
 * expect: kind=none|retention
 *
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';

const v8 = require('node:v8');

const noise = require('../common/noise.js');

const FORMULAS = 8;
const LINES = 200;

function makeFormula(number) {
  const lines = [];
  for (let line = 0; line < LINES; line++) {
    lines.push(`for (let i = 0; i < (x & 3); i++) {
      t[(a + i) & 63] += b * ${line * 7 + number}; a ^= t[(c + i) & 63] | 0; c += a; }`);
  }
  return new Function('x', 't', `let a = x, b = 1, c = 2; ${lines.join('\n')} return a + b + c;`);
}

/* With its next call each is compiled, in a thread of the compiler. */
function optimize(formulas) {
  for (const formula of formulas) {
    new Function('f', '%OptimizeFunctionOnNextCall(f, "concurrent")')(formula);
  }
}

function run(formulas, times, table) {
  let sum = 0;
  for (let number = 0; number < times; number++) {
    for (const formula of formulas) {
      sum = (sum + formula(number, table)) | 0;
    }
  }
  return sum;
}

async function main() {
  noise.begin();
  const table = new Array(64).fill(1);
  const formulas = Array.from({ length: FORMULAS }, (_, number) => makeFormula(number));
  v8.setFlagsFromString('--allow-natives-syntax');
  for (const formula of formulas) {
    new Function('f', '%PrepareFunctionForOptimization(f)')(formula);
  }
  let sum = run(formulas, 3, table);
  await noise.snapshot('steady');
  optimize(formulas);
  sum += run(formulas, 1, table);
  await noise.snapshot('loaded', { collect: false });
  console.log(`${sum}, ${noise.sum()}`);
}

main();
