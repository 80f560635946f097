// vite.config.ts -- Builds the page: one file, whose policy allows its own script and style alone.
//
// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

// Puts script and style into the page, and their hashes into its Content-Security-Policy.
function oneFile(): Plugin {
  return {
    name: 'one-file',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const page = bundle['index.html'];
      if (page?.type !== 'asset') {
        throw new Error('there is no page to put things into');
      }
      let style = '';
      let script = '';
      for (const [name, item] of Object.entries(bundle)) {
        if (item.type === 'chunk') {
          script += item.code;
        } else if (name.endsWith('.css')) {
          style += item.source;
        } else {
          continue;
        }
        delete bundle[name];
      }
      script = script.trim().replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
      script = `\n${script}\n`;
      style = `\n${style.trim()}\n`;
      const policy = `default-src 'none'; script-src ${hashOf(script)}; `
        + `style-src ${hashOf(style)}; img-src data:; base-uri 'none'; form-action 'none'`;
      page.source = String(page.source)
        .replace(/ *<script type="module"[^>]*><\/script>\n?/g, '')
        .replace(/ *<link rel="(stylesheet|modulepreload)"[^>]*>\n?/g, '')
        .replace('<!-- CSP -->', () =>
          `<meta http-equiv="Content-Security-Policy" content="${policy}" />`)
        .replace('</head>', () => `  <style>${style}</style>\n  </head>`)
        .replace('</body>', () => `  <script type="module">${script}</script>\n  </body>`);
      delete bundle['index.html'];
      this.emitFile({ type: 'asset', fileName: 'page.html', source: page.source });
      if (String(page.source).split('@HEAPDIFF_DATA@').length !== 2) {
        throw new Error('the place for the data must be there once');
      }
    },
  };
}

export default defineConfig({
  plugins: [oneFile()],
  build: {
    target: 'es2022',
    modulePreload: false,
    cssCodeSplit: false,
    assetsInlineLimit: Number.MAX_SAFE_INTEGER,
    reportCompressedSize: false,
  },
  // The tests lie beside those of the other parts, where there are no packages.
  resolve: { alias: { vitest: fileURLToPath(new URL('node_modules/vitest', import.meta.url)) } },
  test: { dir: '../tests/viewer' },
} as Parameters<typeof defineConfig>[0]);
