// timeline.ts -- What was measured between the snapshots: of one process, or of all together.
//
// SPDX-License-Identifier: Apache-2.0
import type { Series } from './document';

export interface Points {
  x: number[]; // seconds since the first snapshot
  values: number[];
}

type Join = (values: number[]) => number;
export const sum: Join = (values) => values.reduce((a, b) => a + b, 0);
export const largest: Join = (values) => Math.max(...values);

// What is needed of a document.
export interface Timed {
  snapshots: { seconds: number }[];
  timeline: Series[];
}

function lastOf({ snapshots }: Timed): number {
  return snapshots[snapshots.length - 1].seconds;
}

const PAUSE = 3; // a process without a point for so many of its steps has ended

function pointsOf(series: Series): Points {
  const points: Points = { x: [], values: [] };
  for (let i = 0; i + 1 < series.points.length; i += 2) {
    points.x.push(series.points[i]);
    points.values.push(series.points[i + 1]);
  }
  return points;
}

function stepOf({ x }: Points): number {
  const steps = x.slice(1).map((time, i) => time - x[i]).sort((a, b) => a - b);
  return steps[Math.floor(steps.length / 2)] ?? 1;
}

// At the time of each point of any, what all have: each as it was measured last. A series ends with
// the last snapshot of its process, and those are taken one after the other: all end with the first
// of those that were there at LAST.
function together(all: Points[], join: Join, last: number): Points {
  const ends = all.map((points) => points.x[points.x.length - 1] + PAUSE * stepOf(points));
  const until = Math.min(...all.map(({ x }) => x[x.length - 1])
    .filter((_, i) => ends[i] >= last), Infinity);
  const times = [...new Set(all.flatMap(({ x }) => x))].filter((time) => time <= until)
    .sort((a, b) => a - b);
  const at = all.map(() => -1);
  const joined: Points = { x: [], values: [] };
  for (const time of times) {
    const values = all.flatMap((points, k) => {
      while (at[k] + 1 < points.x.length && points.x[at[k] + 1] <= time) {
        at[k] += 1;
      }
      return at[k] >= 0 && time <= ends[k] ? [points.values[at[k]]] : [];
    });
    joined.x.push(time);
    joined.values.push(join(values));
  }
  return joined;
}

// One statistic of all processes of the page; null when it was not measured.
export function measured(doc: Timed, statistic: string, join: Join): Points | null {
  const all = doc.timeline.filter((series) => series.statistic === statistic).map(pointsOf)
    .filter(({ x }) => x.length > 0);
  return all.length === 0 ? null : all.length === 1 ? all[0]
    : together(all, join, lastOf(doc));
}

// With the points that the snapshots know, too.
export function withPoints(series: Points, more: Points): Points {
  const pairs = [...series.x.map((x, i) => [x, series.values[i]]),
    ...more.x.map((x, i) => [x, more.values[i]])].sort((a, b) => a[0] - b[0]);
  return { x: pairs.map(([x]) => x), values: pairs.map(([, value]) => value) };
}

// A count that rises, as its growth a second.
function rateOf({ x, values }: Points): Points {
  return {
    x: x.slice(1),
    values: x.slice(1).map((time, i) =>
      Math.max(0, values[i + 1] - values[i]) / Math.max(1e-3, time - x[i])),
  };
}

export function measuredRate(doc: Timed, statistic: string): Points | null {
  const all = doc.timeline.filter((series) => series.statistic === statistic)
    .map((series) => rateOf(pointsOf(series))).filter(({ x }) => x.length > 0);
  return all.length === 0 || all.every(({ values }) => Math.max(...values) === 0) ? null
    : all.length === 1 ? all[0] : together(all, sum, lastOf(doc));
}
