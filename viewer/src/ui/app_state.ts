// app_state.ts -- The state in the address: read, written, and watched; what all views are given.
//
// SPDX-License-Identifier: Apache-2.0
import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Model } from '../model/model';
import { type State, readState, writeState } from '../model/state';

// REPLACE: no step of its own for the back button, as when a search is typed.
export type Go = (change: Partial<State>, replace?: boolean) => void;

export interface ViewProps {
  model: Model;
  state: State;
  go: Go;
}

export function useAddress(): [State, Go] {
  const [state, setState] = useState(() => readState(location.hash));
  useEffect(() => {
    const reread = () => setState(readState(location.hash));
    addEventListener('popstate', reread);
    addEventListener('hashchange', reread);
    return () => {
      removeEventListener('popstate', reread);
      removeEventListener('hashchange', reread);
    };
  }, []);
  const go = useCallback<Go>((change, replace = false) => {
    const next = { ...readState(location.hash), ...change };
    const hash = writeState(next);
    if (hash !== location.hash) {
      history[replace ? 'replaceState' : 'pushState'](null, '', hash);
    }
    setState(next);
  }, []);
  return [state, go];
}
