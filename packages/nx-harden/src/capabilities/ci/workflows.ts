import { isMap, isScalar, isSeq, LineCounter, parseDocument, visit, type Document, type Node, type Pair } from 'yaml';
import type { ReadTree } from '../../capability';

/** A workflow of the team's, read for the audit. */
export interface Workflow {
  path: string;
  text: string;
  document: Document;
  /** Why it cannot be read; the rest is empty then. */
  error?: { message: string; line: number };
  lineOf: (node: unknown) => number;
}

/** A step's `uses:` or `run:`, or another value, with its place. */
export interface Place {
  workflow: Workflow;
  value: string;
  line: number;
}

const DIR = '.github/workflows';

export function readWorkflows(tree: ReadTree): Workflow[] {
  return [...tree.children(DIR)]
    .filter((file) => /\.ya?ml$/.test(file))
    .sort()
    .map((file) => readWorkflow(`${DIR}/${file}`, tree.read(`${DIR}/${file}`, 'utf-8') ?? ''));
}

function readWorkflow(path: string, text: string): Workflow {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  return {
    path,
    text,
    document,
    ...(error && { error: { message: `${error.code}`, line: error.linePos?.[0].line ?? 1 } }),
    lineOf: (node) => lines.linePos((node as Node | null)?.range?.[0] ?? 0).line,
  };
}

/** The values of all keys of that name, wherever they stand. */
export function valuesOf(workflow: Workflow, key: string): Place[] {
  const found: Place[] = [];
  visit(workflow.document, {
    Pair(_, pair: Pair) {
      if (isScalar(pair.key) && pair.key.value === key && isScalar(pair.value)) {
        found.push({ workflow, value: String(pair.value.value), line: workflow.lineOf(pair.value) });
      }
    },
  });
  return found;
}

/** The jobs by id, as plain values, each with its line. */
export function jobsOf(workflow: Workflow): { id: string; job: Record<string, unknown>; line: number }[] {
  const jobs = workflow.document.get('jobs', true);
  if (!isMap(jobs)) return [];
  return jobs.items.map(({ key, value }) => ({
    id: String((key as { value?: unknown }).value),
    job: (isMap(value) ? value.toJSON() : {}) as Record<string, unknown>,
    line: workflow.lineOf(key),
  }));
}

/** Names of the events that start it. */
export function eventsOf({ document }: Workflow): string[] {
  const on = document.get('on', true);
  if (isScalar(on)) return [String(on.value)];
  if (isSeq(on)) return on.items.map((item) => String((item as { value?: unknown }).value));
  return isMap(on) ? on.items.map(({ key }) => String((key as { value?: unknown }).value)) : [];
}
