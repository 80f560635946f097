// keys.ts -- What keys do, in one table, which is also what the help shows.
//
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from 'preact/hooks';

export const KEYS: [string, string][] = [
  ['1 … 5', 'Summary, sites, flame graph, timeline, facts'],
  ['/', 'Search'],
  ['j  k', 'Select the next or previous site; in an open site, go to it'],
  ['Enter', 'Open the selected site; zoom the flame graph to the selected frame'],
  ['Esc', 'Close: help, search, zoom, site'],
  ['← ↑ ↓ →', 'Select a frame in the flame graph'],
  ['i', 'Invert the flame graph'],
  ['t', 'Change the theme: light, dark, as the system'],
  ['?', 'Show this help'],
];

// Keys that are typed into a field are not ours, but for Escape.
export function useKeys(onKey: (key: string) => boolean): void {
  const latest = useRef(onKey); // keys can come faster than effects run
  latest.current = onKey;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const isTyping = /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);
      if (event.ctrlKey || event.metaKey || event.altKey || (isTyping && event.key !== 'Escape')) {
        return;
      }
      const isPress = /^(BUTTON|A|SUMMARY)$/.test(target.tagName) && event.key === 'Enter';
      if (!isPress && !event.defaultPrevented && latest.current(event.key)) {
        event.preventDefault();
      }
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);
}
