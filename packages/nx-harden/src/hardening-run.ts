import type { Tree } from '@nx/devkit';
import type { ActiveCapabilities, EditResult, ManualStep } from './capability';
import { toRecordedPath, type CapabilityRecord } from './hardening-file';
import type { NextApp } from './next-app';
import { beginStateFile, writeOwnFile } from './own-file';
import type { SiblingApp } from './sibling-apps';

/** What is done once the packages are installed, where only a run of the tools tells. It must not fail for what the app is like. */
export interface FollowUp {
  /** Said while it runs: `Measuring the coverage of web`. */
  title: string;
  /** Returns what is said when it is done. */
  run: (workspaceRoot: string) => Promise<string>;
}

/** What a capability's generator works with: the app, its resolved options, and the ways in which it may write. */
export class HardeningRun<Options = Record<string, unknown>> {
  readonly manualSteps: ManualStep[] = [];
  readonly followUps: FollowUp[] = [];
  /** Targets that the app gets, by name; what was asked for before and not now is gone. */
  readonly targets: Record<string, string> = {};
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

  /** Begins a file that lives on by what tools write into it; without content, one that a tool begins by itself. */
  stateFile(path: string, content?: string): void {
    beginStateFile(this.tree, this.app.root, this.record.files, path, content);
    this.written.add(path);
  }

  /** Leaves a file as it is that an earlier run of ours began, such as an example for the team to go on from. */
  keepFile(path: string): void {
    this.written.add(path);
  }

  /** Gives the app an inferred target of a kind that `inferred-targets.ts` knows. */
  target(name: string, kind: string): void {
    this.targets[name] = kind;
  }

  /** Whether a file at that place is ours, as far as is recorded. */
  isOurs(path: string): boolean {
    return toRecordedPath(this.app.root, path) in this.record.files;
  }

  /** Leaves something to be done after the packages are installed. */
  afterInstall(followUp: FollowUp): void {
    this.followUps.push(followUp);
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
