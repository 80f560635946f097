/* formatters.js -- Each user has a Buffer and a formatter of its own: one leak of two kinds.
 *
 * The formatter's memory is ICU's malloc, the Buffer's is a buffer; one function makes both. Five
 * snapshots. The twin keeps the formatters and Buffers of five users.
 *
 * expect: kind=leak site1=openProfile file=formatters.js also=openProfile
 * expect: also=renderBurst not=renderBurst gate=exceeded
 * twin: clean
 * expect-clean: kind=none|retention gate=passed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';

const flight = require('../common/flight.js');
const noise = require('../common/noise.js');

const USERS = 60;
const AVATAR = 20000;

const profiles = new Map();
let length = 0;

function openProfile(number) {
  const avatar = Buffer.alloc(AVATAR, number % 256);
  const formatter = new Intl.NumberFormat('de-CH', { style: 'currency', currency: 'CHF' });
  return { avatar, formatter };
}

async function serve(step) {
  for (let user = 0; user < USERS; user++) {
    const number = flight.isClean ? user % 5 : step * USERS + user;
    if (!profiles.has(number)) {
      profiles.set(number, openProfile(number));
    }
    length += profiles.get(number).formatter.format(number).length;
    noise.work(4);
  }
}

flight.series(5, serve).then(() => {
  console.log(`${profiles.size} profiles, ${length}, ${noise.sum()}`);
});
