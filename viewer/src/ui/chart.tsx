// chart.tsx -- Measured points over time, drawn by uPlot in the colours of the page.
//
// SPDX-License-Identifier: Apache-2.0
import { useCallback, useLayoutEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import type { Model } from '../model/model';
import { colour, useThemeChange } from './theme';
import { seconds } from '../model/units';

export interface Line {
  name: string;
  x?: number[]; // seconds since the first snapshot; without, the values are those of the snapshots
  values: (number | null)[];
  tone: string; // the name of a colour, "--up"
  dash?: number[];
}

interface Props {
  label: string;
  model: Model;
  lines: Line[];
  say: (value: number) => string;
  high: number;
  isBytes?: boolean;
}

const MARKED = 100; // points of a line: more would hide it
const JOINED = 5; // points: two or three and a line between them look like more than was measured

// Steps of an axis that are whole in KiB, MiB and so on.
const POWERS = Array.from({ length: 50 }, (_, i) => 2 ** i);

// Steps of time that are whole in the unit that they are written in.
const HOURS = [1, 2, 3, 6, 12, 24, 48, 96, 192].map((hours) => hours * 3600);
const SPANS = [0.01, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800,
  ...HOURS];

function showLast(plot: uPlot): void {
  if (plot.cursor.idx === null || plot.cursor.idx === undefined) {
    plot.setLegend({ idx: plot.data[0].length - 1 }, false);
  }
}

// The value at this time, or the one that was measured last before.
function lastValue(plot: uPlot, line: number, at: number | null): number | null {
  for (let i = at ?? -1; i >= 0; i--) {
    const value = plot.data[line][i];
    if (value !== null && value !== undefined) {
      return value;
    }
  }
  return null;
}

function drawSnapshots(plot: uPlot, times: number[], tone: string): void {
  const { ctx: pen, bbox } = plot;
  pen.save();
  pen.strokeStyle = tone;
  pen.lineWidth = 1;
  pen.setLineDash([2, 4]);
  for (const time of times) {
    const left = Math.round(plot.valToPos(time, 'x', true)) + 0.5;
    pen.beginPath();
    pen.moveTo(left, bbox.top);
    pen.lineTo(left, bbox.top + bbox.height);
    pen.stroke();
  }
  pen.restore();
}

// All charts of what was measured between the snapshots show the same time.
function spanOf(model: Model, lines: Line[]): [number, number] {
  const { snapshots, timeline } = model.doc;
  const between = lines.some(({ x }) => x !== undefined) ? timeline : [];
  const times = [...snapshots.map((snapshot) => snapshot.seconds),
    ...between.flatMap(({ points }) => [points[0], points[points.length - 2]])]
    .filter((time) => time !== undefined);
  const least = Math.min(...times);
  const most = Math.max(...times);
  const room = 0.01 * (most - least) || 1;
  return [least - room, most + room];
}

function timeText(model: Model, at: number): string {
  const near = model.doc.snapshots.findIndex(
    (snapshot) => Math.abs(snapshot.seconds - at) < 1e-3);
  const said = at < 0 ? `−${seconds(-at)}` : at === 0 ? '0' : seconds(at);
  return near < 0 ? said : `${model.nameSnapshot(near)}, ${said}`;
}

function seriesOf(line: Line, say: Props['say']): uPlot.Series {
  const count = line.values.filter((value) => value !== null).length;
  const isJoined = count >= JOINED;
  return {
    label: line.name,
    stroke: colour(line.tone),
    width: isJoined ? 2 : 0,
    dash: line.dash,
    points: { show: !isJoined || count <= MARKED, size: isJoined ? 5 : 8,
      fill: colour(line.tone) },
    spanGaps: true,
    value: (plot, _, index, at) => {
      const value = lastValue(plot, index, at);
      return value === null ? '–' : say(value);
    },
  };
}

function makeOptions(props: Props, wide: number): uPlot.Options {
  const { lines, say, high, model, isBytes = true } = props;
  const ink = colour('--quiet');
  const grid = { stroke: colour('--line'), width: 1 };
  const axis = { stroke: ink, grid, ticks: grid, font: '12px system-ui, sans-serif' };
  const times = model.doc.snapshots.map((snapshot) => snapshot.seconds);
  return {
    width: wide,
    height: high,
    scales: {
      x: { time: false, range: spanOf(model, lines) },
      y: { range: { min: { soft: 0, mode: 1 }, max: { pad: 0.1 } } },
    },
    cursor: { points: { size: 7 }, drag: { x: false, y: false } },
    hooks: {
      // Without a pointer over it the legend says what the last point says.
      setLegend: [showLast],
      drawAxes: [(plot) => drawSnapshots(plot, times, ink)],
    },
    axes: [
      { ...axis, incrs: SPANS, space: 64,
        values: (_, ticks) => ticks.map((tick) => (tick === 0 ? '0'
          : tick < 0 ? `−${seconds(-tick)}` : seconds(tick))) },
      {
        ...axis, size: 76, ...(isBytes && { incrs: POWERS }),
        values: (_, ticks) => ticks.map((tick) => say(tick)),
      },
    ],
    series: [
      { label: 'at', value: (_, value) => (value === null ? '–' : timeText(model, value)) },
      ...lines.map((line) => seriesOf(line, say)),
    ],
  };
}

// Lines that were measured at different times, side by side.
function alignedData(model: Model, lines: Line[]): uPlot.AlignedData {
  const times = model.doc.snapshots.map((snapshot) => snapshot.seconds);
  return uPlot.join([[times],
    ...lines.map((line) => [line.x ?? times, line.values])] as uPlot.AlignedData[]);
}

export function Chart(props: Props) {
  const { model, lines, label } = props;
  const box = useRef<HTMLDivElement>(null);
  const [turn, setTurn] = useState(0);
  useThemeChange(useCallback(() => setTurn((old) => old + 1), []));
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) {
      return undefined;
    }
    const plot = new uPlot(makeOptions(props, element.clientWidth), alignedData(model, lines),
      element);
    showLast(plot);
    const observer = new ResizeObserver(() =>
      plot.setSize({ width: element.clientWidth, height: props.high }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [model, turn, JSON.stringify(lines)]);
  return <div class="chart" ref={box} role="img" aria-label={label} />;
}
