// flame_canvas.ts -- Draws a flame graph, and finds the frame at a point.
//
// SPDX-License-Identifier: Apache-2.0
import { type Flame, type FlameNode, flameLabel } from '../model/flame';
import type { Frame } from '../model/model';
import { colour } from './theme';

export const ROW = 20;
const LEAST = 0.6; // pixels; what is narrower is not drawn
const GAP = 0.5;

export interface Painting {
  flame: Flame;
  zoom: FlameNode;
  focus: FlameNode;
  found: Set<Frame>; // what a search found
  isSigned: boolean; // shrinkage and suspects have colours of their own
}

function colours() {
  const names = ['suspect', 'down', 'even', 'program', 'dependency', 'runtime', 'found', 'ink',
    'paper', 'accent'] as const;
  return Object.fromEntries(names.map((name) => [name, colour(`--${name}`)])) as
    Record<(typeof names)[number], string>;
}

// The path from the root to NODE: drawn over the whole width above what is zoomed to.
function isAbove(node: FlameNode, zoom: FlameNode): boolean {
  for (let at: FlameNode | null = zoom; at; at = at.parent) {
    if (at === node) {
      return true;
    }
  }
  return false;
}

interface Box {
  left: number;
  width: number;
}

function boxOf(node: FlameNode, zoom: FlameNode, wide: number): Box {
  const scale = wide / (zoom.width || 1);
  const left = (node.start - zoom.start) * scale;
  const right = left + node.width * scale;
  return { left: Math.max(0, left), width: Math.min(wide, right) - Math.max(0, left) };
}

function fillOf(node: FlameNode, painting: Painting, palette: ReturnType<typeof colours>): string {
  if (node.frame && painting.found.has(node.frame)) {
    return palette.found;
  }
  if (!node.frame) {
    return palette.even;
  }
  if (!painting.isSigned || node.net >= 0) {
    return node.suspect && painting.isSigned ? palette.suspect : palette[node.frame.owner];
  }
  return palette.down;
}

const CHARACTER = 6.6; // pixels, of the font below

function drawLabel(pen: CanvasRenderingContext2D, node: FlameNode, box: Box, top: number): void {
  const room = Math.floor((box.width - 8) / CHARACTER);
  if (room < 3) {
    return;
  }
  const label = flameLabel(node);
  const text = label.length > room ? `${label.slice(0, room - 1)}…` : label;
  pen.fillText(text, box.left + 4, top + ROW / 2 + 0.5);
}

export function paint(canvas: HTMLCanvasElement, painting: Painting, wide: number): void {
  const { flame, zoom } = painting;
  const high = (flame.depth + 1) * ROW;
  const ratio = devicePixelRatio || 1;
  canvas.width = Math.round(wide * ratio);
  canvas.height = Math.min(32000, Math.round(high * ratio));
  canvas.style.height = `${high}px`;
  const pen = canvas.getContext('2d');
  if (!pen) {
    return;
  }
  const palette = colours();
  pen.scale(ratio, ratio);
  pen.font = '11px ui-monospace, SFMono-Regular, Menlo, "DejaVu Sans Mono", monospace';
  pen.textBaseline = 'middle';
  const pending = [flame.root];
  for (let node = pending.pop(); node; node = pending.pop()) {
    const box = boxOf(node, zoom, wide);
    if (box.width < LEAST) {
      continue;
    }
    const top = node.depth * ROW;
    const above = node !== zoom && isAbove(node, zoom);
    pen.globalAlpha = above ? 0.55 : 1;
    pen.fillStyle = fillOf(node, painting, palette);
    pen.fillRect(box.left, top, Math.max(box.width - GAP, 0.5), ROW - 1);
    if (node === painting.focus) {
      pen.strokeStyle = palette.accent;
      pen.lineWidth = 2;
      pen.strokeRect(box.left + 1, top + 1, Math.max(box.width - 2, 1), ROW - 3);
    }
    pen.fillStyle = palette.ink;
    drawLabel(pen, node, box, top);
    for (const child of node.children) {
      if (child.depth > zoom.depth || isAbove(child, zoom)) {
        pending.push(child);
      }
    }
  }
}

export function nodeAt(painting: Painting, wide: number, x: number, y: number): FlameNode | null {
  const depth = Math.floor(y / ROW);
  let { root: node } = painting.flame;
  while (node.depth < depth) {
    const next = node.children.find((child) => {
      const box = boxOf(child, painting.zoom, wide);
      return box.width >= LEAST && x >= box.left && x < box.left + box.width;
    });
    if (!next) {
      return null;
    }
    node = next;
  }
  return node;
}

// The frame that an arrow key leads to.
export function neighbour(node: FlameNode, key: string): FlameNode {
  const siblings = node.parent?.children ?? [node];
  const at = siblings.indexOf(node);
  switch (key) {
    case 'ArrowUp': return node.parent ?? node;
    case 'ArrowDown': return node.children[0] ?? node;
    case 'ArrowLeft': return siblings[at - 1] ?? node;
    case 'ArrowRight': return siblings[at + 1] ?? node;
    default: return node;
  }
}
