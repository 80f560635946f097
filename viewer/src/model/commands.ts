// commands.ts -- Commands that go on from a page: the same comparison, and who keeps the memory.
//
// SPDX-License-Identifier: Apache-2.0
import type { Model } from './model';

// A file as a shell takes it.
function word(text: string): string {
  return /^[\w%+,./:=@-]+$/.test(text) && !text.startsWith('-') ? text
    : `'${text.replaceAll("'", "'\\''")}'`;
}

export interface Command {
  what: string;
  line: string;
}

export function commandsOf(model: Model): Command[] {
  const { processes, snapshots } = model.doc;
  const given = processes.length > 0 ? processes.flatMap((process) => process.files)
    : snapshots.map((snapshot) => snapshot.file);
  const files = [...new Set(given)].map(word);
  const name = model.isComparison ? 'growth' : 'live';
  const commands = [
    { what: 'This page again', line: `heapdiff report ${files.join(' ')} -o ${name}.html` },
    { what: 'The same in a terminal',
      line: `heapdiff ${model.isComparison ? 'compare' : 'show'} ${files.join(' ')}` },
  ];
  const last = files[files.length - 1];
  if (model.sites.some((site) => site.kind === 'js' || site.frame.sort === 'js')) {
    commands.push({ what: 'The blocks in Chrome DevTools (Memory, Load)',
      line: `heapdiff export ${last} --format heapsnapshot -o ${name}.heapsnapshot` });
  }
  return commands;
}
