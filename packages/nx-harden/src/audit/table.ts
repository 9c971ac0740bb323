import type { Finding, FindingStatus } from '../capability';
import type { AuditReport } from './report';

const MARK: Record<FindingStatus, string> = { pass: '✓', warn: '!', fail: '✗', manual: '→' };
const COLOR: Record<FindingStatus, number> = { pass: 32, warn: 33, fail: 31, manual: 36 };

/** The report for a terminal: a line a check, its place and its remedy beneath it where there is one. */
export function printTable(report: AuditReport, { color = false } = {}): string {
  const paint = (code: number, text: string): string => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  const width = Math.max(...report.findings.map(({ check }) => check.length), 0);
  const line = (finding: Finding): string[] => {
    const place = finding.file ? `  ${paint(2, finding.line ? `${finding.file}:${finding.line}` : finding.file)}` : '';
    const head = `${paint(COLOR[finding.status], MARK[finding.status])} ${finding.check.padEnd(width)}  ${finding.message}${place}`;
    const fix = finding.status !== 'pass' && finding.fix ? [`  ${' '.repeat(width)}  ${paint(2, `fix: ${finding.fix}`)}`] : [];
    return [head, ...fix];
  };
  const { pass, warn, fail, manual } = report.counts;
  const summary = `${report.project}: score ${report.score} of 100 (${pass} pass, ${warn} warn, ${fail} fail, ${manual} manual)`;
  return [...report.findings.flatMap(line), '', paint(1, summary)].join('\n');
}
