import type { Tree } from '@nx/devkit';
import type { ActiveCapabilities, EditResult, ManualStep } from './capability';
import type { CapabilityRecord } from './hardening-file';
import type { NextApp } from './next-app';
import { writeOwnFile } from './own-file';
import type { SiblingApp } from './sibling-apps';

/** What a capability's generator works with: the app, its resolved options, and the ways in which it may write. */
export class HardeningRun<Options = Record<string, unknown>> {
  readonly manualSteps: ManualStep[] = [];
  private readonly written = new Set<string>();

  constructor(
    readonly tree: Tree,
    readonly app: NextApp,
    readonly options: Options,
    readonly record: CapabilityRecord,
    /** All that is on in the app, this capability included. */
    readonly active: ActiveCapabilities,
    /** The other apps that have this capability on. */
    readonly siblings: readonly SiblingApp[] = [],
  ) {}

  /** Writes a file of ours. Edited by hand since, or somebody else's: it is kept, and a step offers our version. */
  ownFile(path: string, content: string): void {
    const step = writeOwnFile(this.tree, this.app.root, this.record.files, path, content);
    if (step) this.manual(step);
    this.written.add(path);
  }

  /** Takes in what an edit of a user's file came to. */
  edit(result: EditResult): void {
    if (result.status === 'manual') this.manual(result.step);
  }

  /** Leaves a step to a person; the same step twice is once. */
  manual(step: ManualStep): void {
    if (!this.manualSteps.some((other) => other.file === step.file && other.lines === step.lines)) this.manualSteps.push(step);
  }

  /** Whether this run wrote (or offered) a file; what a former run owned and this one did not is stale. */
  hasWritten(path: string): boolean {
    return this.written.has(path);
  }
}
