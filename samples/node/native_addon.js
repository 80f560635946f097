/* native_addon.js -- An addon in C allocates a kernel for every picture and frees only the pixels.
 *
 * The addon is image_addon.c, found by HEAPDIFF_BUILD or in build/. V8 may inline blurPicture into
 * its callers, so any of them may stand for it.
 *
 * expect: kind=leak site1=make_kernel file=image_addon.c growth=16384000±2% blocks=+4000±2%
 * expect: via=blurPicture|serve|main absent=make_pixels
 *
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';

const path = require('node:path');
const noise = require('../common/noise.js');

const build = process.env.HEAPDIFF_BUILD || path.join(__dirname, '../../build');
const addon = require(path.join(build, 'samples/image_addon.node'));

function blurPicture(number) {
  return addon.blur(number);
}

function serve(pictures) {
  let sum = 0;
  for (let number = 0; number < pictures; number++) {
    sum += blurPicture(number);
    if (number % 4 === 0) {
      noise.work(2);
    }
  }
  return sum;
}

async function main() {
  noise.begin();
  let sum = serve(1000);
  await noise.snapshot('steady');
  sum += serve(4000);
  await noise.snapshot('loaded');
  console.log(`sum ${sum}, ${noise.sum()}`);
}

main();
