import type { Tree } from '@nx/devkit';
import type { NextApp } from './next-app';
import type { CapabilityRecord } from './hardening-file';
import type { HardeningRun } from './hardening-run';
import type { NextConfigContribution } from './next-config/contribution';
import type { ProxyContribution } from './proxy-file/contribution';
import type { PutEntries } from './put-entries';

/** The part of Nx's `Tree` that only looks. Checks and readers get this; nothing they do can change a file. */
export type ReadTree = Pick<Tree, 'root' | 'read' | 'exists' | 'children' | 'isFile'>;

export type FindingStatus = 'pass' | 'warn' | 'fail' | 'manual';

/** One line of the audit. */
export interface Finding {
  /** `<capability>/<check>`, such as `headers/csp`; stable, so that waivers and dashboards can name it. */
  check: string;
  status: FindingStatus;
  /** What was seen, in one sentence. */
  message: string;
  /** Where it was seen, relative to the workspace root. */
  file?: string;
  /** 1-based line in `file`. */
  line?: number;
  /** The command that mends it. */
  fix?: string;
  /** Where the reason is told, relative to the package's docs: `headers#csp`. */
  docs: string;
}

/** What a run could not do by itself and leaves to a person. */
export interface ManualStep {
  /** The file to change, relative to the workspace root. */
  file: string;
  /** Why the run did not do it. */
  why: string;
  /** The exact lines to write, or the diff to apply. */
  lines: string;
}

/** What an edit of a user's file did. `manual` means that the file is untouched. */
export type EditResult =
  | { status: 'changed' | 'unchanged' }
  | { status: 'manual'; step: ManualStep };

/** Another capability that is on in the same app, with the options it was made with. */
export type ActiveCapabilities = Readonly<Record<string, CapabilityRecord>>;

/** An environment variable that a capability reads in the app. Its value never passes through here. */
export interface EnvVariable {
  name: string;
  /** What it is for, as a comment in `.env.example`. */
  comment: string;
}

/** What a capability is asked with: the app, its resolved options, and what is recorded of it. */
export interface CapabilityContext {
  tree: ReadTree;
  app: NextApp;
  options: Record<string, unknown>;
  record: CapabilityRecord;
}

/** Puts one capability into one app, through the run that it is given. */
export type CapabilityGenerator = (run: HardeningRun<never>) => Promise<void>;

/** One protection. Everything about it lives in `capabilities/<id>/`. */
export interface Capability {
  /** Folder, generator and docs anchor. */
  id: string;
  title: string;
  /** What it protects from, in one sentence: the README's table and the audit print it. */
  why: string;
  /** Part of what `harden` does when nobody is asked. */
  recommended: boolean;
  /** Ids that must be in place before this one. */
  after: readonly string[];
  /** True when its files depend on which other capabilities are on: it is made again after any of them comes or goes. */
  readsOthers?: boolean;
  /** What it puts into files of the user's as entries: packages, scripts, ignored paths. Ranges come from `versions.ts`. */
  entries?: (given: CapabilityContext) => PutEntries;
  env?: readonly EnvVariable[];
  /** Read-only, of the repository alone; never of the network. */
  check: (tree: ReadTree, app: NextApp) => Finding[];
  /** Looks, with `--live`, at what runs: read-only as well. What cannot be reached is a finding, not an error. */
  checkLive?: (given: CapabilityContext) => Promise<Finding[]>;
  /** Loaded when it is run, so that the audit does not pay for it. */
  generator: () => Promise<CapabilityGenerator>;
  /** What it puts into `hardening/next-config.cjs`, given the options it was made with. */
  nextConfig?: (tree: ReadTree, app: NextApp, active: ActiveCapabilities) => NextConfigContribution | undefined;
  /** What it puts into `proxy.ts` (`middleware.ts` before Next 16), given the options it was made with. */
  proxy?: (tree: ReadTree, app: NextApp, active: ActiveCapabilities) => ProxyContribution | undefined;
  /** Takes its seams out of files of the app's that the user owns. The files that we own go by themselves. */
  undoInApp?: (tree: Tree, app: NextApp, record: CapabilityRecord) => Promise<EditResult[]>;
  /** The same for files of the workspace: when the last app that has it goes. */
  undo?: (tree: Tree, app: NextApp, record: CapabilityRecord) => Promise<EditResult[]>;
}
