import { beforeEach } from 'vitest';

/** Makes the tests of a suite steps that stand on each other: after one that failed, the rest is not tried. */
export function inOrder(): void {
  let failed: string | undefined;
  beforeEach(({ skip, onTestFailed, task }) => {
    if (failed !== undefined) skip(`after a failure: ${failed}`);
    onTestFailed(() => {
      failed = task.name;
    });
  });
}
