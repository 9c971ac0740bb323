/**
 * Reads and writes `<app>/hardening.json`: what is on in an app, with which options, and which files are ours.
 * It is on Nx's hot path (the inferred plugin reads it), so it imports nothing.
 */

/** Workspace-relative prefix for files outside the app, as Nx writes it. */
const WORKSPACE = '{workspaceRoot}/';

export interface CapabilityRecord {
  /** Version of the plugin that wrote it. */
  version: string;
  /** Only what differs from the schema's defaults, or was chosen by hand. No secret has an option. */
  options: Record<string, unknown>;
  /**
   * Fingerprint of each file that we own, by path: relative to the app, or with `{workspaceRoot}/` outside it. `state`
   * for one that we began and that lives on by what the app's tools write into it.
   */
  files: Record<string, string>;
  /** What an edit added to a file of the user's, by path, for `undo` to take out again. */
  added?: Record<string, string[]>;
  /** Packages, scripts and ignored paths that we added, by `<file>#<kind>`; the frame takes them out again. */
  entries?: Record<string, string[]>;
  /** Targets of the app that we infer, by name, each with its kind in `inferred-targets.ts`. */
  targets?: Record<string, string>;
}

export interface HardeningFile {
  capabilities: Record<string, CapabilityRecord>;
  /** Files that several capabilities write into together, such as `next-config`. */
  shared: Record<string, SharedRecord>;
  /** Set by `init`: the app is audited although nothing is on in it, so the file stays. */
  audited?: true;
}

export interface SharedRecord {
  files: Record<string, string>;
  /** The app had no Next config, so its config is of our making. */
  madeConfig?: true;
  /** Texts of the user's that a seam took the place of, for its removal. */
  originals?: string[];
}

interface Reads {
  read(path: string, encoding: 'utf-8'): string | null;
}

export const HARDENING_FILE = 'hardening.json';

export class HardeningFileError extends Error {}

/** Path of an app's `hardening.json`, relative to the workspace. */
export function hardeningFilePath(appRoot: string): string {
  return appRoot === '.' || appRoot === '' ? HARDENING_FILE : `${appRoot}/${HARDENING_FILE}`;
}

/** Reads it; an app without one has nothing on. Throws {@link HardeningFileError} when it is there and not readable. */
export function readHardeningFile(tree: Reads, appRoot: string): HardeningFile {
  const path = hardeningFilePath(appRoot);
  const text = tree.read(path, 'utf-8');
  return text === null ? { capabilities: {}, shared: {} } : parseHardeningFile(text, path);
}

/** The text of a `hardening.json` as a value; `path` is for the error. */
export function parseHardeningFile(text: string, path: string): HardeningFile {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new HardeningFileError(
      `${path} is not valid JSON (${(error as Error).message}). Mend it, or take it back from git: it records what is on in this app.`,
    );
  }
  const file = value as Partial<HardeningFile> | null;
  if (file === null || typeof file !== 'object' || Array.isArray(file) || !isRecordOfObjects(file.capabilities ?? {}) || !isRecordOfObjects(file.shared ?? {})) {
    throw new HardeningFileError(
      `${path} has not the shape of a hardening.json: { "capabilities": { … }, "shared": { … } }. Take it back from git.`,
    );
  }
  return { ...(file.audited === true && { audited: true }), capabilities: file.capabilities ?? {}, shared: file.shared ?? {} };
}

/** As text: sorted, so that the same content is the same bytes. */
export function printHardeningFile(file: HardeningFile): string {
  return JSON.stringify(sorted(file), null, 2) + '\n';
}

/** Whether nothing is on any more, so that the file itself can go. */
export function isEmptyHardeningFile(file: HardeningFile): boolean {
  return !file.audited && Object.keys(file.capabilities).length === 0 && Object.keys(file.shared).length === 0;
}

/** A workspace path as it is recorded: relative to the app where it lies inside it. */
export function toRecordedPath(appRoot: string, path: string): string {
  if (appRoot === '.' || appRoot === '') return path;
  return path.startsWith(`${appRoot}/`) ? path.slice(appRoot.length + 1) : WORKSPACE + path;
}

/** The reverse of {@link toRecordedPath}. */
export function fromRecordedPath(appRoot: string, recorded: string): string {
  if (recorded.startsWith(WORKSPACE)) return recorded.slice(WORKSPACE.length);
  return appRoot === '.' || appRoot === '' ? recorded : `${appRoot}/${recorded}`;
}

function isRecordOfObjects(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((entry) => typeof entry === 'object' && entry !== null && !Array.isArray(entry))
  );
}

function sorted<T>(value: T): T {
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, entry]) => [key, sorted(entry)]),
  ) as T;
}
