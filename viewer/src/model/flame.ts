// flame.ts -- Stacks added up to a tree of frames whose widths are bytes, and its layout.
//
// SPDX-License-Identifier: Apache-2.0
import type { Frame, Model, Stack, What } from './model';
import { isSame, placeOf } from './model';
import { matcher } from './select';

export interface FlameNode {
  id: number;
  frame: Frame | null; // null: the root
  parent: FlameNode | null;
  children: FlameNode[]; // widest first
  depth: number;
  net: number; // bytes, signed
  width: number; // bytes moved, up and down: what it is drawn as wide as
  site: number; // of the stack that ends here and weighs most; -1: none does
  suspect: boolean; // it is the frame of a site that is suspected
  start: number; // left edge, in bytes from the root's
}

export interface FlameOptions {
  what: What;
  inverted: boolean; // leaves at the root: who allocates, below them their callers
  depth: 'own' | 'packages' | 'every'; // whose frames are left in
  kind: string; // '': all
  site: number; // -1: all
  sign: 'both' | 'grew' | 'shrank';
  grouped: boolean; // each stack below its label or thread
}

function makeNode(id: number, frame: Frame | null, parent: FlameNode | null): FlameNode {
  return {
    id, frame, parent, children: [], net: 0, width: 0, site: -1, suspect: false, start: 0,
    depth: parent ? parent.depth + 1 : 0,
  };
}

function chosenFrames(frames: Frame[], depth: FlameOptions['depth'], siteFrame: Frame): Frame[] {
  if (depth === 'every') {
    return frames;
  }
  const own = frames.filter((frame) => frame.cls === 'own'
    || (depth === 'packages' && frame.owner === 'dependency'));
  return own.length > 0 ? own : [siteFrame];
}

function isWanted(value: number, sign: FlameOptions['sign']): boolean {
  return value !== 0 && (sign === 'both' || (sign === 'grew' ? value > 0 : value < 0));
}

// Widest first, each beside the one before; ids number the nodes in the order they were made.
function layOut(root: FlameNode): void {
  const pending = [root];
  for (let node = pending.pop(); node; node = pending.pop()) {
    node.children.sort((a, b) => b.width - a.width || a.id - b.id);
    let { start } = node;
    for (const child of node.children) {
      child.start = start;
      start += child.width;
      pending.push(child);
    }
  }
}

export interface Flame {
  root: FlameNode;
  nodes: FlameNode[]; // by id
  depth: number; // of the deepest node
  largest: number; // of |net| below the root: what full colour stands for
}

// What is added up: stacks, or what groups have of them.
function itemsOf(model: Model, grouped: boolean): { stack: Stack; frame?: Frame;
  values: Record<What, number> }[] {
  return grouped ? model.shares
    : model.stacks.map((stack) => ({ stack, values: stack.values }));
}

export function buildFlame(model: Model, options: FlameOptions): Flame {
  const root = makeNode(0, null, null);
  const nodes = [root];
  const index = new Map<number, FlameNode>();
  const { frameCount } = model;
  let depth = 0;
  for (const { stack, frame: group, values } of itemsOf(model, options.grouped)) {
    const value = values[options.what];
    const site = model.sites[stack.site];
    if (!isWanted(value, options.sign) || (options.kind && site.kind !== options.kind)
      || (options.site >= 0 && stack.site !== options.site)) {
      continue;
    }
    let path = chosenFrames(model.framesOf(stack), options.depth, site.frame);
    if (!options.inverted) {
      path.reverse();
    }
    if (group) {
      path = [group, ...path];
    }
    const width = Math.abs(value);
    let node = root;
    root.net += value;
    root.width += width;
    for (const frame of path) {
      const key = node.id * frameCount + frame.id;
      let child = index.get(key);
      if (!child) {
        child = makeNode(nodes.length, frame, node);
        nodes.push(child);
        node.children.push(child);
        index.set(key, child);
      }
      child.net += value;
      child.width += width;
      child.suspect ||= site.suspect && value > 0 && isSame(frame, site.frame);
      node = child;
    }
    if (node.site < 0) {
      node.site = stack.site;
    }
    depth = Math.max(depth, node.depth);
  }
  layOut(root);
  let largest = 0;
  for (const child of nodes.slice(1)) {
    largest = Math.max(largest, Math.abs(child.net));
  }
  return { root, nodes, depth, largest };
}

// Frames that a search finds, and how much of the whole they stand for, counting no byte twice.
export function searchFlame(flame: Flame, query: string): { found: Set<Frame>; width: number } {
  const found = new Set<Frame>();
  if (!query.trim()) {
    return { found, width: 0 };
  }
  const matches = matcher(query);
  const seen = new Map<Frame, boolean>();
  let width = 0;
  const visit = [flame.root];
  const counted = new Set<FlameNode>();
  for (let node = visit.pop(); node; node = visit.pop()) {
    let isCounted = node.parent !== null && counted.has(node.parent);
    if (node.frame) {
      let hit = seen.get(node.frame);
      if (hit === undefined) {
        hit = matches(`${node.frame.name} ${node.frame.file} ${node.frame.module}`.toLowerCase());
        seen.set(node.frame, hit);
      }
      if (hit) {
        found.add(node.frame);
        if (!isCounted) {
          width += node.width;
          isCounted = true;
        }
      }
    }
    if (isCounted) {
      counted.add(node);
    }
    visit.push(...node.children);
  }
  return { found, width };
}

// The name as it is drawn: "function (file:line)".
export function flameLabel(node: FlameNode): string {
  if (!node.frame) {
    return 'all';
  }
  const place = placeOf(node.frame);
  return place ? `${node.frame.name} (${place})` : node.frame.name;
}
