// chart.tsx -- Lines over the snapshots, drawn by uPlot in the colours of the page.
//
// SPDX-License-Identifier: Apache-2.0
import { useCallback, useLayoutEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import type { Model } from '../model/model';
import { colour, useThemeChange } from './theme';
import { seconds } from '../model/units';

export interface Line {
  name: string;
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

// Steps of an axis that are whole in KiB, MiB and so on.
const POWERS = Array.from({ length: 50 }, (_, i) => 2 ** i);

// Steps of time that are whole in the unit that they are written in.
const HOURS = [1, 2, 3, 6, 12, 24, 48, 96, 192].map((hours) => hours * 3600);
const SPANS = [0.01, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800,
  ...HOURS];

function showLast(plot: uPlot, last: number): void {
  if (plot.cursor.idx === null || plot.cursor.idx === undefined) {
    plot.setLegend({ idx: last }, false);
  }
}

function makeOptions(props: Props, wide: number): uPlot.Options {
  const { lines, say, high, model, isBytes = true } = props;
  const ink = colour('--quiet');
  const grid = { stroke: colour('--line'), width: 1 };
  const axis = { stroke: ink, grid, ticks: grid, font: '12px system-ui, sans-serif' };
  return {
    width: wide,
    height: high,
    scales: { x: { time: false } },
    cursor: { points: { size: 7 }, drag: { x: false, y: false } },
    // Without a pointer over it the legend says what the last snapshot says.
    hooks: { setLegend: [(plot) => showLast(plot, model.count - 1)] },
    axes: [
      { ...axis, incrs: SPANS,
        values: (_, ticks) => ticks.map((tick) => (tick === 0 ? '0' : seconds(tick))) },
      {
        ...axis, size: 76, ...(isBytes && { incrs: POWERS }),
        values: (_, ticks) => ticks.map((tick) => say(tick)),
      },
    ],
    series: [
      { label: 'snapshot', value: (_, value, __, at) => (value === null || at === null ? '–'
        : `${model.nameSnapshot(at)}, ${seconds(value)}`) },
      ...lines.map((line) => ({
        label: line.name,
        stroke: colour(line.tone),
        width: 2,
        dash: line.dash,
        points: { show: true, size: 5 },
        spanGaps: true,
        value: (_: uPlot, value: number | null) => (value === null ? '–' : say(value)),
      })),
    ],
  };
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
    const data = [model.doc.snapshots.map((snapshot) => snapshot.seconds),
      ...lines.map((line) => line.values)] as uPlot.AlignedData;
    const plot = new uPlot(makeOptions(props, element.clientWidth), data, element);
    showLast(plot, model.count - 1);
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
