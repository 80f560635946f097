// select.ts -- Which sites a table lists, and in which order.
//
// SPDX-License-Identifier: Apache-2.0
import type { Site } from './model';

export const SORTS = [
  'rank', 'name', 'caller', 'kind', 'growth', 'live', 'temporary', 'survivors', 'evidence', 'slope',
] as const;
export type Sort = (typeof SORTS)[number];

export interface Selection {
  query: string;
  kind: string; // '': all
  module: string; // '': all
  package: string; // '': all
  growing: boolean; // only those that grow
  sort: Sort;
  reversed: boolean;
}

// Every word must occur somewhere; -word must not.
export function matcher(query: string): (text: string) => boolean {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = words.filter((word) => !word.startsWith('-') || word === '-');
  const unwanted = words.filter((word) => word.startsWith('-') && word !== '-')
    .map((word) => word.slice(1));
  return (text) => wanted.every((word) => text.includes(word))
    && !unwanted.some((word) => text.includes(word));
}

function valueOf(site: Site, sort: Sort): number | string {
  switch (sort) {
    case 'rank': return -site.index;
    case 'name': return site.frame.name.toLowerCase();
    case 'caller': return site.caller.toLowerCase();
    case 'kind': return site.kind;
    case 'live': return site.live[site.live.length - 1];
    case 'survivors': return site.survivors ?? -Infinity;
    case 'slope': return site.slope ?? -Infinity;
    default: return site[sort];
  }
}

// Numbers largest first, names from A; reversed the other way round. Equals stay as ranked.
export function select(sites: Site[], selection: Selection): Site[] {
  const matches = matcher(selection.query);
  const chosen = sites.filter((site) =>
    (!selection.growing || site.growing)
    && (!selection.kind || site.kind === selection.kind)
    && (!selection.module || site.frame.module === selection.module)
    && (!selection.package || site.packages.has(selection.package))
    && matches(site.text));
  const { sort } = selection;
  if (sort !== 'rank') {
    const keyed = chosen.map((site) => ({ site, key: valueOf(site, sort) }));
    keyed.sort((a, b) => {
      if (typeof a.key === 'string' || typeof b.key === 'string') {
        return String(a.key) < String(b.key) ? -1 : String(a.key) > String(b.key) ? 1 : 0;
      }
      return b.key - a.key;
    });
    chosen.splice(0, chosen.length, ...keyed.map((item) => item.site));
  }
  return selection.reversed ? chosen.reverse() : chosen;
}
