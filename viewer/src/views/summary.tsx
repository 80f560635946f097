// summary.tsx -- The verdict, the parts of RSS growth, and the first sites of the ranking.
//
// SPDX-License-Identifier: Apache-2.0
import { commandsOf } from '../model/commands';
import type { Model, Site } from '../model/model';
import type { ViewProps } from '../ui/app_state';
import { Callers, CopyButton, Meter, Name, Spark, Tip, blocksOf } from '../ui/small';
import { SourceLines } from '../ui/source';
import { TERMS, type Term } from '../ui/terms';
import { Packages, Processes, Tagged } from './groups';
import { bytes, count, percent, seconds, signedBytes, signedCount } from '../model/units';

interface Step {
  name: string;
  value: number;
  from: number; // before it
}

function stepsOf(names: string[], values: number[]): Step[] {
  let sum = 0;
  return values.map((value, i) => {
    const step = { name: names[i], value, from: sum };
    sum += value;
    return step;
  }).filter((step) => step.value !== 0);
}

// The managed heap is called by its language.
function termOf(part: string): Term {
  return part in TERMS ? (part as Term) : 'managed heap';
}

// What recording costs is not the program's.
function toneOf(name: string, value: number, isGrowth: boolean): string {
  return name === 'heapdiff itself' ? 'aside' : !isGrowth ? 'even' : value > 0 ? 'up' : 'down';
}

// Bars that begin where the one before ended, and end at the sum.
function Waterfall({ names, values, isGrowth }:
  { names: string[]; values: number[]; isGrowth: boolean }) {
  const steps = stepsOf(names, values);
  const sum = values.reduce((a, b) => a + b, 0);
  const ends = [0, sum, ...steps.map((step) => step.from + step.value)];
  const least = Math.min(...ends);
  const span = Math.max(...ends) - least || 1;
  const say = isGrowth ? signedBytes : bytes;
  const bar = (from: number, value: number) => ({
    left: `${(100 * (Math.min(from, from + value) - least)) / span}%`,
    width: `${(100 * Math.abs(value)) / span}%`,
  });
  return (
    <table class="waterfall">
      <caption>{isGrowth ? 'RSS growth and its parts'
        : 'RSS and its parts'}</caption>
      <thead><tr><th scope="col">Part</th><th scope="col">Bytes</th><th scope="col">Share</th>
        <th scope="col"><span class="quiet">Bar</span></th></tr></thead>
      <tbody>
        {steps.map((step) => (
          <tr key={step.name}>
            <th scope="row"><Tip term={termOf(step.name)}>{step.name}</Tip></th>
            <td class="number">{say(step.value)}</td>
            <td class="number">{percent(step.value, sum)}</td>
            <td class="track"><span class={`bar ${toneOf(step.name, step.value, isGrowth)}`}
              style={bar(step.from, step.value)} /></td>
          </tr>
        ))}
        <tr class="sum">
          <th scope="row"><Tip term="rss">RSS</Tip></th>
          <td class="number">{say(sum)}</td>
          <td />
          <td class="track"><span class="bar sum" style={bar(0, sum)} /></td>
        </tr>
      </tbody>
    </table>
  );
}

function Figure({ label, value, more }: { label: string; value: string; more?: string }) {
  return <div class="figure"><dt>{label}</dt><dd>{value}{more && <small>{more}</small>}</dd></div>;
}

// A number of the runtimes, all heaps together, in each snapshot; null when the last has none.
function runtimeSum(model: Model, statistic: string): number[] | null {
  const sums = model.doc.snapshots.map((snapshot) => Object.entries(snapshot.runtime)
    .filter(([name]) => name.endsWith(`.${statistic}`)).reduce((sum, [, value]) => sum + value, 0));
  return sums[sums.length - 1] > 0 ? sums : null;
}

const RUNTIME: [string, string][] = [
  ['heapUsed', 'Heap used'], ['external', 'External'],
];

function Figures({ model }: { model: Model }) {
  const { snapshots, operations } = model.doc;
  const first = snapshots[0];
  const last = snapshots[snapshots.length - 1];
  const change = (a: number, b: number) => (model.isComparison ? signedBytes(b - a) : undefined);
  return (
    <dl class="figures">
      <Figure label="RSS" value={bytes(last.rss_bytes)}
        more={change(first.rss_bytes, last.rss_bytes)} />
      <Figure label="Live bytes" value={bytes(last.live_bytes)}
        more={change(first.live_bytes, last.live_bytes)} />
      <Figure label="Live blocks" value={count(last.live_blocks)} more={model.isComparison
        ? signedCount(last.live_blocks - first.live_blocks) : undefined} />
      {RUNTIME.map(([name, label]) => {
        const sums = runtimeSum(model, name);
        return sums && <Figure key={name} label={label} value={bytes(sums[sums.length - 1])}
          more={change(sums[0], sums[sums.length - 1])} />;
      })}
      {operations > 0 && <Figure label="Operations" value={count(operations)}
        more={model.doc.operations_from} />}
      {model.isComparison && <Figure label="Between first and last" value={seconds(last.seconds)}
        more={`${snapshots.length} snapshots`} />}
      {last.sample_bytes > 0 && <Figure label="Sampled" value={`1 in ${bytes(last.sample_bytes)}`}
        more="bytes are estimates" />}
    </dl>
  );
}

const HEAP = 2; // its part's place, which has its language's name
const KINDS: Record<string, string> = {
  leak: 'Leak', retention: 'Retention', mapping: 'Mappings',
  none: 'No growth', 'not-measurable': 'Not measurable',
};

function shownSites(model: Model): Site[] {
  return model.sites.filter((site) => (model.isComparison ? site.growing && site.leader < 0
    : site.live[0] > 0));
}

// That of which the verdict speaks.
function firstSite(model: Model): Site | undefined {
  const sites = shownSites(model);
  const isHeap = model.doc.verdict.kind === 'js-heap';
  return sites.find((site) => isHeap && site.kind === 'js') ?? sites[0];
}

// The site to look at first: who called it, and its line.
function First({ model, go }: Pick<ViewProps, 'model' | 'go'>) {
  const site = firstSite(model);
  if (!site) {
    return null;
  }
  const sourced = [site.frame, ...model.callersOf(site)].find((frame) => model.sourceOf(frame));
  const last = site.live.length - 1;
  const { operations } = model.doc;
  return (
    <section class={`first ${site.suspect ? 'suspect' : ''}`}>
      <h2>{model.isComparison ? 'Look here first' : 'Largest site'}</h2>
      <p class="line">
        <button type="button" class="link"
          onClick={() => go({ view: 'sites', site: site.index, stack: 0 })}>
          <Name frame={site.frame} /></button>
        <span class="chip">{site.kind}</span>
      </p>
      <p>{model.isComparison
        ? <><b>{signedBytes(site.growth)}</b> in {blocksOf(site, site.growthBlocks)}</>
        : <><b>{bytes(site.live[last])}</b> in {blocksOf(site, site.blocks[last])}</>}
      {operations > 0 && <>, {bytes(site.growth / operations)} per operation</>}
      {model.partsOf(site).map((part) => (
        <span key={part.index}>; and {signedBytes(part.growth)} of {part.kind} in{' '}
          {blocksOf(part, part.growthBlocks)}</span>))}</p>
      <Callers model={model} site={site} />
      {sourced && <SourceLines model={model} frame={sourced} around={2} />}
    </section>
  );
}

const MOST_SITES = 8;

function TopSites({ model, go }: Pick<ViewProps, 'model' | 'go'>) {
  const all = shownSites(model);
  const sites = all.slice(0, MOST_SITES);
  const valueOf = (i: number) => (model.isComparison ? sites[i].growth : sites[i].live[0]);
  const largest = Math.max(1, ...sites.map((_, i) => valueOf(i)));
  return (
    <section>
      <h2>{model.isComparison ? 'Sites that grew' : 'Largest sites'}</h2>
      {sites.length === 0 && <p>No site grew beyond noise.</p>}
      <ol class="top">
        {sites.map((site, i) => (
          <li key={site.index}>
            <button type="button" onClick={() => go({ view: 'sites', site: site.index, stack: 0 })}>
              <span class="number">{(model.isComparison ? signedBytes : bytes)(valueOf(i))}</span>
              <Meter value={valueOf(i) / largest} tone={site.suspect ? 'suspect' : 'plain'} />
              {model.isSeries && (
                <Spark values={site.live} wide={64} high={20} suspect={site.suspect} />)}
              <span class="chip">{site.kind}</span>
              <span class="what"><Name frame={site.frame} />
                <Callers model={model} site={site} most={1} /></span>
            </button>
          </li>
        ))}
      </ol>
      <p><button type="button" class="link" onClick={() => go({ view: 'sites', site: -1 })}>
        {all.length > sites.length ? `All ${count(all.length)} sites` : 'All sites'}</button></p>
    </section>
  );
}

// Timers, sockets, Workers and the like that became more; what is to be closed.
function Resources({ model, go }: Pick<ViewProps, 'model' | 'go'>) {
  const { resources } = model.doc;
  if (resources.length === 0) {
    return null;
  }
  return (
    <section class="resources">
      <h2>What became more beside memory</h2>
      <ul>
        {resources.map(({ text, site }) => (
          <li key={text}><bdi>{text}</bdi>{' '}
            {site >= 0 && <button type="button" class="link"
              onClick={() => go({ view: 'sites', site, stack: 0 })}>Show where</button>}
          </li>))}
      </ul>
    </section>
  );
}

// Where the verdict gives no advice, the list of sites is enough for who knows this page.
function adviceOf(model: Model): string {
  switch (model.doc.verdict.kind) {
    case 'leak':
      return firstSite(model)?.frame.sort === 'js'
        ? 'The line above allocates the memory. A reference keeps it longer than the request '
          + 'lasts: look for a map, an array, a listener or a closure that only grows.'
        : 'The line above allocates the blocks. Look for the path on which they are not freed, '
          + 'or for a container that only grows.';
    case 'none':
      return 'A longer load or more snapshots notice smaller leaks.';
    default:
      return '';
  }
}

function NextSteps({ model }: { model: Model }) {
  return (
    <section class="next">
      <h2>Next</h2>
      <p>{model.doc.verdict.advice || adviceOf(model)}</p>
      <dl class="commands">
        {commandsOf(model).map(({ what, line }) => (
          <div key={what}><dt>{what}</dt>
            <dd><code>{line}</code> <CopyButton label="Copy" text={() => line} /></dd></div>))}
      </dl>
    </section>
  );
}

export function Summary({ model, go }: ViewProps) {
  const { verdict, notes, snapshots } = model.doc;
  const last = snapshots[snapshots.length - 1];
  return (
    <div class="summary">
      <section class={`verdict ${verdict.kind ?? 'live'}`}>
        {verdict.kind && <p class="kind">{verdict.kind === 'js-heap' ? verdict.part_names[HEAP]
          : KINDS[verdict.kind]}</p>}
        <h2 class="sentence">{verdict.text
          ?? `${bytes(last.live_bytes)} in ${count(last.live_blocks)} blocks are live.`}</h2>
        {notes.map((note) => <p class="note" key={note}>Note: {note}.</p>)}
      </section>
      <Figures model={model} />
      <div class="halves">
        <div>
          <First model={model} go={go} />
          <TopSites model={model} go={go} />
        </div>
        <div>
          <Waterfall names={verdict.part_names} values={verdict.parts ?? last.parts}
            isGrowth={verdict.parts !== undefined} />
          <Resources model={model} go={go} />
          <NextSteps model={model} />
        </div>
      </div>
      <div class="halves">
        <Processes model={model} />
        <Packages model={model} go={go} />
        <Tagged model={model} go={go} />
      </div>
    </div>
  );
}
