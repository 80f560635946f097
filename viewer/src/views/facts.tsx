// facts.tsx -- What was measured and how: how far the rest of the page can be trusted.
//
// SPDX-License-Identifier: Apache-2.0
import type { Count } from '../model/document';
import type { ViewProps } from '../ui/app_state';
import { Meter } from '../ui/small';
import { bytes, count, percent, seconds, time } from '../model/units';

function Covered({ label, value }: { label: string; value: Count }) {
  if (value.addresses === 0) {
    return null;
  }
  return (
    <tr>
      <th scope="row">{label}</th>
      <td class="number">{count(value.addresses)}</td>
      <td class="number">{percent(value.named, value.addresses)}
        <Meter value={value.named / value.addresses} /></td>
      <td class="number">{percent(value.with_lines, value.addresses)}
        <Meter value={value.with_lines / value.addresses} /></td>
    </tr>
  );
}

const STATES: Record<string, string> = {
  found: '', gone: 'not on this machine', changed: 'this machine has another build of the file',
  unreadable: 'unreadable',
};

function Process({ model }: Pick<ViewProps, 'model'>) {
  const { snapshots } = model.doc;
  const last = snapshots[snapshots.length - 1];
  const rows: [string, string][] = [
    ['Program', last.executable || last.program], ['Working directory', last.directory],
    ['Process', `${last.pid} on ${last.host || 'an unknown host'}, ${last.threads} threads`],
    ['Last snapshot', `${time(last.time)}, ${seconds(last.uptime)} after recording began, `
      + `collected in ${seconds(last.duration)}`],
    ['Recording', last.sample_bytes ? `one allocation in ${bytes(last.sample_bytes)}: bytes are `
      + 'estimates' : 'every allocation'],
    ['Same process in all snapshots', !model.isComparison ? 'one snapshot'
      : model.doc.one_process ? 'yes' : 'no: lifetimes and churn are unknown'],
    ['Noise', model.isComparison ? `growth below ${bytes(model.doc.noise)} is not reported` : ''],
  ];
  return (
    <dl class="process">
      {rows.filter(([, value]) => value).map(([name, value]) => (
        <div key={name}><dt>{name}</dt><dd><bdi>{value}</bdi></dd></div>))}
    </dl>
  );
}

export function Facts({ model }: ViewProps) {
  const { coverage, stacks_left_out: stacksOut, sites_left_out: sitesOut } = model.doc;
  const counters = coverage.counters.filter((counter) => counter.value !== 0);
  return (
    <div>
      <h2>Measured process</h2>
      <Process model={model} />
      <h2>Names</h2>
      <p>{count(coverage.stacks)} stacks
        {coverage.truncated_stacks > 0 && `, ${count(coverage.truncated_stacks)} of them cut short`}
        {coverage.unknown_addresses > 0
          && `; ${count(coverage.unknown_addresses)} addresses outside all known code`}
        {sitesOut > 0 && `; ${count(sitesOut)} sites are not on this page`}
        {stacksOut > 0 && `; ${count(stacksOut)} stacks are not on this page`}.</p>
      <div class="scroll" tabIndex={0} role="region" aria-label="Names"><table class="plain">
        <thead><tr><th scope="col">Code</th><th scope="col">Addresses</th><th scope="col">Named</th>
          <th scope="col">With a line</th></tr></thead>
        <tbody>
          <Covered label="all" value={coverage.all} />
          <Covered label="native" value={coverage.native} />
          <Covered label="made at run time (JIT)" value={coverage.jit} />
        </tbody>
      </table></div>
      <h2>Modules in the stacks</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label="Modules">
        <table class="plain">
          <thead><tr><th scope="col">Module</th><th scope="col">Addresses</th>
            <th scope="col">Named</th><th scope="col">With a line</th><th scope="col">Symbols</th>
          </tr></thead>
          <tbody>
            {coverage.modules.map((module) => (
              <tr key={module.path}>
                <th scope="row"><bdi>{module.path}</bdi></th>
                <td class="number">{count(module.count.addresses)}</td>
                <td class="number">{percent(module.count.named, module.count.addresses)}</td>
                <td class="number">{percent(module.count.with_lines, module.count.addresses)}</td>
                <td>{STATES[module.state] ?? module.state}</td>
              </tr>))}
          </tbody>
        </table>
      </div>
      <h2>Counters of the recording: seen, dropped, guessed</h2>
      {counters.length === 0 ? <p>All counters are zero.</p> : (
        <table class="plain">
          <tbody>
            {counters.map((counter) => (
              <tr key={counter.name}>
                <td class="number">{count(counter.value)}</td>
                <th scope="row"><bdi>{counter.meaning}</bdi></th>
              </tr>))}
          </tbody>
        </table>)}
    </div>
  );
}
