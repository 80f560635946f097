// site.tsx -- One site: numbers, series, stacks with source lines, sizes and ages of its blocks.
//
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { type Frame, type Model, type Site as SiteOf, isSame } from '../model/model';
import { siteMarkdown, stackText } from '../model/markdown';
import type { ViewProps } from '../ui/app_state';
import { Chart } from '../ui/chart';
import { Callers, CopyButton, Meter, Name, Tip, blocksOf } from '../ui/small';
import { SourceLines } from '../ui/source';
import { PATTERNS, type Term } from '../ui/terms';
import { blocks, bytes, count, percent, rate, signedBytes } from '../model/units';

const SORTS: Record<Frame['sort'], string> = {
  js: 'JIT', inlined: 'inlined', native: 'native', unnamed: 'no name',
};

function FrameRow({ model, frame, isSite, isOpen }:
  { model: Model; frame: Frame; isSite: boolean; isOpen: boolean }) {
  const [open, setOpen] = useState(isOpen);
  const hasSource = model.sourceOf(frame) !== undefined;
  return (
    <li class={`frame ${frame.owner} ${isSite ? 'site' : ''}`}>
      <div>
        <span class={`sort ${frame.sort}`}>{SORTS[frame.sort]}</span>
        <span class="cls">{frame.package ? <bdi>{frame.package}</bdi> : frame.owner}</span>
        <Name frame={frame} place={false} />
        {frame.file && <bdi class="place">{frame.file}{frame.line ? `:${frame.line}` : ''}
          {frame.column ? `:${frame.column}` : ''}</bdi>}
        {!frame.file && frame.module && <bdi class="place">{frame.module}</bdi>}
        {hasSource && (
          <button type="button" class="link" aria-expanded={open} onClick={() => setOpen(!open)}>
            source</button>)}
      </div>
      {open && <SourceLines model={model} frame={frame} />}
    </li>
  );
}

// "express, body-parser, runtime".
function foldName(frames: Frame[]): string {
  return [...new Set(frames.map((frame) => frame.package || frame.owner))].join(', ');
}

// Folds consecutive frames outside the user's own code into one line.
function foldFrames(frames: Frame[], siteAt: number): (Frame[] | number)[] {
  const groups: (Frame[] | number)[] = [];
  frames.forEach((frame, i) => {
    const last = groups[groups.length - 1];
    if (frame.owner === 'program' || i === siteAt) {
      groups.push(i);
    } else if (Array.isArray(last)) {
      last.push(frame);
    } else {
      groups.push([frame]);
    }
  });
  return groups;
}

// The frame whose source is open from the start: the site, or, where its file is not on this page,
// the nearest of the program above it.
function openFrame(model: Model, frames: Frame[], siteAt: number): number {
  const from = Math.max(0, siteAt);
  return frames.findIndex((frame, i) => i >= from && model.sourceOf(frame) !== undefined
    && (i === siteAt || frame.owner === 'program'));
}

function Stack({ model, frames, siteAt }: { model: Model; frames: Frame[]; siteAt: number }) {
  const [all, setAll] = useState(false);
  const [open, setOpen] = useState(new Set<number>());
  const openAt = openFrame(model, frames, siteAt);
  const row = (frame: Frame, i: number | string, isSite: boolean) => (
    <FrameRow key={`${i}.${frame.id}`} model={model} frame={frame} isSite={isSite}
      isOpen={i === openAt} />);
  return (
    <>
      <label><input type="checkbox" checked={all}
        onChange={(event) => setAll(event.currentTarget.checked)} /> every frame</label>
      <ol class="stack">
        {foldFrames(frames, siteAt).map((group, g) => {
          if (typeof group === 'number') {
            return row(frames[group], group, group === siteAt);
          }
          if (all || group.length === 1 || open.has(g)) {
            return group.map((frame, i) => row(frame, `${g}.${i}`, false));
          }
          return (
            <li class="fold" key={g}>
              <button type="button" class="link" onClick={() => setOpen(new Set([...open, g]))}>
                {group.length} frames of {foldName(group)}
              </button>
            </li>);
        })}
      </ol>
    </>
  );
}

function Bars({ caption, rows }: {
  caption: string;
  rows: { label: string; value: number; say: string; before?: number }[];
}) {
  const most = Math.max(1, ...rows.map((row) => Math.max(row.value, row.before ?? 0)));
  if (rows.length === 0) {
    return null;
  }
  return (
    <table class="bars">
      <caption>{caption}</caption>
      <tbody>
        {rows.map((row) => (
          <tr key={row.label}>
            <th scope="row">{row.label}</th>
            <td class="track">
              <span class="bar up" style={{ width: `${(100 * row.value) / most}%` }} />
              {row.before !== undefined && (
                <span class="bar before" style={{ width: `${(100 * row.before) / most}%` }} />)}
            </td>
            <td class="number">{row.say}</td>
          </tr>))}
      </tbody>
    </table>
  );
}

function sizeLabel(from: number, to: number): string {
  return from < 1024 ? `${from}–${to} B` : `${bytes(from)} –`;
}

function Histograms({ model, site }: { model: Model; site: SiteOf }) {
  const sizes = model.sizesOf(site);
  const ages = model.agesOf(site);
  const say = (number: number, size: number) => `${blocks(number)}, ${bytes(size)}`;
  return (
    <div class="halves">
      <Bars
        caption={`By block size${model.isComparison ? ': last snapshot, and first (thin)' : ''}`}
        rows={sizes.map((row) => ({
          label: sizeLabel(row.from, row.to), value: row.bytes[1],
          before: model.isComparison ? row.bytes[0] : undefined,
          say: say(row.blocks[1], row.bytes[1]),
        }))} />
      <Bars caption="Blocks alive in the last snapshot, by the interval of their allocation"
        rows={ages.map((row) => ({
          label: model.nameEpoch(row.epoch), value: row.bytes, say: say(row.blocks, row.bytes),
        }))} />
    </div>
  );
}

function Fact({ term, label, children }:
  { term: Term; label?: string; children: preact.ComponentChildren }) {
  return (
    <div class="figure"><dt><Tip term={term}>{label ?? term}</Tip></dt><dd>{children}</dd></div>
  );
}

function Numbers({ model, site }: { model: Model; site: SiteOf }) {
  const last = site.live.length - 1;
  const { operations } = model.doc;
  return (
    <dl class="figures">
      {model.isComparison && <Fact term="growth">{signedBytes(site.growth)}
        <small>{blocksOf(site, site.growthBlocks, true)}{site.deviation > 0
          && `, ± ${bytes(2 * site.deviation)} by sampling`}</small></Fact>}
      <Fact term="live">{bytes(site.live[last])}
        <small>{blocksOf(site, site.blocks[last])}</small></Fact>
      <Fact term="temporary" label="churn">{bytes(site.temporary)}
        <small>{percent(site.temporary, site.total)} of {bytes(site.total)} allocated</small></Fact>
      {site.survivors !== null && <Fact term="survivors">{bytes(site.survivors)}</Fact>}
      {site.slope !== null && <Fact term="slope">{rate(site.slope)}<small>{rate(site.slopeLow ?? 0)}
        {' '}to {rate(site.slopeHigh ?? 0)}</small></Fact>}
      {model.isComparison && <Fact term="evidence">{site.evidence.toFixed(2)}
        <Meter value={site.evidence} tone={site.suspect ? 'suspect' : 'plain'} />
        <small>{site.pattern}: {PATTERNS[site.pattern] ?? ''}</small></Fact>}
      {operations > 0 && <div class="figure"><dt>per operation</dt>
        <dd>{signedBytes(Math.round(site.growth / operations))}
          <small>of {count(operations)}, {model.doc.operations_from}</small></dd></div>}
    </dl>
  );
}

export function Site({ model, state, go }: ViewProps) {
  const site = model.sites[state.site];
  const stacks = model.stacksOf(site);
  const at = Math.min(state.stack, Math.max(0, stacks.length - 1));
  const stack = stacks[at];
  const frames = stack ? model.framesOf(stack) : [];
  const siteAt = frames.findIndex((frame) => isSame(frame, site.frame));
  const what = model.isComparison ? 'growth' : 'live';
  return (
    <article class={`site ${site.suspect ? 'suspect' : ''}`}>
      <header>
        <button type="button" onClick={() => go({ site: -1, stack: 0 })}>← Sites (Esc)</button>
        <span class="chip">{site.kind}</span>
        <CopyButton label="Copy stack" text={() => stackText(frames)} />
        <CopyButton label="Copy as Markdown" text={() => siteMarkdown(model, site, frames)} />
      </header>
      <h2><span class="quiet">#{site.index + 1} </span><Name frame={site.frame} /></h2>
      <Callers model={model} site={site} />
      <Numbers model={model} site={site} />
      {model.isComparison && (
        <Chart label="Live bytes of this site over the snapshots" model={model} high={160}
          lines={[{ name: 'live', values: site.live, tone: '--accent' }]} say={bytes} />)}
      <section>
        <h3>{stacks.length > 1 ? `Stack ${at + 1} of ${stacks.length}` : 'Stack'}
          {stack && <small> {(what === 'growth' ? signedBytes : bytes)(stack.values[what])}
            {' '}of {(what === 'growth' ? signedBytes : bytes)(
              what === 'growth' ? site.growth : site.live[0])}, leaf first
            {stack.truncated && ', cut short'}</small>}</h3>
        {stacks.length > 1 && (
          <p class="buttons">
            <button type="button" disabled={at === 0} onClick={() => go({ stack: at - 1 })}>
              Previous stack</button>
            <button type="button" disabled={at + 1 === stacks.length}
              onClick={() => go({ stack: at + 1 })}>Next stack</button>
          </p>)}
        {stack ? <Stack key={`${site.index}.${at}`} model={model} frames={frames} siteAt={siteAt} />
          : <p>The page leaves out the stacks of this site: they are too small.</p>}
      </section>
      <Histograms model={model} site={site} />
    </article>
  );
}
