// flame.tsx -- The flame graph: of growth, of what is live, of churn; from main or from the leaves.
//
// SPDX-License-Identifier: Apache-2.0
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import {
  type Flame as Graph, type FlameNode, type FlameOptions, buildFlame, flameLabel, searchFlame,
} from '../model/flame';
import type { Model, What } from '../model/model';
import type { ViewProps } from '../ui/app_state';
import { type Painting, neighbour, nodeAt, paint } from '../ui/flame_canvas';
import { TERMS } from '../ui/terms';
import { useThemeChange } from '../ui/theme';
import { bytes, percent, signedBytes } from '../model/units';

const WHAT_LABELS: [What, string][] = [
  ['growth', 'growth'], ['live', 'live'], ['temporary', 'churn'], ['survivors', 'survivors'],
];

// The bytes that the address asks for, or live bytes where the data does not have them.
function whatOf(model: Model, what: What): What {
  return model.isComparison ? what : what === 'growth' || what === 'survivors' ? 'live' : what;
}

function Controls({ model, state, go, what, depth, share }: ViewProps & {
  what: What; depth: FlameOptions['depth']; share: string;
}) {
  const kinds = useMemo(() => [...new Set(model.sites.map((site) => site.kind))].sort(), [model]);
  const labels = WHAT_LABELS.filter(([name]) => (model.isComparison || !['growth', 'survivors']
    .includes(name)) && (model.isSeries || name !== 'survivors'));
  return (
    <div class="filters">
      <div class="choice" role="group" aria-label="Bytes">
        {labels.map(([name, label]) => (
          <button type="button" key={name} title={TERMS[name]} aria-pressed={what === name}
            onClick={() => go({ what: name, zoom: 0 })}>{label}</button>))}
      </div>
      {what === 'growth' && (
        <select aria-label="Sign" value={state.sign}
          onChange={(event) => go({ sign: event.currentTarget.value as 'both', zoom: 0 })}>
          <option value="both">growth and shrinkage</option>
          <option value="grew">only growth</option>
          <option value="shrank">only shrinkage</option>
        </select>)}
      <select aria-label="Kind" value={state.kind}
        onChange={(event) => go({ kind: event.currentTarget.value, zoom: 0 })}>
        <option value="">all kinds</option>
        {kinds.map((kind) => <option key={kind} value={kind}>{kind}</option>)}
      </select>
      <label><input type="checkbox" checked={state.inverted}
        onChange={(event) => go({ inverted: event.currentTarget.checked, zoom: 0 })} /> inverted
      </label>
      <select aria-label="Frames" value={depth}
        onChange={(event) => go({ depth: event.currentTarget.value as 'own', zoom: 0 })}>
        <option value="own">own code only</option>
        <option value="packages">with dependencies</option>
        <option value="every">every frame</option>
      </select>
      {model.doc.groups && (
        <label><input type="checkbox" checked={state.grouped}
          onChange={(event) => go({ grouped: event.currentTarget.checked, zoom: 0 })} />{' '}
          by {model.doc.groups.by}
        </label>)}
      <input id="search" type="search" placeholder="Search frames  ( / )" aria-label="Search frames"
        value={state.query} onInput={(event) => go({ query: event.currentTarget.value }, true)} />
      <span class="count" aria-live="polite">{share}</span>
    </div>
  );
}

function Legend({ isSigned }: { isSigned: boolean }) {
  const entries = [...(isSigned ? [['suspect', 'suspect'], ['down', 'shrank']] : []),
    ['program', 'program'], ['dependency', 'dependency'], ['runtime', 'runtime']];
  return (
    <p class="legend">
      {entries.map(([tone, label]) => (
        <span key={tone}><i class={`swatch ${tone}`} aria-hidden="true" />{label}</span>))}
      <span>Width: bytes{isSigned && ' added or removed'}</span>
    </p>
  );
}

// What is known about the frame that is looked at.
function Detail({ graph, node, model, state, go, say }: ViewProps & {
  graph: Graph; node: FlameNode; say: (value: number) => string;
}) {
  const site = node.site >= 0 ? model.sites[node.site] : undefined;
  const isZoomed = state.zoom === node.id;
  return (
    <div class="detail" aria-live="polite">
      <p><bdi class="name">{flameLabel(node)}</bdi></p>
      <p>
        <b>{say(node.net)}</b>, {percent(node.width, graph.root.width)} of all
        {node.frame && <> · {node.frame.package || node.frame.owner} · {node.frame.sort}
          {node.frame.module && <> · <bdi>{node.frame.module}</bdi></>}</>}
      </p>
      <p class="buttons">
        {!isZoomed && node.id !== 0 && (
          <button type="button" onClick={() => go({ zoom: node.id })}>Zoom in</button>)}
        {state.zoom !== 0 && (
          <button type="button" onClick={() => go({ zoom: 0 })}>Zoom out</button>)}
        {site && (
          <button type="button" onClick={() => go({ view: 'sites', site: site.index, stack: 0 })}>
            Open site {site.index + 1}</button>)}
      </p>
    </div>
  );
}

function useWidth(box: { current: HTMLElement | null }): number {
  const [wide, setWide] = useState(0);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) {
      return undefined;
    }
    const observer = new ResizeObserver(() => setWide(element.clientWidth));
    observer.observe(element);
    setWide(element.clientWidth);
    return () => observer.disconnect();
  }, []);
  return wide;
}

interface CanvasProps {
  painting: Painting;
  label: string;
  onFocus: (node: FlameNode) => void;
  onZoom: (node: FlameNode) => void;
  say: (value: number) => string;
}

function Canvas({ painting, label, onFocus, onZoom, say }: CanvasProps) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const wide = useWidth(box);
  const [hover, setHover] = useState<{ node: FlameNode; x: number; y: number } | null>(null);
  const redraw = useCallback(() => {
    if (canvas.current && wide > 0) {
      paint(canvas.current, painting, wide);
    }
  }, [painting, wide]);
  useLayoutEffect(redraw, [redraw]);
  useThemeChange(redraw);
  const find = (event: MouseEvent) => nodeAt(painting, wide, event.offsetX, event.offsetY);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key.startsWith('Arrow')) {
      onFocus(neighbour(painting.focus, event.key));
      event.preventDefault();
    } else if (event.key === 'Enter') {
      onZoom(painting.focus);
      event.preventDefault();
    }
  };
  return (
    <div class="flame" ref={box}>
      <canvas ref={canvas} tabIndex={0} role="application" aria-label={label}
        onKeyDown={onKeyDown}
        onMouseMove={(event) => {
          const node = find(event);
          setHover(node && { node, x: event.offsetX, y: event.offsetY });
        }}
        onMouseLeave={() => setHover(null)}
        onClick={(event) => {
          const node = find(event);
          if (node) {
            onFocus(node);
            onZoom(node);
          }
        }} />
      {hover && (
        <div class="hover" style={{
          left: `${Math.max(0, Math.min(hover.x + 12, wide - 320))}px`, top: `${hover.y + 18}px`,
        }}>
          <bdi>{flameLabel(hover.node)}</bdi><br />{say(hover.node.net)},{' '}
          {percent(hover.node.width, painting.flame.root.width)}
        </div>)}
    </div>
  );
}

export function Flame(props: ViewProps & { site?: number }) {
  const { model, state, go, site = -1 } = props;
  const what = whatOf(model, state.what);
  const depth = state.depth !== 'auto' ? state.depth : model.hasOwnCode ? 'own' : 'every';
  const graph = useMemo(() => buildFlame(model, {
    what, inverted: state.inverted, depth, kind: site >= 0 ? '' : state.kind, site,
    sign: what === 'growth' ? state.sign : 'both',
    grouped: state.grouped && model.doc.groups !== null,
  }), [model, what, state.inverted, depth, state.kind, state.sign, state.grouped, site]);
  const zoom = graph.nodes[state.zoom] ?? graph.root;
  const [focus, setFocus] = useState<FlameNode>(zoom);
  useEffect(() => setFocus(zoom), [graph, zoom]);
  const search = useMemo(() => searchFlame(graph, state.query), [graph, state.query]);
  const seen = graph.nodes[focus.id] === focus ? focus : zoom;
  const painting = useMemo(() => ({
    flame: graph, zoom, focus: seen, found: search.found, isSigned: what === 'growth',
  }), [graph, zoom, seen, search, what]);
  const say = what === 'growth' ? signedBytes : bytes;
  const share = state.query ? `${percent(search.width, graph.root.width)} found` : '';
  const leftOut = model.doc.stacks_left_out;
  return (
    <div>
      <Controls {...props} what={what} depth={depth} share={share} />
      <Legend isSigned={what === 'growth'} />
      <Detail {...props} graph={graph} node={seen} say={say} />
      {graph.root.width === 0 ? <p class="empty">No stack has such bytes.</p>
        : <Canvas painting={painting} say={say} onFocus={setFocus}
          label={`Flame graph of ${what}; arrow keys move, Enter zooms`}
          onZoom={(node) => go({ zoom: node.id })} />}
      {leftOut > 0 && <p class="note">The page leaves out the {leftOut} smallest stacks.</p>}
    </div>
  );
}
