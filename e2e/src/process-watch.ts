import { readdir, readFile } from 'node:fs/promises';

/** Looks at the command lines of all processes, again and again, for a text that must not be there. Linux alone has /proc. */
export function watchCommandLines(secrets: readonly string[]): { stop: () => Promise<{ looks: number; found: string[] }> } {
  const found: string[] = [];
  let looks = 0;
  let isOver = false;
  const watch = async (): Promise<void> => {
    while (!isOver) {
      for (const pid of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
        // It may end while we look.
        const line = await readFile(`/proc/${pid}/cmdline`, 'utf-8').catch(() => '');
        if (secrets.some((secret) => line.includes(secret))) found.push(line.replaceAll('\0', ' '));
      }
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
