// prices.ts -- Each request listens to prices, and none stops.
//
// SPDX-License-Identifier: Apache-2.0
import { EventEmitter } from 'node:events';

export const prices = new EventEmitter().setMaxListeners(0);

export function subscribe(id: string): void {
  const history: number[] = new Array(200).fill(id.length); // LEAK
  prices.on('change', (value: number) => history.push(value)); // LEAK
}
