// sites.tsx -- All sites as a table: search, filters, sorting; draws only the visible rows.
//
// SPDX-License-Identifier: Apache-2.0
import { Component } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { type Model, type Site, baseName } from '../model/model';
import { type Sort, select } from '../model/select';
import type { ViewProps } from '../ui/app_state';
import { Meter, Name, Spark, blocksOf } from '../ui/small';
import { TERMS, type Term } from '../ui/terms';
import { bytes, count, rate, signedBytes } from '../model/units';

interface Column {
  sort: Sort;
  label: string;
  term?: Term;
  show: (site: Site, model: Model) => preact.ComponentChildren;
  isNumber: boolean;
}

// What a row says of the way to the site: the next caller, and the package in between.
function CallerCell({ site, model }: { site: Site; model: Model }) {
  const [caller] = model.callersOf(site);
  return (
    <>
      {caller && <Name frame={caller} />}
      {site.way && <small>through <bdi>{site.way.name} ({site.way.package})</bdi></small>}
    </>
  );
}

const COLUMNS: Column[] = [
  { sort: 'rank', label: '#', isNumber: true, show: (site) => site.index + 1 },
  { sort: 'name', label: 'Site', term: 'site', isNumber: false, show: (site) => (
    <>
      <Name frame={site.frame} />
      <small>{site.frame.package || baseName(site.frame.module)}</small>
    </>) },
  { sort: 'caller', label: 'Called from', isNumber: false,
    show: (site, model) => <CallerCell site={site} model={model} /> },
  { sort: 'kind', label: 'Kind', term: 'kind', isNumber: false,
    show: (site) => <span class="chip">{site.kind}</span> },
  { sort: 'growth', label: 'Growth', term: 'growth', isNumber: true, show: (site) => (
    <>
      <span class={site.suspect ? 'up' : ''}>{signedBytes(site.growth)}</span>
      {site.deviation > 0 && <small>± {bytes(2 * site.deviation)}</small>}
    </>) },
  { sort: 'slope', label: 'Series', term: 'slope', isNumber: true, show: (site) => (
    <>
      <Spark values={site.live} suspect={site.suspect} />
      {site.slope !== null && <small>{rate(site.slope)}</small>}
    </>) },
  { sort: 'live', label: 'Live', term: 'live', isNumber: true, show: (site) => (
    <>{bytes(site.live[site.live.length - 1])}
      <small>{blocksOf(site, site.blocks[site.blocks.length - 1])}</small></>) },
  { sort: 'temporary', label: 'Churn', term: 'temporary', isNumber: true,
    show: (site) => bytes(site.temporary) },
  { sort: 'survivors', label: 'Survivors', term: 'survivors', isNumber: true,
    show: (site) => (site.survivors === null ? '–' : bytes(site.survivors)) },
  { sort: 'evidence', label: 'Evidence', term: 'evidence', isNumber: true, show: (site) => (
    <>
      <Meter value={site.evidence} tone={site.suspect ? 'suspect' : 'plain'} />
      <small>{site.evidence.toFixed(2)} {site.pattern}</small>
    </>) },
];

const ONE = new Set<Sort>(['rank', 'name', 'caller', 'kind', 'live', 'temporary']);
const OVERSCAN = 4;

function Filters({ model, state, go, shown }: ViewProps & { shown: number }) {
  const kinds = useMemo(() => [...new Set(model.sites.map((site) => site.kind))].sort(), [model]);
  const packages = model.packages.map((group) => group.name);
  return (
    <div class="filters" role="search">
      <input id="search" type="search" placeholder="Search: words, -not this  ( / )"
        aria-label="Search sites" value={state.query}
        onInput={(event) => go({ query: event.currentTarget.value }, true)} />
      <select aria-label="Kind" value={state.kind}
        onChange={(event) => go({ kind: event.currentTarget.value })}>
        <option value="">all kinds</option>
        {kinds.map((kind) => <option key={kind} value={kind}>{kind}</option>)}
      </select>
      <select aria-label="Module" value={state.module}
        onChange={(event) => go({ module: event.currentTarget.value })}>
        <option value="">all modules</option>
        {model.modules.map((path) => <option key={path} value={path}>{baseName(path)}</option>)}
      </select>
      {packages.length > 1 && (
        <select aria-label="Package" value={state.package}
          onChange={(event) => go({ package: event.currentTarget.value })}>
          <option value="">all packages</option>
          {packages.map((name) => <option key={name} value={name}>{name}</option>)}
        </select>)}
      {model.isComparison && (
        <label><input type="checkbox" checked={state.all}
          onChange={(event) => go({ all: event.currentTarget.checked })} /> include sites without
          growth
        </label>)}
      <span class="count" aria-live="polite">{count(shown)} of {count(model.sites.length)} sites
        {model.doc.sites_left_out > 0 && `, ${count(model.doc.sites_left_out)} left out`}</span>
    </div>
  );
}

function HeadCell({ column, state, go }: Pick<ViewProps, 'state' | 'go'> & { column: Column }) {
  const isSorted = state.sort === column.sort;
  const onClick = () => go({ sort: column.sort, reversed: isSorted ? !state.reversed : false });
  const order = !isSorted ? 'none'
    : state.reversed === (column.isNumber && column.sort !== 'rank') ? 'ascending' : 'descending';
  return (
    <div role="columnheader" class={`cell ${column.sort}`} aria-sort={order}>
      <button type="button" onClick={onClick}
        title={column.term ? TERMS[column.term] : column.sort === 'caller'
          ? 'The next function of the program above the site'
          : 'The rank weighs evidence with size'}>
        {column.label}
        {isSorted && <span aria-hidden="true">{order === 'ascending' ? ' ▴' : ' ▾'}</span>}
      </button>
    </div>
  );
}

interface RowProps {
  site: Site;
  at: number; // in the selection
  high: number;
  isMarked: boolean;
  columns: Column[];
  model: Model;
  open: (at: number, site: Site) => void;
}

// Drawn again only when something in it is another: scrolling leaves most rows as they are.
class Row extends Component<RowProps> {
  shouldComponentUpdate(next: RowProps): boolean {
    return (Object.keys(next) as (keyof RowProps)[]).some((key) => next[key] !== this.props[key]);
  }

  render({ site, at, high, isMarked, columns, model, open }: RowProps) {
    return (
      <div role="row" aria-rowindex={at + 2} aria-selected={isMarked}
        class={`row ${isMarked ? 'marked' : ''}`} onClick={() => open(at, site)}
        style={{ transform: `translateY(${at * high}px)`, height: `${high}px` }}>
        {columns.map((column) => (
          <div role="gridcell" key={column.sort}
            class={`cell ${column.sort} ${column.isNumber ? 'number' : ''}`}>
            {column.show(site, model)}
          </div>))}
      </div>
    );
  }
}

function columnsOf(model: Model): Column[] {
  return COLUMNS.filter((column) => model.isComparison || ONE.has(column.sort))
    .filter((column) => model.isSeries || column.sort !== 'survivors');
}

// The range of visible rows, by the position and height of a scrolled element.
function useWindow(box: { current: HTMLElement | null }, high: number, rows: number) {
  const [range, setRange] = useState({ first: 0, last: 40 });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) {
      return undefined;
    }
    const measure = () => {
      const first = Math.max(0, Math.floor(element.scrollTop / high) - OVERSCAN);
      const last = Math.ceil((element.scrollTop + element.clientHeight) / high) + OVERSCAN;
      setRange((old) => (old.first === first && old.last === last ? old : { first, last }));
    };
    measure();
    element.addEventListener('scroll', measure, { passive: true });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', measure);
      observer.disconnect();
    };
  }, [high, rows]);
  return range;
}

export function useSelection(model: Model, state: ViewProps['state']): Site[] {
  return useMemo(
    () => select(model.sites, { ...state, growing: model.isComparison && !state.all }),
    [model, state.query, state.kind, state.module, state.package, state.all, state.sort,
      state.reversed]);
}

interface SitesProps extends ViewProps {
  marked: number; // index in the selection
  onMark: (index: number) => void;
}

export function Sites({ model, state, go, marked, onMark }: SitesProps) {
  const rows = useSelection(model, state);
  const box = useRef<HTMLDivElement>(null);
  const high = matchMedia('(max-width: 700px)').matches ? 108 : 46;
  const { first, last } = useWindow(box, high, rows.length);
  const columns = useMemo(() => columnsOf(model), [model]);
  const open = useCallback((at: number, site: Site) => {
    onMark(at);
    go({ site: site.index, stack: 0 });
  }, [go, onMark]);
  useEffect(() => {
    const element = box.current;
    if (element && marked >= 0) {
      const top = marked * high;
      if (top < element.scrollTop) {
        element.scrollTop = top;
      } else if (top + high > element.scrollTop + element.clientHeight - 40) {
        element.scrollTop = top + high + 40 - element.clientHeight;
      }
    }
  }, [marked, high]);
  return (
    <div class="sites">
      <Filters model={model} state={state} go={go} shown={rows.length} />
      <div ref={box} role="grid" tabIndex={0}
        class={`table ${model.isSeries ? 'many' : model.isComparison ? 'two' : 'one'}`}
        aria-label="Sites" aria-rowcount={rows.length + 1}>
        <div role="row" class="row head" aria-rowindex={1}>
          {columns.map((column) => (
            <HeadCell key={column.sort} column={column} state={state} go={go} />))}
        </div>
        <div role="rowgroup" class="rows" style={{ height: `${rows.length * high}px` }}>
          {rows.slice(first, last).map((site, i) => (
            <Row key={site.index} site={site} at={first + i} high={high} columns={columns}
              isMarked={first + i === marked} model={model} open={open} />))}
        </div>
        {rows.length === 0 && <p class="empty">No site matches. {model.isComparison && !state.all
          && <button type="button" class="link" onClick={() => go({ all: true })}>
            Include sites without growth</button>}</p>}
      </div>
    </div>
  );
}
