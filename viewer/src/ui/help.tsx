// help.tsx -- Keys and terms, in a dialog over the page.
//
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from 'preact/hooks';
import { KEYS } from './keys';
import { TERMS } from './terms';

export function Help({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="help-title">
      <form method="dialog"><button type="submit" class="close">Close</button></form>
      <h2 id="help-title">Keys</h2>
      <dl class="keys">
        {KEYS.map(([key, what]) => <div key={key}><dt><kbd>{key}</kbd></dt><dd>{what}</dd></div>)}
      </dl>
      <h2>Terms</h2>
      <dl class="words">
        {Object.entries(TERMS).map(([term, what]) => (
          <div key={term}><dt>{term}</dt><dd>{what}</dd></div>))}
      </dl>
    </dialog>
  );
}
