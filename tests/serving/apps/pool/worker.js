// worker.js -- Renders in a thread and keeps each frame.
//
// SPDX-License-Identifier: Apache-2.0
'use strict';
const frames = [];

function renderFrame(url) {
  const frame = { url, pixels: new Array(1500).fill(frames.length) }; // LEAK
  frames.push(frame); // LEAK
  return frame.pixels.length;
}

module.exports = ({ url }) => renderFrame(url);
