// prices.js -- A cache of the last 2,000 prices: clean.
//
// SPDX-License-Identifier: Apache-2.0
'use strict';
const MOST = 2000;
const cache = new Map();

function cachedPrice(id) {
  let price = cache.get(id);
  if (!price) {
    price = { id, amount: id.length * 100, history: new Array(100).fill(id.length / 7) };
    cache.set(id, price);
    if (cache.size > MOST) {
      cache.delete(cache.keys().next().value);
    }
  }
  return price;
}

module.exports = { cachedPrice };
