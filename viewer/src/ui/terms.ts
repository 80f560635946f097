// terms.ts -- The words of the page, explained.
//
// SPDX-License-Identifier: Apache-2.0

export const TERMS = {
  site: 'The first frame of a stack in your own code. All stacks that lead to it are one row.',
  growth: 'Live bytes in the last snapshot minus live bytes in the first.',
  live: 'Bytes of blocks that were allocated and not yet freed when the last snapshot was taken.',
  temporary: 'Churn: bytes allocated between the first snapshot and the last, and freed again.',
  total: 'Bytes allocated between the first snapshot and the last, freed or not.',
  survivors: 'Bytes allocated after the first snapshot and before the last but one, and still live '
    + 'in the last: they outlived a whole interval. Needs three snapshots of one process.',
  evidence: 'Evidence for a leak, from 0 to 1: does the site keep growing, does it grow more than '
    + 'noise, do its blocks survive? The ranking weighs evidence with size.',
  kind: 'malloc: blocks of the allocator; buffer: off-heap Buffers and ArrayBuffers; mmap: '
    + 'mappings; pool: blocks of a custom pool; managed heap: memory that a garbage collector '
    + 'frees.',
  slope: 'Steady growth: the median slope over all snapshots, with its 95 % confidence interval.',
  pattern: 'The shape of the series: rises, grew, once, settled, fluctuates, noise or flat.',
  module: 'The executable or library that contains the code.',
  rss: 'Resident set size: memory of the process that is in RAM. The parts add up to it.',
  'native blocks': 'Live bytes of malloc, of the functions like it, and of custom pools.',
  'off-heap buffers': 'Live bytes of Node Buffers, ArrayBuffers and Java direct buffers.',
  'managed heap': 'Resident pages of a managed heap: a garbage collector decides when to free '
    + 'them.',
  'allocator retention': 'Memory that the allocator holds beyond live blocks: freed memory that it '
    + 'has not returned to the system, fragmentation, its own bookkeeping.',
  mappings: 'Resident pages of all other mappings, including files.',
  'thread stacks': 'Resident pages of thread stacks.',
  'heapdiff itself': 'The memory that recording costs.',
  other: 'Growth that heapdiff could not explain.',
} as const;

export type Term = keyof typeof TERMS;

export const PATTERNS: Record<string, string> = {
  rises: 'keeps growing over the series',
  grew: 'grew; two snapshots do not show more',
  once: 'one allocation made all of the growth',
  settled: 'grew, then stopped',
  fluctuates: 'goes up and down; now it is up',
  noise: 'grew by less than sampling or churn explain',
  flat: 'did not grow',
};
