// worker.mjs -- What DevTools' own worker makes of heap snapshots, as JSON.
//
// node worker.mjs toolkit|frontend [--brief] FILE...      --brief: statistics and classes only
//
// `toolkit` is the worker as npm's heap-snapshot-toolkit packs it; `frontend` the source of
// chrome-devtools-frontend, bundled here and now. Prints for each file its statistics, classes and
// bars; for each file after the first what the Comparison view shows; and whatever was warned of.
//
// SPDX-License-Identifier: Apache-2.0
import { loadFrontend, loadSnapshot } from './frontend.mjs';

const warnings = [];
for (const level of ['warn', 'error']) {
  console[level] = (...words) => warnings.push(words.join(' '));
}

function classesOf(snapshot) {
  const result = {};
  const aggregates = snapshot.aggregatesWithFilter({});
  for (const { name, count, self, maxRet } of Object.values(aggregates)) {
    result[name] = { count, self, retained: maxRet };
  }
  return result;
}

// The stack of every object, leaf first, as the Retainers pane leads through it.
function stacksOf(snapshot) {
  const sums = {};
  const fields = snapshot.nodeFieldCount;
  for (let index = 0; index < snapshot.nodes.length; index += fields) {
    const node = snapshot.createNode(index);
    if (node.selfSize() === 0) {
      continue;
    }
    const frames = [];
    let at = index;
    for (;;) {
      const retainers = snapshot.createNode(at).retainers();
      if (!retainers.hasNext()) {
        break;
      }
      at = retainers.item().nodeIndex();
      frames.push(snapshot.createNode(at).name());
    }
    const key = frames.slice(0, -3).join('\n'); // group, (GC roots), root
    sums[key] = (sums[key] ?? 0) + node.selfSize();
  }
  return sums;
}

// As the Allocation stack pane shows it.
function allocationsOf(snapshot) {
  const sums = {};
  const fields = snapshot.nodeFieldCount;
  for (let index = 0; index < snapshot.nodes.length; index += fields) {
    const node = snapshot.createNode(index);
    if (node.selfSize() > 0 && node.traceNodeId()) {
      const frames = snapshot.allocationStack(index);
      const key = frames.map((f) => `${f.functionName}|${f.scriptName}|${f.line}`).join('\n');
      sums[key] = (sums[key] ?? 0) + node.selfSize();
    }
  }
  return sums;
}

// The frame below which most is kept: its name and retained size.
function retainedOf(snapshot) {
  const result = {};
  const fields = snapshot.nodeFieldCount;
  for (let index = 0; index < snapshot.nodes.length; index += fields) {
    const node = snapshot.createNode(index);
    if (node.selfSize() === 0) {
      result[node.name()] = Math.max(result[node.name()] ?? 0, node.retainedSize());
    }
  }
  return result;
}

function detailsOf(snapshot) {
  return {
    stacks: stacksOf(snapshot),
    retained: retainedOf(snapshot),
    allocations: allocationsOf(snapshot),
    samples: snapshot.getSamples(),
    lastId: snapshot.updateStaticData().maxJSObjectId,
  };
}

async function compare(base, snapshot) {
  const definitions = base.interfaceDefinitions ? base.interfaceDefinitions() : undefined;
  const aggregates = base.aggregatesForDiff(definitions);
  const result = {};
  for (const diff of Object.values(snapshot.calculateSnapshotDiff(base.uid ?? 0, aggregates))) {
    const { name, addedCount, removedCount, addedSize, removedSize } = diff;
    result[name] = { addedCount, removedCount, addedSize, removedSize };
  }
  return result;
}

const [source, ...paths] = process.argv.slice(2).filter((word) => word !== '--brief');
const brief = process.argv.includes('--brief');
const api = source === 'toolkit'
  ? (await import('heap-snapshot-toolkit')).DevToolsAPI : await loadFrontend();
const snapshots = [];
for (const path of paths) {
  snapshots.push(await loadSnapshot(api, path));
}
const files = snapshots.map((snapshot) => ({
  nodes: snapshot.nodeCount,
  statistics: snapshot.getStatistics(),
  classes: classesOf(snapshot),
  ...(brief ? {} : detailsOf(snapshot)),
}));
const comparisons = [];
for (let i = 1; i < snapshots.length; i++) {
  comparisons.push(await compare(snapshots[i - 1], snapshots[i]));
}
process.stdout.write(JSON.stringify({ files, comparisons, warnings }));
