// timeline.tsx -- RSS, its parts, the runtime's numbers and requests, as they were measured.
//
// SPDX-License-Identifier: Apache-2.0
import type { Model } from '../model/model';
import { type Points, largest, measured, measuredRate, sum, withPoints } from '../model/timeline';
import type { ViewProps } from '../ui/app_state';
import { Chart, type Line } from '../ui/chart';
import { bytes, count, time } from '../model/units';

const TONES = ['--series-1', '--series-2', '--series-3', '--series-4', '--series-5', '--series-6',
  '--series-7', '--series-8'];

const line = (name: string, tone: string, { x, values }: Points): Line => ({
  name, tone, x, values,
});

function partLines(model: Model): Line[] {
  const { snapshots, verdict } = model.doc;
  const rss = snapshots.map((snapshot) => snapshot.rss_bytes);
  const between = measured(model.doc, 'rss', sum);
  const times = snapshots.map((snapshot) => snapshot.seconds);
  const lines: Line[] = [
    between ? line('RSS', '--ink', withPoints(between, { x: times, values: rss }))
      : { name: 'RSS', values: rss, tone: '--ink' },
    { name: 'live bytes', values: snapshots.map((snapshot) => snapshot.live_bytes),
      tone: '--quiet', dash: [6, 4] },
  ];
  verdict.part_names.forEach((name, i) => {
    const values = snapshots.map((snapshot) => snapshot.parts[i]);
    if (Math.max(...values.map(Math.abs)) > 0.01 * Math.max(...rss)) {
      lines.push({ name, values, tone: TONES[i] });
    }
  });
  return lines;
}

// "node.heapUsed" and the like, where at least one snapshot has it.
function runtimeLines(model: Model, wanted: [RegExp, string][]): Line[] {
  const { snapshots } = model.doc;
  const names = [...new Set(snapshots.flatMap((snapshot) => Object.keys(snapshot.runtime)))];
  return wanted.flatMap(([pattern, tone]) => names.filter((name) => pattern.test(name))
    .map((name) => ({
      name: name.replace(/^[^.]*\./, '').replaceAll('_', ' '), tone,
      values: snapshots.map((snapshot) => snapshot.runtime[name] ?? null),
    }))).slice(0, 8);
}

const HEAPS: [RegExp, string][] = [
  [/\.heapUsed$/, TONES[2]], [/\.heapTotal$/, TONES[4]], [/\.external$/, TONES[1]],
  [/\.arrayBuffers$/, TONES[3]], [/\.(heap_used|used_bytes)$/, TONES[5]],
];
const DELAYS: [RegExp, string][] = [
  [/\.eventLoopDelay_mean_ms$/, TONES[2]], [/\.eventLoopDelay_p99_ms$/, TONES[1]],
  [/\.eventLoopDelay_max_ms$/, TONES[4]],
];

// What was measured between the snapshots replaces what only they say.
function heapLines(model: Model): Line[] {
  const names = ['heapUsed', 'external', 'arrayBuffers'];
  const tones = [TONES[2], TONES[1], TONES[3]];
  const between = names.flatMap((name, i) => {
    const points = measured(model.doc, name, sum);
    return points ? [line(name, tones[i], points)] : [];
  });
  const said = new Set(between.map(({ name }) => name));
  return [...between, ...runtimeLines(model, HEAPS).filter(({ name }) => !said.has(name))];
}

function delayLines(model: Model): Line[] {
  const between = measured(model.doc, 'eventLoopDelay_max_ms', largest);
  return between ? [line('longest delay', TONES[4], between)] : runtimeLines(model, DELAYS);
}

const milliseconds = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
const perSecond = (value: number) => `${count(value)}/s`;

function Table({ model }: { model: Model }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Snapshots">
      <table class="plain">
        <caption>Snapshots</caption>
        <thead><tr>
          {['#', 'Label', 'Taken', 'RSS', 'Live bytes', 'Live blocks', 'Threads', 'Why', 'File']
            .map((name) => <th scope="col" key={name}>{name}</th>)}
        </tr></thead>
        <tbody>
          {model.doc.snapshots.map((snapshot, i) => (
            <tr key={i}>
              <td class="number">{i + 1}</td>
              <td><bdi>{snapshot.label}</bdi></td>
              <td>{time(snapshot.time)}</td>
              <td class="number">{bytes(snapshot.rss_bytes)}</td>
              <td class="number">{bytes(snapshot.live_bytes)}</td>
              <td class="number">{count(snapshot.live_blocks)}</td>
              <td class="number">{snapshot.threads}</td>
              <td>{snapshot.reason}</td>
              <td><bdi>{snapshot.file}</bdi></td>
            </tr>))}
        </tbody>
      </table>
    </div>
  );
}

export function Timeline({ model }: ViewProps) {
  const heaps = heapLines(model);
  const delays = delayLines(model);
  const requests = measuredRate(model.doc, 'http_requests');
  const isMeasured = model.doc.timeline.length > 0;
  return (
    <div class="timeline">
      <h2>RSS and its parts</h2>
      <p class="note">{isMeasured ? 'Lines: measured at intervals. Points: known at the snapshots '
        + 'only, which are the dotted verticals.'
        : 'Measured at the snapshots only, which are the dotted verticals.'}</p>
      <Chart label="RSS, live bytes and parts of RSS over time; numbers are in the table"
        model={model} lines={partLines(model)} say={bytes} high={300} />
      {heaps.length > 0 && (
        <>
          <h2>Heap, as the runtime reports it</h2>
          <Chart label="Heap numbers of the runtime over time" model={model} lines={heaps}
            say={bytes} high={220} />
        </>)}
      {requests && (
        <>
          <h2>HTTP requests a second</h2>
          <Chart label="HTTP requests a second over time" model={model} isBytes={false} high={160}
            lines={[line('requests', TONES[1], requests)]} say={perSecond} />
        </>)}
      {delays.length > 0 && (
        <>
          <h2>Event-loop delay</h2>
          <Chart label="Event-loop delay over time, in milliseconds" model={model} lines={delays}
            isBytes={false} high={160} say={milliseconds} />
        </>)}
      <Table model={model} />
    </div>
  );
}
