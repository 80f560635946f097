// small.tsx -- Small things that views are made of: terms with tips, buttons that copy, meters.
//
// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { Frame } from '../model/model';
import { placeOf } from '../model/model';
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

// Values as a line without axes; red when it ends higher, unless QUIET.
export function Spark({ values, wide = 84, high = 20, quiet = false }:
  { values: number[]; wide?: number; high?: number; quiet?: boolean }) {
  const least = Math.min(...values);
  const most = Math.max(...values);
  const span = most - least || 1;
  const step = wide / Math.max(1, values.length - 1);
  const points = values.map((value, i) =>
    `${(i * step).toFixed(1)},${(high - 2 - ((value - least) / span) * (high - 4)).toFixed(1)}`);
  const tone = quiet ? 'even' : values[values.length - 1] > values[0] ? 'up'
    : values[values.length - 1] < values[0] ? 'down' : 'even';
  return (
    <svg class={`spark ${tone}`} width={wide} height={high} aria-hidden="true">
      <polyline points={points.join(' ')} />
    </svg>
  );
}
