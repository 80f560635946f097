// document.ts -- The data of a page, field by field, as analyzer/html/ writes it.
//
// SPDX-License-Identifier: Apache-2.0

export interface Snapshot {
  file: string;
  label: string;
  reason: string;
  program: string;
  executable: string;
  directory: string;
  host: string;
  pid: number;
  number: number;
  epoch: number;
  threads: number;
  time: number; // seconds since 1970
  seconds: number; // since the first snapshot
  uptime: number; // seconds since recording began
  duration: number; // seconds that collecting it took
  sample_bytes: number;
  live_bytes: number;
  live_blocks: number;
  rss_bytes: number;
  peak_rss_bytes: number;
  parts: number[]; // of RSS, in the order of part_names
  runtime: Record<string, number>; // "node.heapUsed"
  allocator: Record<string, number>; // "glibc.arena"
}

export interface Verdict {
  part_names: string[];
  kind?: 'leak' | 'js-heap' | 'retention' | 'mapping' | 'none' | 'not-measurable';
  text?: string;
  advice?: string;
  limit?: number;
  parts?: number[];
}

export interface Count {
  addresses: number;
  named: number;
  with_lines: number;
}

export interface Coverage {
  stacks: number;
  truncated_stacks: number;
  unknown_addresses: number;
  all: Count;
  native: Count;
  jit: Count;
  modules: { path: string; state: string; count: Count }[];
  counters: { name: string; meaning: string; value: number }[];
}

// A resource that became more, or native memory that an object holds, in words.
export interface Resource {
  text: string;
  site: number; // where they come from; -1: not known, or not on the page
}

export interface Process {
  pid: number;
  lives: number; // of its program, one after the other; else 1
  files: string[]; // its snapshots
  growth: number; // bytes, of its growing sites
  rss_growth: number;
  summed: boolean; // a part of the numbers of the page
}

// What was measured between the snapshots of one process.
export interface Series {
  pid: number;
  name: string; // 'process' (of the kernel) or the runtime
  statistic: string; // 'rss', 'heapUsed', …
  points: number[]; // seconds since the first snapshot, value, …
}

// Stacks by what they are of: one label or thread has a share of one stack.
export interface Groups {
  by: 'label' | 'thread';
  note: string; // '' when there is nothing to say
  totals: number[][]; // name, sites, growth, live, survivors, temporary, total
  shares: Columns;
}

// Rows with the names of their columns.
export interface Columns {
  fields: string[];
  rows: unknown[][];
}

export interface Document {
  schema: number;
  version: string;
  one_process: boolean;
  operations: number;
  operations_from: string; // '' when they were not counted
  noise: number;
  classes: string[];
  owners: string[]; // of frames: program, dependency, runtime
  snapshots: Snapshot[];
  verdict: Verdict;
  notes: string[];
  resources: Resource[];
  processes: Process[]; // when there are several
  timeline: Series[];
  sites: Columns;
  sites_left_out: number;
  stacks: Columns;
  stacks_left_out: number;
  groups: Groups | null;
  nodes: number[]; // parent, frame, parent, frame, …; callers before callees
  sizes: number[][]; // by site: class, blocks and bytes first, blocks and bytes last, …
  ages: number[][]; // by site: epoch, blocks, bytes, …
  sources: [number, number, number, string, number][]; // file, line, first line, text, changed
  coverage: Coverage;
  strings: string[];
  frame_owners: number[]; // by frame
  frames: number[]; // function, file, line, column, module, class, flags, file as shown, package, …
}

export const SCHEMA = 1;

// The document in the page; throws a sentence for people when there is none that can be read.
export function parseDocument(text: string): Document {
  if (!text.trim().startsWith('{')) {
    throw new Error('This page contains no data. '
      + 'Make one with: heapdiff report A.db B.db -o FILE.html');
  }
  const found = JSON.parse(text) as Document;
  if (found.schema !== SCHEMA) {
    throw new Error(`The data is of schema ${found.schema}, this page reads ${SCHEMA}.`);
  }
  return found;
}
