// summary.tsx -- The verdict, the parts of RSS growth, and the first sites of the ranking.
//
// SPDX-License-Identifier: Apache-2.0
import type { Model } from '../model/model';
import type { ViewProps } from '../ui/app_state';
import { Meter, Name, Spark, Tip } from '../ui/small';
import type { Term } from '../ui/terms';
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
            <th scope="row"><Tip term={step.name as Term} /></th>
            <td class="number">{say(step.value)}</td>
            <td class="number">{percent(step.value, sum)}</td>
            <td class="track"><span class={`bar ${!isGrowth ? 'even' : step.value > 0 ? 'up'
              : 'down'}`} style={bar(step.from, step.value)} /></td>
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

function Figures({ model }: { model: Model }) {
  const { snapshots } = model.doc;
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
      {model.isComparison && <Figure label="Between first and last" value={seconds(last.seconds)}
        more={`${snapshots.length} snapshots`} />}
      {last.sample_bytes > 0 && <Figure label="Sampled" value={`1 in ${bytes(last.sample_bytes)}`}
        more="bytes are estimates" />}
    </dl>
  );
}

const KINDS: Record<string, string> = {
  leak: 'Leak', 'js-heap': 'Managed heap', retention: 'Retention', mapping: 'Mappings',
  none: 'No growth', 'not-measurable': 'Not measurable',
};

function TopSites({ model, go }: Pick<ViewProps, 'model' | 'go'>) {
  const sites = model.sites.filter((site) => site.growing || !model.isComparison).slice(0, 5);
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
              <Meter value={valueOf(i) / largest} tone={model.isComparison ? 'up' : 'plain'} />
              {model.isComparison && <Spark values={site.live} wide={64} high={20} />}
              <span class="chip">{site.kind}</span>
              <Name frame={site.frame} />
            </button>
          </li>
        ))}
      </ol>
      <p><button type="button" class="link" onClick={() => go({ view: 'sites', site: -1 })}>
        All sites</button></p>
    </section>
  );
}

const MOST_GROUPS = 12;

// Growth (or, with one snapshot, live bytes) by the labels that the program set, or by thread.
function Groups({ model, go }: Pick<ViewProps, 'model' | 'go'>) {
  const { groups } = model.doc;
  if (!groups) {
    return null;
  }
  const what = model.isComparison ? 'growth' : 'live';
  const say = model.isComparison ? signedBytes : bytes;
  const rows = model.groups.slice(0, MOST_GROUPS);
  const more = model.groups.length - rows.length;
  const largest = Math.max(1, ...rows.map((row) => Math.abs(row.values[what])));
  return (
    <section class="groups">
      <h2>{model.isComparison ? 'Growth' : 'Live bytes'} by {groups.by}</h2>
      <table>
        <thead><tr><th scope="col">{groups.by}</th>
          <th scope="col" class="number">{model.isComparison ? 'Growth' : 'Live'}</th>
          <th scope="col"><span class="quiet">Bar</span></th>
          {model.isComparison && <th scope="col" class="number">Live</th>}
          <th scope="col" class="number">Sites</th></tr></thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              <th scope="row"><bdi>{row.name}</bdi></th>
              <td class="number">{say(row.values[what])}</td>
              <td><Meter value={Math.abs(row.values[what]) / largest}
                tone={model.isComparison && row.values[what] > 0 ? 'up' : 'plain'} /></td>
              {model.isComparison && <td class="number">{bytes(row.values.live)}</td>}
              <td class="number">{count(row.sites)}</td>
            </tr>))}
        </tbody>
      </table>
      {more > 0 && <p>{count(more)} more.</p>}
      {groups.note && <p class="note">{groups.note}</p>}
      <p><button type="button" class="link"
        onClick={() => go({ view: 'flame', grouped: true, zoom: 0 })}>
        Flame graph by {groups.by}</button></p>
    </section>
  );
}

export function Summary({ model, go }: ViewProps) {
  const { verdict, notes, snapshots } = model.doc;
  const last = snapshots[snapshots.length - 1];
  return (
    <div class="summary">
      <section class={`verdict ${verdict.kind ?? 'none'}`}>
        {verdict.kind && <p class="kind">{KINDS[verdict.kind]}</p>}
        <h2 class="sentence">{verdict.text
          ?? `${bytes(last.live_bytes)} in ${count(last.live_blocks)} blocks are live.`}</h2>
        {verdict.advice && <p>{verdict.advice}</p>}
        {notes.map((note) => <p class="note" key={note}>Note: {note}.</p>)}
      </section>
      <Figures model={model} />
      <div class="halves">
        <section>
          <Waterfall names={verdict.part_names} values={verdict.parts ?? last.parts}
            isGrowth={verdict.parts !== undefined} />
        </section>
        <TopSites model={model} go={go} />
      </div>
      <Groups model={model} go={go} />
    </div>
  );
}
