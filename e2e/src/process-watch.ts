import { readdir, readFile } from 'node:fs/promises';

/** The command lines of all processes, as they are now. Linux alone has /proc. */
export async function commandLines(): Promise<string[]> {
  const processes = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  // A process may end while we look.
  return Promise.all(processes.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf-8').then((line) => line.replaceAll('\0', ' '), () => '')));
}

/** Looks at the command lines of all processes, again and again, for a text that must not be there. */
export function watchCommandLines(secrets: readonly string[]): { stop: () => Promise<{ looks: number; found: string[] }> } {
  const found: string[] = [];
  let looks = 0;
  let isOver = false;
  const watch = async (): Promise<void> => {
    while (!isOver) {
      found.push(...(await commandLines()).filter((line) => secrets.some((secret) => line.includes(secret))));
      looks += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const watching = watch();
  return {
    stop: async () => {
      isOver = true;
      await watching;
      return { looks, found };
    },
  };
}
