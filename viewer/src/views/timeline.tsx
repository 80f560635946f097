// timeline.tsx -- RSS, its parts and the numbers of the runtime, over the snapshots.
//
// SPDX-License-Identifier: Apache-2.0
import type { Model } from '../model/model';
import type { ViewProps } from '../ui/app_state';
import { Chart, type Line } from '../ui/chart';
import { bytes, count, time } from '../model/units';

const TONES = ['--series-1', '--series-2', '--series-3', '--series-4', '--series-5', '--series-6',
  '--series-7', '--series-8'];

function partLines(model: Model): Line[] {
  const { snapshots, verdict } = model.doc;
  const lines: Line[] = [
    { name: 'RSS', values: snapshots.map((snapshot) => snapshot.rss_bytes), tone: '--ink' },
    { name: 'live bytes', values: snapshots.map((snapshot) => snapshot.live_bytes),
      tone: '--quiet', dash: [6, 4] },
  ];
  verdict.part_names.forEach((name, i) => {
    const values = snapshots.map((snapshot) => snapshot.parts[i]);
    if (Math.max(...values.map(Math.abs)) > 0.01 * Math.max(...lines[0].values as number[])) {
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
  [/\.heapUsed$/, TONES[2]], [/\.heapTotal$/, TONES[0]], [/\.external$/, TONES[1]],
  [/\.arrayBuffers$/, TONES[3]], [/\.(heap_used|used_bytes)$/, TONES[4]],
];
const DELAYS: [RegExp, string][] = [
  [/\.eventLoopDelay_mean_ms$/, TONES[2]], [/\.eventLoopDelay_p99_ms$/, TONES[0]],
  [/\.eventLoopDelay_max_ms$/, TONES[4]],
];

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
  const heaps = runtimeLines(model, HEAPS);
  const delays = runtimeLines(model, DELAYS);
  return (
    <div class="timeline">
      <h2>RSS and its parts</h2>
      <Chart label="RSS, live bytes and parts of RSS over the snapshots; numbers are in the table"
        model={model} lines={partLines(model)} say={bytes} high={300} />
      {heaps.length > 0 && (
        <>
          <h2>Heap, as the runtime reports it</h2>
          <Chart label="Heap numbers of the runtime over the snapshots" model={model} lines={heaps}
            say={bytes} high={220} />
        </>)}
      {delays.length > 0 && (
        <>
          <h2>Event-loop delay</h2>
          <Chart label="Event-loop delay over the snapshots, in milliseconds" model={model}
            lines={delays} isBytes={false} high={180}
            say={(value) => `${value.toFixed(value < 10 ? 1 : 0)} ms`} />
        </>)}
      <Table model={model} />
    </div>
  );
}
