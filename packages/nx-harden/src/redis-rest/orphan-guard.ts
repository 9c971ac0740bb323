import { spawn } from 'node:child_process';

/**
 * Reads until we say that all is in order. The end of the input without that word is our death, by whatever signal:
 * the server would else run on for ever, since a killed process cleans nothing up.
 */
const SCRIPT = 'read -r word; [ "$word" = done ] || { kill -9 "$1"; rm -rf "$2"; }';

/** Ends a process and removes its folder when this process dies, however it dies. The result calls the guard off. */
export function guardAgainstOrphan(pid: number, folder: string): () => void {
  const guard = spawn('/bin/sh', ['-c', SCRIPT, 'sh', String(pid), folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // Of a process group of its own: Ctrl-C in the terminal would end the guard before its time.
    detached: true,
  });
  // Without a guard all works but this; and it may be gone already when it is called off.
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  guard.unref();
  return () => void guard.stdin.end('done\n');
}
