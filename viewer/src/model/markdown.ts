// markdown.ts -- The page in a few lines, for an issue or a chat.
//
// SPDX-License-Identifier: Apache-2.0
import { bytes, seconds, signedBlocks, signedBytes } from './units';
import { type Frame, type Model, type Site, placeOf } from './model';

// In backquotes, whatever it holds.
function code(text: string): string {
  const runs = [...text.matchAll(/`+/g)].map((match) => match[0].length);
  const fence = '`'.repeat(Math.max(0, ...runs) + 1);
  const gap = runs.length > 0 ? ' ' : '';
  return `${fence}${gap}${text.replaceAll('|', '\\|')}${gap}${fence}`;
}

function frameText(frame: Frame): string {
  const place = placeOf(frame);
  return place ? `${frame.name} (${place})` : frame.name;
}

function growthOf(model: Model, site: Site): string {
  return model.isComparison
    ? `${signedBytes(site.growth)} in ${signedBlocks(site.growthBlocks)}`
    : `${bytes(site.live[0])} live`;
}

export function stackText(frames: Frame[]): string {
  return frames.map((frame, i) => `#${i} ${frameText(frame)}${frame.sort === 'inlined'
    ? ' [inlined]' : ''}`).join('\n');
}

export function siteMarkdown(model: Model, site: Site, frames: Frame[]): string {
  return [
    `### ${code(frameText(site.frame))}: ${growthOf(model, site)}`,
    '',
    `Kind ${site.kind}, live ${site.live.map(bytes).join(' → ')}`
      + (model.isComparison ? `, evidence ${site.evidence.toFixed(2)} (${site.pattern})` : ''),
    '',
    '```',
    stackText(frames).replaceAll('```', "'''"),
    '```',
    '',
  ].join('\n');
}

export function summaryMarkdown(model: Model): string {
  const { snapshots, verdict } = model.doc;
  const last = snapshots[snapshots.length - 1];
  const lines = [`### ${last.program}: ${verdict.text ?? `${bytes(last.live_bytes)} live`}`, ''];
  if (verdict.parts) {
    lines.push('| part of RSS | growth |', '| --- | ---: |');
    verdict.parts.forEach((value, i) => {
      if (value !== 0) {
        lines.push(`| ${verdict.part_names[i]} | ${signedBytes(value)} |`);
      }
    });
    lines.push(`| **RSS** | **${signedBytes(last.rss_bytes - snapshots[0].rss_bytes)}** |`, '');
  }
  lines.push('| # | site | kind | bytes |', '| ---: | --- | --- | ---: |');
  model.sites.filter((site) => site.growing || !model.isComparison).slice(0, 10).forEach((site) =>
    lines.push(`| ${site.index + 1} | ${code(frameText(site.frame))} | ${site.kind} | `
      + `${growthOf(model, site)} |`));
  lines.push('', `heapdiff ${model.doc.version}, ${snapshots.length} snapshot`
    + `${snapshots.length > 1 ? 's' : ''} of pid ${last.pid}`
    + (model.isComparison ? ` over ${seconds(last.seconds)}` : ''), '');
  return lines.join('\n');
}
