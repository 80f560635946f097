// state.ts -- What is being looked at, as the part of the address after '#'.
//
// SPDX-License-Identifier: Apache-2.0
import { WHATS, type What } from './model';
import { SORTS, type Sort } from './select';

export const VIEWS = ['summary', 'sites', 'flame', 'timeline', 'facts'] as const;
export type View = (typeof VIEWS)[number];

// Frames of a flame graph: the program's own, with those of dependencies, all. 'auto': by the data.
export const DEPTHS = ['auto', 'own', 'packages', 'every'] as const;
export type Depth = (typeof DEPTHS)[number];

export interface State {
  view: View;
  site: number; // -1: none is open
  stack: number; // of the site
  query: string;
  kind: string;
  module: string;
  package: string; // '': all
  all: boolean; // also sites that do not grow
  sort: Sort;
  reversed: boolean;
  what: What;
  inverted: boolean;
  depth: Depth;
  grouped: boolean; // stacks below their label or thread
  sign: 'both' | 'grew' | 'shrank';
  zoom: number; // id of a node of the flame graph
}

export const START: State = {
  view: 'summary', site: -1, stack: 0, query: '', kind: '', module: '', package: '',
  all: false, sort: 'rank', reversed: false, what: 'growth', inverted: false, depth: 'auto',
  grouped: false, sign: 'both', zoom: 0,
};

// Only what differs from the start is written.
export function writeState(state: State): string {
  const words = new URLSearchParams();
  for (const [key, value] of Object.entries(state)) {
    if (key !== 'view' && value !== START[key as keyof State]) {
      words.set(key, String(value === true ? 1 : value === false ? 0 : value));
    }
  }
  const rest = words.toString();
  return `#${state.view}${rest ? `?${rest}` : ''}`;
}

function oneOf<T extends string>(word: string | null, allowed: readonly T[], fallback: T): T {
  return allowed.includes(word as T) ? (word as T) : fallback;
}

function count(word: string | null, fallback: number): number {
  return word !== null && /^\d{1,9}$/.test(word) ? Number(word) : fallback;
}

// Whatever an address says, a state comes out.
export function readState(hash: string): State {
  const [view, rest = ''] = hash.replace(/^#/, '').split('?', 2);
  const words = new URLSearchParams(rest);
  const flag = (name: 'all' | 'reversed' | 'inverted' | 'grouped') =>
    words.has(name) ? words.get(name) === '1' : START[name];
  return {
    view: oneOf(view, VIEWS, START.view),
    site: count(words.get('site'), -1),
    stack: count(words.get('stack'), 0),
    query: words.get('query') ?? '',
    kind: words.get('kind') ?? '',
    module: words.get('module') ?? '',
    package: words.get('package') ?? '',
    all: flag('all'),
    sort: oneOf(words.get('sort'), SORTS, START.sort),
    reversed: flag('reversed'),
    what: oneOf(words.get('what'), WHATS, START.what),
    inverted: flag('inverted'),
    depth: words.get('own') === '1' ? 'own' : oneOf(words.get('depth'), DEPTHS, START.depth),
    grouped: flag('grouped'),
    sign: oneOf(words.get('sign'), ['both', 'grew', 'shrank'] as const, START.sign),
    zoom: count(words.get('zoom'), 0),
  };
}
