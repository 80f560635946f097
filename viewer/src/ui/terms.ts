// terms.ts -- The words of the page, explained.
//
// SPDX-License-Identifier: Apache-2.0

export const TERMS = {
  site: 'The first frame of a stack that is your own code. All stacks that lead to it are one row.',
  growth: 'Live bytes in the last snapshot minus live bytes in the first.',
  live: 'Bytes of blocks that were allocated and not yet freed when the last snapshot was taken.',
  temporary: 'Churn: bytes allocated between the first snapshot and the last, and freed again.',
  total: 'Bytes allocated between the first snapshot and the last, freed or not.',
  survivors: 'Bytes born after the first snapshot and before the last but one, alive in the last: '
    + 'they lived through a whole interval. Needs three snapshots of one process.',
  evidence: 'How much speaks for a leak, 0 to 1: does it keep growing, is it more than noise, '
    + 'do the blocks survive? Rank is evidence weighed with size.',
  kind: 'malloc: blocks of the allocator; buffer: off-heap Buffers and ArrayBuffers; mmap: '
    + 'mappings; pool: blocks of a custom pool; managed heap: memory that a collector frees.',
  slope: 'Steady growth: the median slope over all snapshots, with the interval that holds it '
    + 'with 95 % confidence.',
  pattern: 'The shape of the series: rises, grew, once, settled, fluctuates, noise or flat.',
  module: 'The executable or library that the code lies in.',
  rss: 'Resident set size: memory of the process that is in RAM. The parts add up to it.',
  'native blocks': 'Live bytes of malloc and its like, and of custom pools.',
  'off-heap buffers': 'Live bytes of Node Buffers and ArrayBuffers, Java direct buffers.',
  'js heap': 'Resident pages of a managed heap: a collector decides when they are freed.',
  'allocator retention': 'What the allocator holds and nobody uses: freed memory that it keeps, '
    + 'fragmentation, its own bookkeeping.',
  mappings: 'Resident pages of all other mappings, files too.',
  'thread stacks': 'Resident pages of the stacks of threads.',
  'heapdiff itself': 'What recording costs.',
  other: 'What could not be explained.',
} as const;

export type Term = keyof typeof TERMS;

export const PATTERNS: Record<string, string> = {
  rises: 'keeps growing over the series',
  grew: 'grew; two snapshots cannot say more',
  once: 'one allocation made all of the growth',
  settled: 'grew, and has stopped',
  fluctuates: 'goes up and down, and happens to be up',
  noise: 'grew less than sampling or churn move it by',
  flat: 'as large as before, or smaller',
};
