// pause.cjs -- The same for Node: monitorEventLoopDelay, asked for by lines on stdin as in pause.c.
//
// SPDX-License-Identifier: Apache-2.0
'use strict';
const { monitorEventLoopDelay } = require('node:perf_hooks');
const readline = require('node:readline');

const kept = [];
for (let i = 0; i < 200000; i++) kept.push({ number: i, text: `text ${i}` });
for (let i = 0; i < 2000; i++) kept.push(Buffer.alloc(100000, i));

const delay = monitorEventLoopDelay({ resolution: 1 });
const longest = () => console.log((delay.max / 1000).toFixed(1));
delay.enable();
setTimeout(() => console.log(process.pid), 200);
readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const [command, milliseconds] = line.split(' ');
  if (command !== 'longest') delay.reset();
  if (command === 'rest') setTimeout(longest, Number(milliseconds));
  else if (command === 'reset') console.log('0');
  else setTimeout(longest, 5); // what held the loop up is in the histogram only afterwards
});
