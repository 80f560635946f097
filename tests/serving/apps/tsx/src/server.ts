// server.ts -- TypeScript as tsx runs it, without a build.
//
// SPDX-License-Identifier: Apache-2.0
import http from 'node:http';
import { Thumbnails, type Size } from './thumbs.js';

const thumbs = new Thumbnails();
const size: Size = { width: 64, height: 64 };

http
  .createServer((request, response) => {
    const pixels = thumbs.render(request.url ?? '/', size);
    response.end(String(pixels.length));
  })
  .listen(Number(process.env.PORT), '127.0.0.1');
