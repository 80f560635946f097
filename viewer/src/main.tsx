// main.tsx -- Reads the data, keeps the state in the address, shows the view that it names.
//
// SPDX-License-Identifier: Apache-2.0
import { render } from 'preact';
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import 'uplot/dist/uPlot.min.css';
import './style.css';
import { parseDocument } from './model/document';
import { summaryMarkdown } from './model/markdown';
import { Model } from './model/model';
import { START, type State, VIEWS, type View } from './model/state';
import { type Go, useAddress } from './ui/app_state';
import { Help } from './ui/help';
import { useKeys } from './ui/keys';
import { CopyButton, download } from './ui/small';
import { useTheme } from './ui/theme';
import { Facts } from './views/facts';
import { Flame } from './views/flame';
import { Site } from './views/site';
import { Sites, useSelection } from './views/sites';
import { Summary } from './views/summary';
import { Timeline } from './views/timeline';

const LABELS: Record<View, string> = {
  summary: 'Summary', sites: 'Sites', flame: 'Flame graph', timeline: 'Timeline', facts: 'Facts',
};

function Bar({ model, state, go, onHelp, theme, nextTheme }: {
  model: Model; state: State; go: Go; onHelp: () => void; theme: string; nextTheme: () => void;
}) {
  const last = model.doc.snapshots[model.count - 1];
  const save = () => download(`heapdiff.${last.program.replace(/[^\w.-]/g, '_')}.json`,
    'application/json', document.getElementById('heapdiff-data')?.textContent ?? '');
  const [open, setOpen] = useState(false); // of the tools, where there is little room
  return (
    <header class="masthead">
      <h1><b>heapdiff</b> <bdi>{last.program}</bdi> <small>pid {last.pid}</small></h1>
      <select class="narrow" aria-label="View" value={state.view}
        onChange={(event) => go({ view: event.currentTarget.value as View, site: -1, stack: 0,
          zoom: 0 })}>
        {VIEWS.map((view) => <option key={view} value={view}>{LABELS[view]}</option>)}
      </select>
      <button type="button" class="narrow" aria-expanded={open} aria-label="More"
        onClick={() => setOpen(!open)}>⋯</button>
      <nav aria-label="Views">
        {VIEWS.map((view) => (
          <button type="button" key={view} aria-current={state.view === view ? 'page' : undefined}
            onClick={() => go({ view, site: -1, stack: 0, zoom: 0 })}>{LABELS[view]}</button>))}
      </nav>
      <div class={`tools ${open ? 'open' : ''}`}>
        <CopyButton label="Copy Markdown" text={() => summaryMarkdown(model)} />
        <button type="button" onClick={save}>Save JSON</button>
        <button type="button" onClick={nextTheme} title="Light, dark, as the system (t)">
          {theme === 'system' ? 'Auto' : theme === 'light' ? 'Light' : 'Dark'}</button>
        <button type="button" onClick={onHelp} aria-label="Help" title="Keys (?)">?</button>
      </div>
    </header>
  );
}

function useAppKeys(model: Model, state: State, go: Go, rows: { index: number }[],
  [marked, setMarked]: [number, (next: number) => void],
  [help, setHelp]: [boolean, (open: boolean) => void], nextTheme: () => void): void {
  const isSiteOpen = state.view === 'sites' && model.sites[state.site] !== undefined;
  useKeys(useCallback((key: string) => {
    const search = document.getElementById('search') as HTMLInputElement | null;
    const move = (step: number) => {
      const at = isSiteOpen ? rows.findIndex((site) => site.index === state.site) : marked;
      const next = Math.min(rows.length - 1, Math.max(0, at + step));
      setMarked(next);
      if (isSiteOpen && rows[next]) {
        go({ site: rows[next].index, stack: 0 }, true);
      }
    };
    const escape = () => {
      if (help) {
        setHelp(false);
      } else if (search && document.activeElement === search) {
        go({ query: '' }, true);
        search.blur();
      } else if (isSiteOpen) {
        go({ site: -1, stack: 0 });
      } else if (state.zoom !== 0) {
        go({ zoom: 0 });
      } else if (state.query) {
        go({ query: '' }, true);
      }
    };
    if (/^[1-5]$/.test(key)) {
      go({ view: VIEWS[Number(key) - 1], site: -1, stack: 0, zoom: 0 });
    } else if (key === '/') {
      if (!search) {
        go({ view: 'sites', site: -1 });
      }
      requestAnimationFrame(() => document.getElementById('search')?.focus());
    } else if ((key === 'j' || key === 'k') && state.view === 'sites') {
      // Enter is now for the marked site, not for a button that was clicked before.
      (document.activeElement as HTMLElement | null)?.blur();
      move(key === 'j' ? 1 : -1);
    } else if (key === 'Enter' && state.view === 'sites' && !isSiteOpen && rows[marked]) {
      go({ site: rows[marked].index, stack: 0 });
    } else if (key === 'Escape') {
      escape();
    } else if (key === 'i' && state.view === 'flame') {
      go({ inverted: !state.inverted, zoom: 0 });
    } else if (key === 't') {
      nextTheme();
    } else if (key === '?') {
      setHelp(!help);
    } else {
      return false;
    }
    return true;
  }, [state, rows, marked, help, isSiteOpen, go, nextTheme]));
}

function App({ model }: { model: Model }) {
  const [state, go] = useAddress();
  const [theme, nextTheme] = useTheme();
  const [help, setHelp] = useState(false);
  const [marked, setMarked] = useState(-1);
  const rows = useSelection(model, state);
  const props = { model, state, go };
  const isSiteOpen = state.view === 'sites' && model.sites[state.site] !== undefined;
  useAppKeys(model, state, go, rows, [marked, setMarked], [help, setHelp], nextTheme);
  useEffect(() => setMarked(-1), [state.query, state.kind, state.module, state.all, state.sort]);
  useEffect(() => {
    document.title = `${LABELS[state.view]}: ${model.doc.snapshots[model.count - 1].program}`
      + ' – heapdiff';
    if (isSiteOpen || state.view !== 'sites') {
      scrollTo(0, 0);
    }
  }, [state.view, state.site]);
  return (
    <>
      <Bar {...props} theme={theme} nextTheme={nextTheme} onHelp={() => setHelp(true)} />
      <main class={state.view}>
        {state.view === 'summary' && <Summary {...props} />}
        {isSiteOpen && <Site {...props} />}
        {state.view === 'sites' && !isSiteOpen
          && <Sites {...props} marked={marked} onMark={setMarked} />}
        {state.view === 'flame' && <Flame {...props} />}
        {state.view === 'timeline' && <Timeline {...props} />}
        {state.view === 'facts' && <Facts {...props} />}
      </main>
      {help && <Help onClose={() => setHelp(false)} />}
    </>
  );
}

function Broken({ why }: { why: string }) {
  return <main><h1>heapdiff</h1><p role="alert">{why}</p></main>;
}

function Page() {
  const found = useMemo(() => {
    try {
      return new Model(parseDocument(document.getElementById('heapdiff-data')?.textContent ?? ''));
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }, []);
  return typeof found === 'string' ? <Broken why={found} /> : <App model={found} />;
}

if (!location.hash) {
  history.replaceState(null, '', `#${START.view}`);
}
render(<Page />, document.getElementById('app') as HTMLElement);
document.documentElement.dataset.ready = String(Math.round(performance.now()));
