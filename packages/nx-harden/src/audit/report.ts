import type { Finding, FindingStatus } from '../capability';

/** The outcome of an audit of one app. It is what `--format=json` prints. */
export interface AuditReport {
  /** Version of this shape. */
  version: 1;
  project: string;
  /** 0 to 100, see {@link scoreOf}. */
  score: number;
  counts: Record<FindingStatus, number>;
  findings: Finding[];
}

/** Points of a finding, of 1. A step that is left to a person protects nobody until it is done. */
const POINTS: Record<FindingStatus, number> = { pass: 1, warn: 0.5, fail: 0, manual: 0 };

export function makeReport(project: string, findings: Finding[]): AuditReport {
  const counts: Record<FindingStatus, number> = { pass: 0, warn: 0, fail: 0, manual: 0 };
  for (const { status } of findings) counts[status]++;
  return { version: 1, project, score: scoreOf(findings), counts, findings };
}

/** The mean of the findings' points, as a whole percentage that is 100 only when all pass. */
export function scoreOf(findings: readonly Finding[]): number {
  if (findings.length === 0) return 0;
  const points = findings.reduce((sum, { status }) => sum + POINTS[status], 0);
  return Math.floor((100 * points) / findings.length);
}

/** Whether the report is bad enough for the exit code to say so. */
export function isFailure({ counts }: AuditReport, failOn: 'fail' | 'warn' | 'none'): boolean {
  if (failOn === 'none') return false;
  return counts.fail + counts.manual > 0 || (failOn === 'warn' && counts.warn > 0);
}
