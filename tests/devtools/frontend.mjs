// frontend.mjs -- DevTools' heap snapshot worker out of the source of its front end.
//
// SPDX-License-Identifier: Apache-2.0
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

Promise.withResolvers ??= () => {
  const result = {};
  result.promise = new Promise((resolve, reject) => Object.assign(result, { resolve, reject }));
  return result;
};

// The front end imports a list of languages that its own build makes.
const locales = `
export const LOCALES = ['en-US'], BUNDLED_LOCALES = ['en-US'], DEFAULT_LOCALE = 'en-US';
export const REMOTE_FETCH_PATTERN = '', LOCAL_FETCH_PATTERN = '';`;

// Bundles the worker's source, here and now.
export async function loadFrontend() {
  const esbuild = await import('esbuild');
  const root = dirname(createRequire(import.meta.url).resolve(
    'chrome-devtools-frontend/package.json'));
  const worker = join(root, 'front_end/entrypoints/heap_snapshot_worker');
  const folder = mkdtempSync(join(tmpdir(), 'heapdiff-test.'));
  const outfile = join(folder, 'worker.mjs');
  try {
    await esbuild.build({
      stdin: {
        contents: `
          export * as HeapSnapshotLoader from './HeapSnapshotLoader.js';
          export { SecondaryInitManager } from './HeapSnapshot.js';`,
        loader: 'ts',
        resolveDir: worker,
      },
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile,
      logLevel: 'silent',
      plugins: [{
        name: 'locales',
        setup(build) {
          build.onResolve({ filter: /\/locales\.js$/ }, () => ({ path: 'l', namespace: 'l' }));
          build.onLoad({ filter: /./, namespace: 'l' }, () => ({ contents: locales }));
        },
      }],
    });
    return await import(outfile);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// API: of loadFrontend, or of a package that has the same. CHANGE gets the file piece by piece.
export async function loadSnapshot(api, path, change = (text) => text) {
  const loader = new api.HeapSnapshotLoader.HeapSnapshotLoader();
  for await (const chunk of createReadStream(path, { encoding: 'utf-8', highWaterMark: 10 << 20 })) {
    loader.write(change(chunk));
  }
  loader.close();
  await loader.parsingComplete;
  const channel = new MessageChannel();
  new api.SecondaryInitManager(channel.port2);
  const snapshot = await loader.buildSnapshot(channel.port1);
  channel.port1.close();
  channel.port2.close();
  return snapshot;
}
