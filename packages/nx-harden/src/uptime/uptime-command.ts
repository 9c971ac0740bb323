import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { apiAddress } from './api-address';
import { TOKEN_VARIABLE } from './api-error';
import { applyPlan } from './apply-plan';
import { openBetterStack, type BetterStack } from './better-stack';
import { assertIgnored, writeVariables } from './env-file';
import { heartbeatUrls, howToSetSecrets } from './heartbeat-urls';
import { PATIENT, type Patience } from './patience';
import { makePlan, type Plan, type Present } from './plan';
import { printPlan } from './print-plan';
import { wantedResources, type Resource } from './resources';
import { parseUptimeFile, UPTIME_FILE } from './uptime-file';

/** What `uptime` is asked for. */
export interface UptimeCommand {
  workspaceRoot: string;
  /** The app's folder, relative to the workspace. */
  appRoot: string;
  /** What a person types after `nx run`. */
  app: string;
  apply: boolean;
  /** Relative to the workspace. */
  envFile: string;
  apiUrl?: string | undefined;
  token: string | undefined;
  /** Environment on GitHub whose workflow reads the heartbeats' URLs. */
  environment?: string | undefined;
  patience?: Patience;
}

/** What the file wants, what there is, and what lies between. */
export interface Comparison {
  wanted: Resource[];
  present: Present[];
  plan: Plan;
}

/** Prints what Better Stack lacks, or with `apply` brings it there. Returns whether it went well; what did not is a sentence. */
export async function uptimeCommand(command: UptimeCommand, output: { write(text: string): unknown }): Promise<boolean> {
  const { token = '' } = command;
  // Whoever wrote the error, the token is not in what is printed.
  const say = (line: string): void => void output.write(`${token ? line.replaceAll(token, '***') : line}\n`);
  try {
    if (!token) throw new Error(`${TOKEN_VARIABLE} is not set. Make a token under Better Stack → API tokens → Uptime API, and set it for this run; it is an option of nothing.`);
    await run(command, token, say);
    return true;
  } catch (error) {
    say((error as Error).message);
    return false;
  }
}

/** Compares a file with what Better Stack has. */
export async function compare(content: string, api: BetterStack): Promise<Comparison> {
  const file = parseUptimeFile(content);
  const wanted = wantedResources(file);
  const present = [...(await api.list('monitor')), ...(await api.list('heartbeat'))];
  return { wanted, present, plan: makePlan(wanted, present, file.prefix) };
}

async function run(command: UptimeCommand, token: string, say: (line: string) => void): Promise<void> {
  const { workspaceRoot, appRoot, app, apply, patience = PATIENT } = command;
  const path = join(workspaceRoot, appRoot, UPTIME_FILE);
  if (!existsSync(path)) throw new Error(`${relative(workspaceRoot, path)} is not there: nx g @chronos/nx-harden:uptime ${app} makes one.`);
  const baseUrl = apiAddress(command.apiUrl);
  const api = openBetterStack({ baseUrl, token, patience });
  const { wanted, present, plan } = await compare(readFileSync(path, 'utf-8'), api);
  say(printPlan(plan));
  if (!apply) {
    say(plan.changes.length > 0 ? `Nothing was changed. To do it: nx run ${app}:uptime --apply` : `Better Stack has what ${UPTIME_FILE} says.`);
    return;
  }
  const envFile = resolve(workspaceRoot, command.envFile);
  // Asked before anything is created, whose URL would then have no place.
  if (wanted.some(({ env }) => env !== undefined)) assertIgnored(workspaceRoot, envFile);
  const created = await applyPlan(plan, api, patience, say);
  say(plan.changes.length > 0 ? `Done: ${plan.changes.length} ${plan.changes.length === 1 ? 'change' : 'changes'}.` : `Better Stack has what ${UPTIME_FILE} says: nothing to do.`);
  const urls = heartbeatUrls(wanted, [...present, ...created], baseUrl);
  const written = writeVariables(envFile, urls);
  if (written.length === 0) return;
  say(`${written.join(' and ')} ${written.length === 1 ? 'is' : 'are'} in ${command.envFile}, which its owner alone can read.`);
  say(howToSetSecrets(written, command.envFile, command.environment));
}
