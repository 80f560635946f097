// small.tsx -- Small things that views are made of: terms with tips, buttons that copy, meters.
//
// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { type Frame, type Model, type Site, placeOf } from '../model/model';
import { blocks, count, signedBlocks, signedCount } from '../model/units';
import { TERMS, type Term } from './terms';

// A word that explains itself to the mouse, the keyboard and screen readers.
export function Tip({ term, children }: { term: Term; children?: ComponentChildren }) {
  const id = useId();
  return (
    <span class="term" tabIndex={0} aria-describedby={id}>
      {children ?? term}
      <span role="tooltip" id={id} class="tip">{TERMS[term]}</span>
    </span>
  );
}

function copyByHand(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  const good = document.execCommand('copy');
  area.remove();
  return good;
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyByHand(text);
  }
}

export function CopyButton({ label, text }: { label: string; text: () => string }) {
  const [said, setSaid] = useState('');
  const onClick = async () => setSaid((await copy(text())) ? 'Copied' : 'Could not copy');
  return (
    <button type="button" onClick={onClick} onBlur={() => setSaid('')}>
      <span aria-live="polite">{said || label}</span>
    </button>
  );
}

export function download(name: string, type: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

// A bar of 0..1.
export function Meter({ value, tone = 'plain' }: { value: number; tone?: string }) {
  const width = `${100 * Math.min(1, Math.max(0, value))}%`;
  return <span class={`meter ${tone}`} aria-hidden="true"><span style={{ width }} /></span>;
}

// Untrusted names: shown as text in its own direction, never as markup.
export function Name({ frame, place = true }: { frame: Frame; place?: boolean }) {
  const where = place ? placeOf(frame) : '';
  return (
    <bdi class="name" title={frame.name}>
      {frame.name}{where && <span class="place"> {where}</span>}
    </bdi>
  );
}

const MOST_CALLERS = 4;

// "called from route (a.js:4) < serve (a.js:3), through json (express)", or nothing.
export function Callers({ model, site, most = MOST_CALLERS }:
  { model: Model; site: Site; most?: number }) {
  const callers = model.callersOf(site);
  if (callers.length === 0 && !site.way) {
    return null;
  }
  return (
    <span class="callers">
      {site.way && <>through <bdi class="name">{site.way.name} ({site.way.package})</bdi>
        {callers.length > 0 && ', '}</>}
      {callers.length > 0 && 'called from '}
      {callers.slice(0, most).map((frame, i) => (
        <span key={i}>{i > 0 && ' < '}<Name frame={frame} /></span>))}
      {callers.length > most && ' < …'}
    </span>
  );
}

// Objects of the JavaScript heap are counted as samples.
export function blocksOf(site: Site, value: number, isGrowth = false): string {
  if (site.kind === 'js') {
    return `${isGrowth ? signedCount(value) : count(value)} ${Math.abs(value) === 1 ? 'sample'
      : 'samples'}`;
  }
  return isGrowth ? signedBlocks(value) : blocks(value);
}

// Values as a line without axes; red for a suspect alone.
export function Spark({ values, wide = 84, high = 20, suspect = false }:
  { values: number[]; wide?: number; high?: number; suspect?: boolean }) {
  const least = Math.min(...values);
  const most = Math.max(...values);
  const span = most - least || 1;
  const step = wide / Math.max(1, values.length - 1);
  const points = values.map((value, i) =>
    `${(i * step).toFixed(1)},${(high - 2 - ((value - least) / span) * (high - 4)).toFixed(1)}`);
  const tone = suspect ? 'suspect' : 'even';
  return (
    <svg class={`spark ${tone}`} width={wide} height={high} aria-hidden="true">
      {values.length > 2 && <polyline points={points.join(' ')} />}
      {points.map((point, i) => {
        const [x, y] = point.split(',');
        return <circle key={i} cx={Math.min(wide - 2, Math.max(2, Number(x)))} cy={y} r={2} />;
      })}
    </svg>
  );
}
