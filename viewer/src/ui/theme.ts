// theme.ts -- Light or dark: as the system, until the user chooses.
//
// SPDX-License-Identifier: Apache-2.0
import { useCallback, useEffect, useState } from 'preact/hooks';

export type Theme = 'system' | 'light' | 'dark';
const NAME = 'heapdiff-theme';

// Storage can be forbidden.
function remembered(): Theme {
  try {
    const word = localStorage.getItem(NAME);
    return word === 'light' || word === 'dark' ? word : 'system';
  } catch {
    return 'system';
  }
}

function remember(theme: Theme): void {
  try {
    localStorage.setItem(NAME, theme);
  } catch {
    // then it holds until the page is closed
  }
}

export function useTheme(): [Theme, () => void] {
  const [theme, setTheme] = useState(remembered);
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  const next = useCallback(() => setTheme((old) => {
    const following = old === 'system' ? 'light' : old === 'light' ? 'dark' : 'system';
    remember(following);
    return following;
  }), []);
  return [theme, next];
}

// Runs REDRAW when colours change: canvases do not follow by themselves.
export function useThemeChange(redraw: () => void): void {
  useEffect(() => {
    const media = matchMedia('(prefers-color-scheme: dark)');
    const observer = new MutationObserver(redraw);
    observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    media.addEventListener('change', redraw);
    return () => {
      observer.disconnect();
      media.removeEventListener('change', redraw);
    };
  }, [redraw]);
}

export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
