import type { CapabilityContext, Finding, FindingStatus } from '../../capability';
import { inDir } from '../../next-app';
import { API_URL_VARIABLE, apiAddress } from '../../uptime/api-address';
import { TOKEN_VARIABLE } from '../../uptime/api-error';
import { openBetterStack } from '../../uptime/better-stack';
import { HASTY } from '../../uptime/patience';
import { describeChange } from '../../uptime/print-plan';
import { compare } from '../../uptime/uptime-command';
import { UPTIME_FILE } from '../../uptime/uptime-file';

/** Most changes that a finding names. */
const NAMED = 3;

/** Asks Better Stack whether it has what `uptime.json` says. */
export async function checkLiveUptime({ tree, app }: Pick<CapabilityContext, 'tree' | 'app'>, env: NodeJS.ProcessEnv = process.env): Promise<Finding[]> {
  const run = `nx run ${app.shortName || app.name}:uptime`;
  const token = env[TOKEN_VARIABLE];
  const path = inDir(app.root, UPTIME_FILE);
  const finding = (status: FindingStatus, message: string, fix?: string): Finding[] => [{ check: 'uptime/live', status, message: token ? message.replaceAll(token, '***') : message, file: path, ...(fix !== undefined && { fix }), docs: 'uptime#live' }];
  if (!token) return finding('warn', `Better Stack was not asked: ${TOKEN_VARIABLE} is not set`);
  try {
    const api = openBetterStack({ baseUrl: apiAddress(env[API_URL_VARIABLE]), token, patience: HASTY });
    const { plan } = await compare(tree.read(path, 'utf-8') ?? '', api);
    if (plan.changes.length === 0) return finding('pass', `Better Stack has what ${UPTIME_FILE} says`);
    const named = plan.changes.slice(0, NAMED).map(describeChange).join('; ');
    return finding('warn', `Better Stack has not what ${UPTIME_FILE} says: ${named}${plan.changes.length > NAMED ? `; and ${plan.changes.length - NAMED} more` : ''}`, `${run} --apply`);
  } catch (error) {
    return finding('warn', `Better Stack could not be compared: ${(error as Error).message.replace(/\.$/, '').split('\n').join('; ')}`);
  }
}
