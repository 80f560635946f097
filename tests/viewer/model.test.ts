// model.test.ts -- The page's model: numbers in words, the address, selections, trees, Markdown.
//
// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { type Document, parseDocument } from '../../viewer/src/model/document';
import { type FlameOptions, buildFlame, searchFlame } from '../../viewer/src/model/flame';
import { siteMarkdown, summaryMarkdown } from '../../viewer/src/model/markdown';
import { Model } from '../../viewer/src/model/model';
import { matcher, select } from '../../viewer/src/model/select';
import { commandsOf } from '../../viewer/src/model/commands';
import { largest, measured, measuredRate, sum, withPoints } from '../../viewer/src/model/timeline';
import { START, readState, writeState } from '../../viewer/src/model/state';
import { blocks, bytes, percent, rate, seconds, signedBytes } from '../../viewer/src/model/units';

const snapshot = (n: number) => ({
  file: `${n}.db`, label: `step ${n}`, reason: 'request', program: 'server', executable: '',
  directory: '', host: '', pid: 7, number: n, epoch: n, threads: 1, time: 60 * n,
  seconds: 60 * (n - 1), uptime: 60 * n, duration: 0.01, sample_bytes: 0, live_bytes: 1000 * n,
  live_blocks: 10 * n, rss_bytes: 5000 * n, peak_rss_bytes: 9000, parts: [3000 * n, 2000 * n],
  runtime: {}, allocator: {},
});

// main > serve > keep (own), which grows by 300; main > cache, which shrinks by 100.
function sample(): Document {
  const strings = ['main', 'serve', 'keep`s | friend', 'cache', '/srv/app.c', 'rises', 'flat',
    'GET /orders', '(no label)', 'app.c', 'malloc', 'buffer'];
  const frame = (name: number, line: number) => [name, 4, line, 0, -1, 0, 4, 9, -1];
  return {
    schema: 1, version: '1', one_process: true, operations: 0, operations_from: '', noise: 0,
    classes: ['own', 'runtime'],
    owners: ['program', 'dependency', 'runtime'], frame_owners: [0, 0, 0, 0],
    resources: [], processes: [], timeline: [],
    snapshots: [1, 2, 3].map(snapshot),
    verdict: { part_names: ['native blocks', 'other'], kind: 'leak', text: 'It leaks.',
      advice: '', limit: 1, parts: [6000, 4000] },
    notes: [], sites_left_out: 0, stacks_left_out: 0,
    sites: {
      fields: ['frame', 'kind', 'managed', 'growing', 'growth', 'growth_blocks', 'score',
        'evidence', 'pattern', 'noise', 'old', 'survivors', 'total', 'allocations', 'slope',
        'slope_low', 'slope_high', 'chance', 'deviation', 'live', 'blocks', 'way', 'leader'],
      rows: [
        [2, 11, 0, 1, 300, 1, 0.9, 0.9, 5, 0, 100, 150, 350, 3, 2.5, 2, 3, 0.1, 0, [100, 200, 400],
          [1, 2, 4], -1, -1],
        [3, 10, 0, 0, -100, -2, 0, 0, 6, 0, 50, null, 900, 9, null, null, null, null, 0,
          [200, 150, 100], [2, 2, 1], -1, -1],
      ],
    },
    stacks: {
      fields: ['node', 'site', 'growth', 'live', 'survivors', 'temporary', 'total', 'truncated'],
      rows: [[2, 0, 300, 400, 150, 50, 350, 0], [3, 1, -100, 100, 0, 1000, 900, 1]],
    },
    groups: {
      by: 'label', note: '',
      totals: [[7, 1, 240, 310, 150, 50, 290], [8, 2, -40, 190, 0, 1000, 960]],
      shares: {
        fields: ['stack', 'group', 'growth', 'live', 'survivors', 'temporary', 'total'],
        rows: [[0, 7, 240, 310, 150, 50, 290], [0, 8, 60, 90, 0, 0, 60],
          [1, 8, -100, 100, 0, 1000, 900]],
      },
    },
    nodes: [-1, 0, 0, 1, 1, 2, 0, 3],
    sizes: [[6, 1, 100, 4, 400], []],
    ages: [[1, 1, 100, 3, 2, 300], []],
    sources: [[4, 40, 39, 'a\nb', 1]],
    coverage: { stacks: 2, truncated_stacks: 1, unknown_addresses: 0,
      all: { addresses: 4, named: 4, with_lines: 4 }, native: { addresses: 4, named: 4,
        with_lines: 4 }, jit: { addresses: 0, named: 0, with_lines: 0 }, modules: [],
      counters: [] },
    strings, frames: [...frame(0, 1), ...frame(1, 20), ...frame(2, 40), ...frame(3, 60)],
  };
}

const model = new Model(sample());
const flameOf = (options: Partial<FlameOptions>) => buildFlame(model, {
  what: 'growth', inverted: false, depth: 'every', kind: '', site: -1, sign: 'both', grouped: false,
  ...options,
});
const path = (names: string[], graph = flameOf({})) => names.reduce(
  (node, name) => node.children.find((child) => child.frame?.name === name)!, graph.root);

describe('units', () => {
  it('round a half as the verdict does', () => {
    const mib = 1024 * 1024;
    expect(bytes(31.25 * mib)).toBe('31.2 MiB');
    expect(bytes(31.75 * mib)).toBe('31.8 MiB');
    expect(bytes(31.26 * mib)).toBe('31.3 MiB');
  });

  it('gives bytes in the largest unit that keeps a digit before the point', () => {
    expect([0, 1023, 1024, 1536, 1048575, 1 << 20].map(bytes)).toEqual(
      ['0 B', '1023 B', '1.0 KiB', '1.5 KiB', '1.0 MiB', '1.0 MiB']);
    expect(signedBytes(-2048)).toBe('−2.0 KiB');
    expect(signedBytes(5)).toBe('+5 B');
  });
  it('counts one block as one', () => {
    expect([blocks(1), blocks(2), blocks(1234567)]).toEqual(['1 block', '2 blocks',
      '1,234,567 blocks']);
  });
  it('chooses the unit of time of a rate and of a duration', () => {
    expect([rate(2048), rate(100), rate(1)]).toEqual(['+2.0 KiB/s', '+5.9 KiB/min',
      '+3.5 KiB/h']);
    expect([seconds(0.04), seconds(5), seconds(600), seconds(7200)]).toEqual(
      ['40 ms', '5.0 s', '10 min', '2.0 h']);
  });
  it('has no share of nothing', () => {
    expect([percent(1, 0), percent(1, 3), percent(-1, 100)]).toEqual(['0 %', '33 %', '−1.0 %']);
  });
});

describe('the document', () => {
  it('is refused with the way out when there is none, and when its schema is another', () => {
    expect(() => parseDocument('@HEAPDIFF_DATA@')).toThrow('heapdiff report A.db B.db');
    expect(() => parseDocument('{"schema":9}')).toThrow('schema 9');
  });
  it('gives sites their churn, kinds and survivors', () => {
    expect(model.sites.map((site) => [site.kind, site.temporary, site.survivors])).toEqual(
      [['buffer', 50, 150], ['malloc', 1000, null]]);
  });
  it('gives stacks leaf first', () => {
    expect(model.framesOf(model.stacks[0]).map((frame) => frame.name)).toEqual(
      ['keep`s | friend', 'serve', 'main']);
  });
  it('says between which snapshots blocks were born', () => {
    expect([1, 2, 3, 4].map((epoch) => model.nameEpoch(epoch))).toEqual(
      ['before step 1', 'step 1 – step 2', 'step 2 – step 3', 'epoch 4']);
  });
  it('finds the source of a line and says when the file changed', () => {
    expect(model.sourceOf(model.sites[0].frame)).toEqual(
      { first: 39, lines: ['a', 'b'], changed: true });
  });
});

describe('the way to a site', () => {
  // keep < (send of express) < serve < main
  const withPackage = () => {
    const document = sample();
    document.strings.push('send', 'express');
    document.classes.push('dependency');
    document.frames.push(12, -1, 0, 0, -1, 2, 4 | 8, -1, 13);
    document.frame_owners.push(1);
    document.nodes = [-1, 0, 0, 1, 1, 4, 2, 2, 0, 3];
    document.stacks.rows = [[3, 0, 300, 400, 150, 50, 350, 0], [4, 1, -100, 100, 0, 1000, 900, 1]];
    return document;
  };
  it('is told by the functions of the program alone', () => {
    const found = new Model(withPackage());
    expect(found.callersOf(found.sites[0]).map((frame) => frame.name)).toEqual(['serve', 'main']);
    expect(found.sites.map((site) => site.caller)).toEqual(['serve', 'main']);
  });
  it('adds stacks up by the package that the program called', () => {
    const document = withPackage();
    document.nodes = [-1, 0, 0, 1, 1, 2, 2, 4, 0, 3]; // keep calls send
    const found = new Model(document);
    expect(found.packages.map((group) => [group.name, group.sites, group.values.growth])).toEqual(
      [['express', 1, 300], ['(program)', 1, -100]]);
  });
  it('makes a suspect of growth with evidence alone', () => {
    expect(model.sites.map((site) => site.suspect)).toEqual([true, false]);
    const document = sample();
    document.sites.rows[0][7] = 0.49;
    expect(new Model(document).sites[0].suspect).toBe(false);
  });
});

describe('the timeline', () => {
  const series = (pid: number, ...points: number[]) => ({
    pid, name: 'process', statistic: 'rss', points,
  });
  const at = (seconds: number, ...timeline: ReturnType<typeof series>[]) => ({
    snapshots: [{ seconds }], timeline,
  });
  it('has nothing where nothing was measured', () => {
    expect(measured(at(0), 'rss', sum)).toBe(null);
    expect(measured(at(0, series(1)), 'rss', sum)).toBe(null);
    expect(measuredRate(at(0), 'rss')).toBe(null);
  });
  it('is as it was measured in one process', () => {
    expect(measured(at(9, series(1, -1, 10, 0, 20)), 'rss', sum)).toEqual({ x: [-1, 0],
      values: [10, 20] });
  });
  it('adds processes up, from their beginning to their end', () => {
    const both = at(20, series(1, 0, 10, 1, 10, 2, 10, 3, 10), series(2, 2.5, 5, 3.5, 7, 7.5, 7));
    expect(measured(both, 'rss', sum)).toEqual({ x: [0, 1, 2, 2.5, 3, 3.5, 7.5],
      values: [10, 10, 10, 15, 15, 17, 7] });
    expect(measured(both, 'rss', largest)?.values.at(-2)).toBe(10);
  });
  it('ends with the first process whose last snapshot was taken', () => {
    const both = at(2, series(1, 0, 10, 1, 10, 2, 10), series(2, 0, 5, 1, 5, 2, 5, 3, 5, 4, 5));
    expect(measured(both, 'rss', sum)).toEqual({ x: [0, 1, 2], values: [15, 15, 15] });
  });
  it('knows what the snapshots know, too', () => {
    expect(withPoints({ x: [0, 2], values: [1, 3] }, { x: [1], values: [9] })).toEqual(
      { x: [0, 1, 2], values: [1, 9, 3] });
  });
  it('turns a count into a rate, which no restart makes negative', () => {
    expect(measuredRate(at(9, series(1, 0, 0, 2, 10, 3, 4)), 'rss')).toEqual({ x: [2, 3],
      values: [5, 0] });
  });
});

describe('commands', () => {
  it('name the files as a shell takes them', () => {
    const document = sample();
    document.snapshots[0].file = "it's a.db";
    expect(commandsOf(new Model(document))[1].line).toBe(
      "heapdiff compare 'it'\\''s a.db' 2.db 3.db");
  });
  it('name the snapshots of all processes', () => {
    const process = { pid: 1, lives: 1, growth: 0, rss_growth: 0, summed: true };
    const processes = [{ ...process, files: ['a.db', 'b.db'] }, { ...process, files: ['c.db'] }];
    expect(commandsOf(new Model({ ...sample(), processes }))[1].line).toBe(
      'heapdiff compare a.db b.db c.db');
  });
});

describe('groups', () => {
  it('have their numbers, also of stacks that are not on the page', () => {
    expect(model.groups.map((group) => [group.name, group.sites, group.values.growth,
      group.values.live])).toEqual([['GET /orders', 1, 240, 310], ['(no label)', 2, -40, 190]]);
    expect(model.shares).toHaveLength(3);
  });
  it('are none when nothing was recorded', () => {
    const bare = new Model({ ...sample(), groups: null });
    expect([bare.groups, bare.shares]).toEqual([[], []]);
    expect(bare.frameCount).toBe(bare.frames.length);
  });
});

describe('a selection', () => {
  const all = {
    query: '', kind: '', module: '', package: '', growing: false, reversed: false,
  } as const;
  const names = (more: object) => select(model.sites, { ...all, sort: 'rank', ...more })
    .map((site) => site.index);
  it('is as ranked until asked otherwise', () => {
    expect(names({})).toEqual([0, 1]);
    expect(names({ sort: 'temporary' })).toEqual([1, 0]);
    expect(names({ sort: 'temporary', reversed: true })).toEqual([0, 1]);
    expect(names({ sort: 'name' })).toEqual([1, 0]);
  });
  it('holds what fits the search, the kind, and grows', () => {
    expect(names({ query: 'KEEP app.c' })).toEqual([0]);
    expect(names({ query: 'app.c -keep' })).toEqual([1]);
    expect(names({ kind: 'malloc' })).toEqual([1]);
    expect(names({ growing: true })).toEqual([0]);
  });
  it('holds the sites that a package has a part of', () => {
    expect(names({ package: '(program)' })).toEqual([0, 1]);
    expect(names({ package: 'express' })).toEqual([]);
  });
  it('takes a lonely dash as a word', () => {
    expect(matcher('-')('a-b')).toBe(true);
    expect(matcher('-')('ab')).toBe(false);
  });
});

describe('a flame graph', () => {
  it('is as wide as the bytes that moved, and knows what is left of them', () => {
    const { root } = flameOf({});
    expect([root.width, root.net]).toEqual([400, 200]);
    expect(path(['main', 'cache']).net).toBe(-100);
    expect(path(['main', 'serve', 'keep`s | friend'])).toMatchObject({ net: 300, site: 0 });
  });
  it('puts children side by side, widest first, none beyond its parent', () => {
    for (const graph of [flameOf({}), flameOf({ inverted: true }), flameOf({ what: 'live' })]) {
      for (const node of graph.nodes) {
        let { start } = node;
        for (const child of node.children) {
          expect(child.start).toBe(start);
          start += child.width;
        }
        expect(start).toBeLessThanOrEqual(node.start + node.width);
      }
    }
  });
  it('starts at the leaves when inverted', () => {
    const graph = flameOf({ inverted: true });
    expect(graph.root.children.map((child) => child.frame?.name)).toEqual(
      ['keep`s | friend', 'cache']);
    expect(path(['keep`s | friend', 'serve', 'main'], graph).net).toBe(300);
  });
  it('shows one sign, one kind, one site', () => {
    expect(flameOf({ sign: 'grew' }).root.net).toBe(300);
    expect(flameOf({ sign: 'shrank' }).root.net).toBe(-100);
    expect(flameOf({ kind: 'buffer' }).root.net).toBe(300);
    expect(flameOf({ site: 1 }).root.net).toBe(-100);
    expect(flameOf({ kind: 'mmap' }).root.width).toBe(0);
  });
  it('leaves out the frames of runtimes when asked to, but never a whole stack', () => {
    const document = sample();
    document.frames[5] = document.frames[23] = document.frames[32] = 1;
    const graph = buildFlame(new Model(document), { what: 'live', inverted: false, depth: 'own',
      kind: '', site: -1, sign: 'both', grouped: false });
    expect(graph.root.children.map((child) => child.frame?.name)).toEqual(['serve', 'cache']);
    expect(graph.depth).toBe(1);
  });
  it('knows the frames of suspects', () => {
    const { nodes } = flameOf({});
    expect(nodes.filter((node) => node.suspect).map((node) => node.frame?.name)).toEqual(
      ['keep`s | friend']);
  });
  it('stands below labels when asked to, and is as much in all', () => {
    const { root } = flameOf({ grouped: true });
    expect([root.width, root.net]).toEqual([400, 200]);
    expect(root.children.map((child) => [child.frame?.name, child.net])).toEqual(
      [['GET /orders', 240], ['(no label)', -40]]);
    expect(path(['(no label)', 'main', 'serve', 'keep`s | friend'],
      flameOf({ grouped: true })).net).toBe(60);
    const inverted = flameOf({ grouped: true, inverted: true });
    expect(path(['(no label)', 'cache', 'main'], inverted).net).toBe(-100);
    expect(flameOf({ grouped: true, site: 0, sign: 'grew' }).root.net).toBe(300);
  });
  it('counts what a search finds once, however often it is in a stack', () => {
    const graph = flameOf({ what: 'live' });
    expect(searchFlame(graph, 'main')).toMatchObject({ width: 500 });
    expect(searchFlame(graph, 'app.c').width).toBe(500);
    expect(searchFlame(graph, 'keep').width).toBe(400);
    expect(searchFlame(graph, ' ').found.size).toBe(0);
  });
});

describe('the address', () => {
  it('says only what differs from the start, and is read back', () => {
    const state = { ...START, view: 'flame' as const, query: 'a b&c=d#e', inverted: true, zoom: 7 };
    expect(writeState(START)).toBe('#summary');
    expect(readState(writeState(state))).toEqual(state);
  });
  it('understands addresses of older pages', () => {
    expect(readState('#flame?own=1').depth).toBe('own');
  });
  it('leads somewhere whatever it says', () => {
    expect(readState('#<script>?sort=evil&site=-3&what=x&zoom=1e9&all=yes')).toEqual(START);
  });
});

describe('Markdown', () => {
  it('fences names, whatever is in them, and keeps the table whole', () => {
    const text = summaryMarkdown(model);
    expect(text).toContain('`` keep`s \\| friend (app.c:40) ``');
    expect(text).toContain('| native blocks | +5.9 KiB |');
    expect(text).not.toContain('cache');
  });
  it('has the stack of a site', () => {
    const [site] = model.sites;
    const text = siteMarkdown(model, site, model.framesOf(model.stacksOf(site)[0]));
    expect(text).toContain('#0 keep`s | friend (app.c:40)\n#1 serve (app.c:20)\n#2 main (app.c:1)');
    expect(text).toContain('live 100 B → 200 B → 400 B');
  });
});
