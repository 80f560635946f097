// groups.tsx -- Bytes by process, label, thread and package: tables of the summary.
//
// SPDX-License-Identifier: Apache-2.0
import type { Group, Model } from '../model/model';
import type { ViewProps } from '../ui/app_state';
import { Meter } from '../ui/small';
import { bytes, count, signedBytes } from '../model/units';

const MOST_GROUPS = 12;

interface GroupsProps extends Pick<ViewProps, 'model'> {
  by: string;
  groups: Group[];
  children?: preact.ComponentChildren; // below the table
  onOpen?: (name: string) => void;
}

// Growth (or, with one snapshot, live bytes) by label, thread or package.
function Groups({ model, by, groups, children, onOpen }: GroupsProps) {
  const what = model.isComparison ? 'growth' : 'live';
  const say = model.isComparison ? signedBytes : bytes;
  const rows = groups.slice(0, MOST_GROUPS);
  const more = groups.length - rows.length;
  const largest = Math.max(1, ...rows.map((row) => Math.abs(row.values[what])));
  return (
    <section class="groups">
      <h2>{model.isComparison ? 'Growth' : 'Live bytes'} by {by}</h2>
      <table>
        <thead><tr><th scope="col">{by}</th>
          <th scope="col" class="number">{model.isComparison ? 'Growth' : 'Live'}</th>
          <th scope="col" class="meters"><span class="quiet">Bar</span></th>
          {model.isComparison && <th scope="col" class="number">Live</th>}
          <th scope="col" class="number">Sites</th></tr></thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              <th scope="row">{onOpen ? <button type="button" class="link"
                onClick={() => onOpen(row.name)}><bdi>{row.name}</bdi></button>
                : <bdi>{row.name}</bdi>}</th>
              <td class="number">{say(row.values[what])}</td>
              <td class="meters"><Meter value={Math.abs(row.values[what]) / largest} /></td>
              {model.isComparison && <td class="number">{bytes(row.values.live)}</td>}
              <td class="number">{count(row.sites)}</td>
            </tr>))}
        </tbody>
      </table>
      {more > 0 && <p>{count(more)} more.</p>}
      {children}
    </section>
  );
}

export function Tagged({ model, go }: Pick<ViewProps, 'model' | 'go'>) {
  const { groups } = model.doc;
  if (!groups) {
    return null;
  }
  return (
    <Groups model={model} by={groups.by} groups={model.groups}>
      {groups.note && <p class="note">{groups.note}</p>}
      <p><button type="button" class="link"
        onClick={() => go({ view: 'flame', grouped: true, zoom: 0 })}>
        Flame graph by {groups.by}</button></p>
    </Groups>
  );
}

export function Packages({ model, go }: Pick<ViewProps, 'model' | 'go'>) {
  const what = model.isComparison ? 'growth' : 'live';
  const moved = model.packages.filter((group) => group.values[what] !== 0);
  if (moved.length < 2 || moved.every((group) => group.name.startsWith('('))) {
    return null;
  }
  return (
    <Groups model={model} by="package" groups={moved}
      onOpen={(name) => go({ view: 'sites', site: -1, package: name, all: true })} />
  );
}

export function Processes({ model }: { model: Model }) {
  const { processes, snapshots } = model.doc;
  if (processes.length < 2) {
    return null;
  }
  const { program } = snapshots[0];
  const summed = processes.filter((process) => process.summed).length;
  return (
    <section class="groups">
      <h2>Processes</h2>
      <p class="note">This page is the sum of {summed === processes.length ? 'all' : summed} of{' '}
        {processes.length} processes: those with a tick.</p>
      <table>
        <thead><tr><th scope="col">process</th><th scope="col">summed</th>
          <th scope="col" class="number">sites</th><th scope="col" class="number">RSS</th>
          <th scope="col" class="number">snapshots</th></tr></thead>
        <tbody>
          {processes.map((process) => (
            <tr key={process.pid}>
              <th scope="row"><bdi>{process.summed ? program : 'process'}</bdi> {process.pid}</th>
              <td>{process.summed ? '✓' : '–'}</td>
              <td class="number">{signedBytes(process.growth)}</td>
              <td class="number">{signedBytes(process.rss_growth)}</td>
              <td class="number">{process.files.length}</td>
            </tr>))}
        </tbody>
      </table>
    </section>
  );
}
