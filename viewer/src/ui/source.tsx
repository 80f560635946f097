// source.tsx -- Lines of source round a frame, where the page has them.
//
// SPDX-License-Identifier: Apache-2.0
import { type Frame, type Model, placeOf } from '../model/model';

// AROUND: lines before and after the frame's own; all that the page has without it.
export function SourceLines({ model, frame, around }:
  { model: Model; frame: Frame; around?: number }) {
  const source = model.sourceOf(frame);
  if (!source) {
    return null;
  }
  const lines = source.lines.map((line, i) => ({ line, number: source.first + i }))
    .filter(({ number }) => around === undefined || Math.abs(number - frame.line) <= around);
  return (
    <pre class="source" tabIndex={0} aria-label={`Source around ${placeOf(frame)}`}>
      {source.changed && <em>This file is newer than the snapshot.</em>}
      {lines.map(({ line, number }) => (
        <span key={number} class={number === frame.line ? 'here' : ''}>
          {String(number).padStart(5)}  {line}
        </span>))}
    </pre>
  );
}
