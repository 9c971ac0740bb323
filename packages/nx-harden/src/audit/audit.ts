import type { Finding, ReadTree } from '../capability';
import { describeNextApp } from '../next-app';
import type { ProjectPlace } from '../project';
import { capabilities, capabilityById } from '../registry';
import { makeReport, type AuditReport } from './report';

/** Runs the checks of all capabilities, or of some, over one app. Reads the repository only. */
export function auditApp(tree: ReadTree, place: ProjectPlace, only?: readonly string[]): AuditReport {
  const chosen = only && only.length > 0 ? only.map(capabilityById) : capabilities;
  const app = describeNextApp(tree, place);
  const findings: Finding[] = chosen.flatMap(({ check }) => check(tree, app));
  return makeReport(app.name, findings);
}
