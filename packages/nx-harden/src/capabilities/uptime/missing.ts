import type { ManualStep } from '../../capability';
import { parseUptimeFile, UptimeFileError, type UptimeFile } from '../../uptime/uptime-file';

type Step = Pick<ManualStep, 'why' | 'lines'>;

/** What a file of the team's lacks of what it would begin with. One that cannot be read is the audit's to complain of. */
export function missingIn(file: UptimeFile | string, wanted: UptimeFile): Step[] {
  const read = typeof file === 'string' ? readable(file) : file;
  if (!read) return [];
  const steps: Step[] = [];
  if (read.url === undefined) steps.push({ why: 'Nobody has said where the app is in production, so nothing can be watched. Write its address, as the generator does with --url:', lines: `"url": ${JSON.stringify(wanted.url ?? 'https://example.com')},` });
  else if (wanted.url !== undefined && read.url.replace(/\/+$/, '') !== wanted.url) steps.push({ why: 'It was edited by hand, so it is kept, and has another address than --url:', lines: `"url": ${JSON.stringify(wanted.url)},` });
  const lacking = wanted.heartbeats.filter(({ env }) => !read.heartbeats.some((one) => one.env === env));
  if (lacking.length > 0) steps.push({ why: 'It was edited by hand, so it is kept. Jobs of this app are not in its "heartbeats" yet:', lines: lacking.map((one) => JSON.stringify(one)).join(',\n') });
  return steps;
}

function readable(content: string): UptimeFile | undefined {
  try {
    return parseUptimeFile(content);
  } catch (error) {
    if (error instanceof UptimeFileError) return undefined;
    throw error;
  }
}
