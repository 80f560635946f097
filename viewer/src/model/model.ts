// model.ts -- The document with its numbers turned into sites, stacks and frames.
//
// SPDX-License-Identifier: Apache-2.0
import type { Columns, Document } from './document';

export type FrameSort = 'js' | 'inlined' | 'native' | 'unnamed';

export type Owner = 'program' | 'dependency' | 'runtime';

export interface Frame {
  id: number;
  name: string; // the function
  file: string; // '' when unknown
  shownFile: string; // with no more folders than tell it from other files
  package: string; // of a dependency: npm package, wheel, library; else ''
  line: number;
  column: number;
  module: string; // path, '' for code of a managed runtime
  cls: string; // own, dependency, runtime, library, wrapper, allocator
  owner: Owner; // whose code it is
  onWay: boolean; // of a package that is worth a word on the way to blocks
  sort: FrameSort;
}

export interface Site {
  index: number;
  frame: Frame;
  way: Frame | null; // of a package, that the program's frame called on the way to the blocks
  kind: string;
  managed: boolean;
  growing: boolean;
  growth: number;
  growthBlocks: number;
  score: number;
  evidence: number; // 0..1
  leader: number; // site of the same place whose row this one is in; -1: it has one of its own
  suspect: boolean; // grows, and its evidence convinces
  pattern: string;
  noise: number;
  old: number | null;
  survivors: number | null;
  total: number; // bytes allocated in between
  allocations: number;
  temporary: number; // bytes allocated in between and freed again
  slope: number | null; // bytes a second
  slopeLow: number | null;
  slopeHigh: number | null;
  chance: number | null;
  deviation: number;
  live: number[];
  blocks: number[];
  caller: string; // the next function of the program above it
  packages: Set<string>; // of its stacks
  text: string; // what a search looks into, in lower case
}

export interface Stack {
  node: number;
  site: number;
  values: Record<What, number>;
  truncated: boolean;
}

export const WHATS = ['growth', 'live', 'survivors', 'temporary', 'total'] as const;
export type What = (typeof WHATS)[number];

// A label or a thread.
export interface Group {
  name: string;
  sites: number;
  values: Record<What, number>;
}

// What one stack has of one group.
export interface Share {
  stack: Stack;
  frame: Frame; // stands for the group
  values: Record<What, number>;
}

export interface SizeRow {
  from: number; // bytes
  to: number;
  blocks: [number, number];
  bytes: [number, number];
}

export interface AgeRow {
  epoch: number;
  blocks: number;
  bytes: number;
}

export interface Source {
  first: number;
  lines: string[];
  changed: boolean;
}

// Evidence from which on a site convinces by itself: RANK_CONVINCING of analyzer/judge/rank.h.
const CONVINCING = 0.5;

const OTHERS: Record<Owner, string> = {
  program: '(program)', dependency: '(other dependencies)', runtime: '(runtime)',
};

export function isSame(a: Frame, b: Frame): boolean {
  return a.name === b.name && a.file === b.file && a.line === b.line;
}

function reader(columns: Columns) {
  const at = new Map(columns.fields.map((name, index) => [name, index]));
  return (row: unknown[], name: string) => row[at.get(name) ?? -1];
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

// "app.js:40", '' when unknown.
export function placeOf(frame: Frame): string {
  return frame.file ? frame.shownFile + (frame.line ? `:${frame.line}` : '') : '';
}

export class Model {
  readonly frames: Frame[] = [];
  readonly sites: Site[];
  readonly stacks: Stack[];
  readonly modules: string[]; // that name sites
  readonly count: number; // of snapshots
  readonly groups: Group[]; // those with most growth (of one snapshot: live bytes) first
  readonly shares: Share[];
  readonly packages: Group[]; // as groups
  readonly frameCount: number; // with those that stand for groups
  private readonly sources = new Map<string, Source>();
  private readonly stacksBySite = new Map<number, Stack[]>();

  constructor(readonly doc: Document) {
    this.count = doc.snapshots.length;
    this.readFrames();
    this.sites = this.readSites();
    this.stacks = this.readStacks();
    for (const site of this.sites) {
      site.caller = this.callersOf(site)[0]?.name ?? '';
    }
    this.packages = this.sumPackages();
    this.groups = (doc.groups?.totals ?? []).map(([name, sites, ...values]) => ({
      name: this.text(name), sites,
      values: Object.fromEntries(WHATS.map((what, i) => [what, values[i]])) as Group['values'],
    }));
    const frames = this.groupFrames();
    this.frameCount = this.frames.length + frames.size;
    this.shares = this.readShares(frames);
    this.modules = [...new Set(this.sites.map((site) => site.frame.module).filter(Boolean))].sort();
    for (const [file, line, first, text, changed] of doc.sources) {
      this.sources.set(`${doc.strings[file]}:${line}`,
        { first, lines: text.split('\n'), changed: changed === 1 });
    }
  }

  get isComparison(): boolean {
    return this.count > 1;
  }

  get isSeries(): boolean {
    return this.count > 2;
  }

  get isSampled(): boolean {
    return this.doc.snapshots.some((snapshot) => snapshot.sample_bytes > 0);
  }

  private text(index: number): string {
    return index < 0 ? '' : this.doc.strings[index] ?? '';
  }

  private readFrames(): void {
    const numbers = this.doc.frames;
    for (let i = 0; i + 8 < numbers.length; i += 9) {
      const flags = numbers[i + 6];
      const isNamed = (flags & 4) !== 0;
      this.frames.push({
        id: i / 9,
        name: this.text(numbers[i]),
        file: this.text(numbers[i + 1]),
        shownFile: this.text(numbers[i + 7]),
        package: this.text(numbers[i + 8]),
        line: numbers[i + 2],
        column: numbers[i + 3],
        module: this.text(numbers[i + 4]),
        cls: this.doc.classes[numbers[i + 5]] ?? 'own',
        owner: (this.doc.owners[this.doc.frame_owners[i / 9]] ?? 'runtime') as Owner,
        onWay: (flags & 8) !== 0,
        sort: flags & 2 ? 'js' : !isNamed ? 'unnamed' : flags & 1 ? 'inlined' : 'native',
      });
    }
  }

  private readSites(): Site[] {
    const get = reader(this.doc.sites);
    return this.doc.sites.rows.map((row, index) => {
      const number = (name: string) => get(row, name) as number;
      const maybe = (name: string) => get(row, name) as number | null;
      const frame = this.frames[number('frame')];
      const kind = this.text(number('kind'));
      const live = get(row, 'live') as number[];
      const freed = number('total') - (this.isComparison && this.doc.one_process
        ? number('growth') : live[live.length - 1]);
      return {
        index, frame, kind, live,
        way: this.frames[number('way')] ?? null,
        leader: number('leader'),
        suspect: number('growing') === 1 && number('evidence') >= CONVINCING,
        managed: number('managed') === 1,
        growing: number('growing') === 1,
        growth: number('growth'),
        growthBlocks: number('growth_blocks'),
        score: number('score'),
        evidence: number('evidence'),
        pattern: this.text(number('pattern')),
        noise: number('noise'),
        old: maybe('old'),
        survivors: maybe('survivors'),
        total: number('total'),
        allocations: number('allocations'),
        temporary: Math.max(0, freed),
        slope: maybe('slope'),
        slopeLow: maybe('slope_low'),
        slopeHigh: maybe('slope_high'),
        chance: maybe('chance'),
        deviation: number('deviation'),
        blocks: get(row, 'blocks') as number[],
        caller: '',
        packages: new Set<string>(),
        text: [frame.name, frame.file, frame.module, frame.package, kind].join('\n').toLowerCase(),
      };
    });
  }

  private readStacks(): Stack[] {
    const get = reader(this.doc.stacks);
    const stacks = this.doc.stacks.rows.map((row) => ({
      node: get(row, 'node') as number,
      site: get(row, 'site') as number,
      truncated: get(row, 'truncated') === 1,
      values: Object.fromEntries(WHATS.map((what) => [what, get(row, what)])) as Stack['values'],
    }));
    for (const stack of stacks) {
      const list = this.stacksBySite.get(stack.site);
      if (list) {
        list.push(stack);
      } else {
        this.stacksBySite.set(stack.site, [stack]);
      }
    }
    return stacks;
  }

  // By number of the name: frames that stand for groups, numbered behind all others.
  private groupFrames(): Map<number, Frame> {
    return new Map((this.doc.groups?.totals ?? []).map(([name], i) => [name, {
      id: this.frames.length + i, name: this.text(name), file: '', shownFile: '', package: '',
      line: 0, column: 0, module: '',
      cls: 'own', owner: 'program', onWay: false, sort: 'native',
    }]));
  }

  private readShares(frames: Map<number, Frame>): Share[] {
    const shares = this.doc.groups?.shares;
    if (!shares) {
      return [];
    }
    const get = reader(shares);
    return shares.rows.flatMap((row) => {
      const stack = this.stacks[get(row, 'stack') as number];
      const frame = frames.get(get(row, 'group') as number);
      return stack && frame ? [{ stack, frame, values: Object.fromEntries(
        WHATS.map((what) => [what, get(row, what)])) as Share['values'] }] : [];
    });
  }

  // Those that grew most first; of one snapshot, those that hold most.
  stacksOf(site: Site): Stack[] {
    const what: What = this.isComparison ? 'growth' : 'live';
    return [...(this.stacksBySite.get(site.index) ?? [])]
      .sort((a, b) => b.values[what] - a.values[what] || b.values.live - a.values.live);
  }

  private sumPackages(): Group[] {
    const groups = new Map<string, Group>();
    for (const stack of this.stacks) {
      const name = this.packageOf(stack);
      const group = groups.get(name) ?? { name, sites: 0,
        values: Object.fromEntries(WHATS.map((what) => [what, 0])) as Group['values'] };
      const { packages } = this.sites[stack.site];
      group.sites += packages.has(name) ? 0 : 1;
      packages.add(name);
      for (const what of WHATS) {
        group.values[what] += stack.values[what];
      }
      groups.set(name, group);
    }
    const what: What = this.isComparison ? 'growth' : 'live';
    return [...groups.values()].sort((a, b) => b.values[what] - a.values[what]);
  }

  // Leaf first.
  framesOf(stack: Stack): Frame[] {
    const frames: Frame[] = [];
    for (let node = stack.node; node >= 0; node = this.doc.nodes[2 * node]) {
      frames.push(this.frames[this.doc.nodes[2 * node + 1]]);
    }
    return frames;
  }

  // The program's functions that led to the site, nearest first; recursion is said once.
  callersOf(site: Site): Frame[] {
    const [stack] = this.stacksOf(site);
    if (!stack) {
      return [];
    }
    const frames = this.framesOf(stack);
    const at = frames.findIndex((frame) => isSame(frame, site.frame));
    const shown = (frame: Frame) => frame.cls === 'own'
      || (frame.cls === 'dependency' && site.frame.cls === 'dependency');
    let before = frames[at];
    return frames.slice(at + 1).filter((frame) => {
      const isNew = at >= 0 && shown(frame) && !isSame(frame, before);
      before = isNew ? frame : before;
      return isNew;
    });
  }

  // The package that the program called on the way to a stack's blocks; else whose code it is.
  packageOf(stack: Stack): string {
    const { frame } = this.sites[stack.site];
    const frames = this.framesOf(stack);
    const at = frames.findIndex((other) => isSame(other, frame));
    const way = frame.owner !== 'program' ? undefined
      : frames.slice(0, Math.max(0, at)).findLast((other) => other.onWay);
    return way?.package || frame.package || OTHERS[frame.owner];
  }

  // Whether functions made at run time are named: then the others are of little use in a graph.
  get hasOwnCode(): boolean {
    return this.sites.some((site) => site.frame.sort === 'js' && site.frame.owner === 'program');
  }

  // Other kinds of blocks of the same place: parts of one row.
  partsOf(site: Site): Site[] {
    return this.sites.filter((other) => other.leader === site.index);
  }

  sizesOf(site: Site): SizeRow[] {
    const row = this.doc.sizes[site.index] ?? [];
    const rows: SizeRow[] = [];
    for (let i = 0; i + 4 < row.length; i += 5) {
      rows.push({
        from: row[i] === 0 ? 0 : 2 ** row[i],
        to: 2 ** (row[i] + 1) - 1,
        blocks: [row[i + 1], row[i + 3]],
        bytes: [row[i + 2], row[i + 4]],
      });
    }
    return rows;
  }

  agesOf(site: Site): AgeRow[] {
    const row = this.doc.ages[site.index] ?? [];
    const rows: AgeRow[] = [];
    for (let i = 0; i + 2 < row.length; i += 3) {
      rows.push({ epoch: row[i], blocks: row[i + 1], bytes: row[i + 2] });
    }
    return rows;
  }

  // The interval of an epoch's allocations, in terms of the snapshots of the page.
  nameEpoch(epoch: number): string {
    const { snapshots } = this.doc;
    const next = snapshots.findIndex((snapshot) => snapshot.epoch >= epoch);
    if (!this.doc.one_process && this.isComparison) {
      return `epoch ${epoch}`;
    }
    if (next < 0) {
      return `epoch ${epoch}`;
    }
    return next === 0 ? `before ${this.nameSnapshot(0)}`
      : `${this.nameSnapshot(next - 1)} – ${this.nameSnapshot(next)}`;
  }

  nameSnapshot(index: number): string {
    const snapshot = this.doc.snapshots[index];
    return snapshot.label || `#${index + 1}`;
  }

  sourceOf(frame: Frame): Source | undefined {
    return this.sources.get(`${frame.file}:${frame.line}`);
  }
}
