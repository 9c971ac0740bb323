import { isMap, isScalar, isSeq, LineCounter, parseDocument, visit, type Document, type Node, type Pair } from 'yaml';
import type { ReadTree } from '../../capability';

/** A workflow or an action of the team's, read for the audit. */
export interface Workflow {
  path: string;
  text: string;
  document: Document;
  /** As plain values, with anchors followed; empty when it cannot be read. */
  content: Record<string, unknown>;
  /** Why it cannot be read; the rest is empty then. */
  error?: { message: string; line: number };
  lineOf: (node: unknown) => number;
}

/** A step's `uses:` or `run:`, or another value, with its place. */
export interface Place {
  workflow: Workflow;
  value: string;
  line: number;
  /** Where the value begins in the text. */
  offset: number;
}

const DIR = '.github/workflows';
const ACTIONS_DIR = '.github/actions';

export function readWorkflows(tree: ReadTree): Workflow[] {
  return [...tree.children(DIR)]
    .filter((file) => /\.ya?ml$/.test(file))
    .sort()
    .map((file) => readWorkflow(`${DIR}/${file}`, tree.read(`${DIR}/${file}`, 'utf-8') ?? ''));
}

/** The actions that the repository has for itself: their steps run in the jobs that use them. */
export function readLocalActions(tree: ReadTree, dir = ACTIONS_DIR): Workflow[] {
  return [...tree.children(dir)].sort().flatMap((entry) => {
    const path = `${dir}/${entry}`;
    if (!tree.isFile(path)) return readLocalActions(tree, path);
    return /^action\.ya?ml$/.test(entry) ? [readWorkflow(path, tree.read(path, 'utf-8') ?? '')] : [];
  });
}

function readWorkflow(path: string, text: string): Workflow {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  const { content, failure } = contentOf(document);
  return {
    path,
    text,
    document,
    content,
    ...(error ? { error: { message: `${error.code}`, line: error.linePos?.[0].line ?? 1 } } : failure !== undefined && { error: { message: failure, line: 1 } }),
    lineOf: (node) => lines.linePos((node as Node | null)?.range?.[0] ?? 0).line,
  };
}

function contentOf(document: Document): { content: Record<string, unknown>; failure?: string } {
  try {
    const content: unknown = document.toJS();
    return { content: typeof content === 'object' && content !== null ? (content as Record<string, unknown>) : {} };
  } catch (error) {
    // An alias without its anchor is seen no earlier than here.
    return { content: {}, failure: (error as Error).message };
  }
}

/** The line on which a part of a value stands, which may be far below the line on which the value begins. */
export function lineOfPart({ workflow, offset, line }: Place, part: string): number {
  const at = workflow.text.indexOf(part, offset);
  return at < 0 ? line : workflow.text.slice(0, at).split('\n').length;
}

/** The values of all keys of that name, wherever they stand. */
export function valuesOf(workflow: Workflow, key: string): Place[] {
  const found: Place[] = [];
  visit(workflow.document, {
    Pair(_, pair: Pair) {
      if (isScalar(pair.key) && pair.key.value === key && isScalar(pair.value)) {
        found.push({ workflow, value: String(pair.value.value), line: workflow.lineOf(pair.value), offset: pair.value.range?.[0] ?? 0 });
      }
    },
  });
  return found;
}

/** The jobs by id, as plain values, each with its line. */
export function jobsOf(workflow: Workflow): { id: string; job: Record<string, unknown>; line: number }[] {
  const jobs = workflow.document.get('jobs', true);
  if (!isMap(jobs)) return [];
  const content = (workflow.content['jobs'] ?? {}) as Record<string, Record<string, unknown> | null>;
  return jobs.items.map(({ key }) => {
    const id = String((key as { value?: unknown }).value);
    return { id, job: content[id] ?? {}, line: workflow.lineOf(key) };
  });
}

/** Names of the events that start it. */
export function eventsOf({ document }: Workflow): string[] {
  const on = document.get('on', true);
  if (isScalar(on)) return [String(on.value)];
  if (isSeq(on)) return on.items.map((item) => String((item as { value?: unknown }).value));
  return isMap(on) ? on.items.map(({ key }) => String((key as { value?: unknown }).value)) : [];
}
