import type { ReadTree } from '../../capability';
import { inDir, type NextApp } from '../../next-app';
import { readJsonFile } from '../../package-manager';
import { eventsOf, jobsOf, readLocalActions, readWorkflows, valuesOf, type Workflow } from '../ci/workflows';

/** A piece of text in the repository that some program runs, wherever it stands. */
export interface Script {
  file: string;
  /** 1-based line on which the text begins. */
  line: number;
  text: string;
  /** What others call it by: a path, or the name of a script or target. */
  names: string[];
  /** A pipe in it fails when any of its programs does. */
  hasPipefail: boolean;
  /** Run by the clock, by itself or by what calls it. */
  isScheduled: boolean;
}

const SKIPPED = /^(node_modules|dist|build|coverage|public|test-output|vendor)$|^\.(?!github$)/;
const SHELL = /\.(sh|bash|zsh|cron)$|^crontab|^Dockerfile|^(docker-)?compose[\w.-]*\.ya?ml$|\.(timer|service|tf)$|pgbackrest[\w.-]*\.conf$/;
/** In a folder of tools, other languages start programs as well. */
const TOOL = /\.([cm]?[jt]s|py|rb|ya?ml)$/;
const TOOLS_DIR = /(^|\/)(scripts?|tools?|bin|ops|infra(structure)?|deploy(ment)?|cron|backups?|k8s|kubernetes|helm|charts|manifests|jobs)(\/|$)/;
/** Deeper down lies what a program made. */
const DEPTH = 6;
/** What is longer was not written by hand. */
const LONGEST = 200_000;
/** A line of a crontab, or a manifest that the clock starts. */
const CRON = /^\s*(@(hourly|daily|weekly|midnight)|([\d*][\d*,/-]*\s+){2}[\d*?L][\w*,/?-]*\s+[\w*,/-]+\s+[\w*,/-]+)\s+\S/m;
const CLOCKED = /\bkind:\s*CronJob\b|^OnCalendar=|\bSCHEDULE:|\bofelia\.|schedule_expression/m;

/** All that is run in the repository and could have to do with a database, with what the clock starts marked. */
export function readScripts(tree: ReadTree, app: NextApp): Script[] {
  const scripts = [...workflowScripts(tree), ...manifestScripts(tree, app), ...fileScripts(tree, '.', 0)];
  for (let changed = true; changed; ) {
    changed = false;
    for (const script of scripts.filter(({ isScheduled }) => !isScheduled)) {
      if (!scripts.some((caller) => caller.isScheduled && script.names.some((name) => calls(caller.text, name)))) continue;
      script.isScheduled = changed = true;
    }
  }
  return scripts;
}

/** The line on which a part of a script stands. */
export function lineIn({ line, text }: Script, part: string): number {
  const at = text.indexOf(part);
  return line + (at < 0 ? 0 : text.slice(0, at).split('\n').length - 1);
}

function calls(text: string, name: string): boolean {
  const at = new RegExp(`(^|[\\s"'/:=])${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}($|[\\s"';&|)])`, 'm');
  return at.test(text);
}

function workflowScripts(tree: ReadTree): Script[] {
  const workflows = readWorkflows(tree).filter(({ error }) => !error);
  const actions = readLocalActions(tree).filter(({ error }) => !error);
  const called = (callers: Workflow[]): Workflow[] => {
    const paths = callers.flatMap((one) => valuesOf(one, 'uses')).map(({ value }) => value.replace(/^\.\//, ''));
    const more = [...workflows, ...actions].filter((one) => !callers.includes(one) && paths.some((path) => one.path === path || one.path.replace(/\/action\.ya?ml$/, '') === path));
    return more.length > 0 ? called([...callers, ...more]) : callers;
  };
  const scheduled = called(workflows.filter((one) => eventsOf(one).includes('schedule')));
  return [...workflows, ...actions].flatMap((workflow) => stepsOf(workflow, scheduled.includes(workflow)));
}

interface Step {
  run?: string;
  uses?: string;
  shell?: string;
}
type Defaults = { defaults?: { run?: { shell?: string } } };

/** A step's commands with the line they begin on; an action stands for what its name says. */
function stepsOf(workflow: Workflow, isScheduled: boolean): Script[] {
  const places = [...valuesOf(workflow, 'run'), ...valuesOf(workflow, 'uses')];
  const ofAction = (workflow.content['runs'] as { steps?: Step[] } | undefined)?.steps;
  const jobs = ofAction ? [{ job: { steps: ofAction } as Record<string, unknown> }] : jobsOf(workflow);
  return jobs.flatMap(({ job }) =>
    (Array.isArray(job['steps']) ? (job['steps'] as (Step | null)[]) : []).flatMap((step): Script[] => {
      const text = step?.run ?? step?.uses;
      if (typeof text !== 'string') return [];
      const place = places.find(({ value }) => value === text);
      // A block's text begins on the line below its marker.
      const isBlock = /^[|>]/.test(workflow.text.slice(place?.offset ?? 0));
      // Without a name, Actions' bash knows no pipefail.
      const shell = step?.shell ?? (job as Defaults).defaults?.run?.shell ?? (workflow.content as Defaults).defaults?.run?.shell;
      return [{ file: workflow.path, line: (place?.line ?? 1) + (isBlock ? 1 : 0), text, names: [], hasPipefail: shell === 'bash' || says(shell ?? '') || says(text), isScheduled }];
    }),
  );
}

/** Scripts of package.json, and targets that run a command. */
function manifestScripts(tree: ReadTree, app: NextApp): Script[] {
  return [...new Set(['package.json', inDir(app.root, 'package.json'), inDir(app.root, 'project.json')])].flatMap((file) => {
    const manifest = readJsonFile(tree, file);
    if (!manifest) return [];
    const lines = (tree.read(file, 'utf-8') ?? '').split('\n');
    const targets = (manifest['targets'] ?? (manifest['nx'] as { targets?: unknown } | undefined)?.targets ?? {}) as Record<string, unknown>;
    const entries = [...Object.entries((manifest['scripts'] ?? {}) as Record<string, unknown>), ...Object.entries(targets)];
    return entries.map(([name, value]): Script => {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      return { file, line: Math.max(1, lines.findIndex((line) => line.includes(`"${name}"`)) + 1), text, names: [name], hasPipefail: says(text), isScheduled: false };
    });
  });
}

function fileScripts(tree: ReadTree, dir: string, depth: number): Script[] {
  return [...tree.children(dir)].sort().flatMap((entry) => {
    const file = inDir(dir, entry);
    if (!tree.isFile(file)) return SKIPPED.test(entry) || depth === DEPTH ? [] : fileScripts(tree, file, depth + 1);
    const isTool = TOOL.test(entry) && TOOLS_DIR.test(dir) && !/\.(spec|test)\.|\.d\.[cm]?ts$/.test(entry);
    if (file.startsWith('.github/workflows/') || !(SHELL.test(entry) || isTool)) return [];
    const content = tree.read(file, 'utf-8') ?? '';
    if (content.length > LONGEST) return [];
    const text = withoutComments(content);
    const isCrontab = /^crontab|\.cron$/.test(entry) || dir.endsWith('cron');
    return [{ file, line: 1, text, names: [file, entry], hasPipefail: says(text), isScheduled: CLOCKED.test(text) || (isCrontab && CRON.test(text)) }];
  });
}

/** Whether a pipe's failure is seen: by the shell's option, or by asking each program of it. */
function says(text: string): boolean {
  return /\bpipefail\b|\bPIPESTATUS\b/.test(text);
}

/** The lines stay where they are. */
function withoutComments(text: string): string {
  return text.replace(/^[ \t]*(#(?!!)|\/\/).*$/gm, '');
}
