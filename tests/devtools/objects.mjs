// objects.mjs -- What DevTools' own worker makes of V8's heap snapshots, as JSON.
//
// node objects.mjs FILE...      files in pairs: each second one is compared with the one before it
//
// Prints for each file the rows of its Summary, by key, a hash of what each node has, strings
// that repeat and dead fields of contexts; for each pair the rows of the Comparison.
//
// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';

import { loadFrontend, loadSnapshot } from './frontend.mjs';

// As tests/analyzer/heapsnapshot/nodes.c writes it.
function hashOf(snapshot) {
  const bytes = Buffer.alloc(20 * snapshot.nodeCount);
  for (let i = 0, at = 0; i < snapshot.nodeCount; i++, at += 20) {
    const size = i * snapshot.nodeFieldCount + snapshot.nodeSelfSizeOffset;
    bytes.writeBigUInt64LE(BigInt(snapshot.retainedSizes[i]), at);
    bytes.writeInt32LE(snapshot.nodeDistances[i], at + 8);
    bytes.writeUInt32LE(snapshot.nodes.getValue(size), at + 12);
    bytes.writeUInt32LE(snapshot.dominatorsTree[i], at + 16);
  }
  return createHash('sha256').update(bytes).digest('hex');
}

function rowsOf(snapshot) {
  const result = {};
  for (const [key, row] of Object.entries(snapshot.aggregatesWithFilter({}))) {
    result[key] = [row.name, row.count, row.self, row.maxRet, row.distance];
  }
  return result;
}

function duplicatesOf(snapshot) {
  return snapshot.getDuplicateStrings().map(
    (group) => `${group.count} ${group.totalSelfSize} ${group.totalRetainedSize}`);
}

function fieldsOf(snapshot) {
  const contexts = snapshot.analyzeContexts().scopes.flatMap((scope) => scope.contexts);
  return contexts.flatMap((context) => context.deadFields).map(
    (field) => `${field.name} ${field.retainedSize}`);
}

// As the panel does it: the base takes the later snapshot's names of plain objects.
function compare(base, snapshot) {
  const result = {};
  const aggregates = base.aggregatesForDiff(snapshot.interfaceDefinitions());
  for (const [key, row] of Object.entries(snapshot.calculateSnapshotDiff('base', aggregates))) {
    result[key] = [row.name, row.addedCount, row.removedCount, row.addedSize, row.removedSize];
  }
  return result;
}

// DevTools throws at the trees of stacks that V8 writes for a session inside of the process.
const withoutStacks = (text) => text.replace(/"trace_function_count":\d+/,
                                             '"trace_function_count":0');

console.warn = () => {};
const api = await loadFrontend();
const files = [], comparisons = [];
let base = null;
for (const path of process.argv.slice(2)) {
  const snapshot = await loadSnapshot(api, path, withoutStacks);
  files.push({
    total: snapshot.getStatistics().total,
    rows: rowsOf(snapshot),
    nodes: hashOf(snapshot),
    strings: duplicatesOf(snapshot),
    fields: fieldsOf(snapshot),
  });
  if (base) {
    comparisons.push(compare(base, snapshot));
  }
  base = base ? null : snapshot;
}
process.stdout.write(JSON.stringify({ files, comparisons }));
