// Runs a script of `scripts/` in a process of its own.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** How often a test of exits runs: the many runs of a release, or a few. */
export const FULL = process.env.ROOCODE_FULL === '1';

/**
 * Milliseconds after leaving within which a connection has to be closed: in a full run,
 * on a quiet machine, 50. Else what a busy one may take on top.
 */
export const CLOSED_WITHIN = FULL ? 50 : 500;

export function scriptPath(name) {
  return fileURLToPath(new URL(`../scripts/${name}.mjs`, import.meta.url));
}

/** The end of a script: exit code, signal, output, and milliseconds it took. */
export async function run(name, args = [], nodeOptions = []) {
  const started = performance.now();
  const child = spawn(process.execPath, [...nodeOptions, scriptPath(name), ...args.map(String)]);
  let output = '';
  let errors = '';
  child.stdout.on('data', (text) => {
    output += text;
  });
  child.stderr.on('data', (text) => {
    errors += text;
  });
  const guard = setTimeout(() => child.kill('SIGKILL'), 60_000);
  const [code, signal] = await once(child, 'close');
  clearTimeout(guard);
  return { code, signal, output, errors, took: performance.now() - started };
}
