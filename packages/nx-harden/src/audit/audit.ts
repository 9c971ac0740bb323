import type { Finding, ReadTree } from '../capability';
import { readHardeningFile } from '../hardening-file';
import { describeNextApp } from '../next-app';
import type { ProjectPlace } from '../project';
import { capabilities, capabilityById } from '../registry';
import { readCapabilitySchema, resolvedOptions } from '../schema-options';
import { makeReport, type AuditReport } from './report';

/** Runs the checks of all capabilities, or of some, over one app. Reads the repository only. */
export function auditApp(tree: ReadTree, place: ProjectPlace, only?: readonly string[]): AuditReport {
  const chosen = only && only.length > 0 ? only.map(capabilityById) : capabilities;
  const app = describeNextApp(tree, place);
  const findings: Finding[] = chosen.flatMap(({ check }) => check(tree, app));
  return makeReport(app.name, findings);
}

/** The same, and what runs: of the capabilities that are on in the app. */
export async function auditLive(tree: ReadTree, place: ProjectPlace, only?: readonly string[]): Promise<AuditReport> {
  const report = auditApp(tree, place, only);
  const app = describeNextApp(tree, place);
  const active = readHardeningFile(tree, app.root).capabilities;
  const findings = [...report.findings];
  for (const { id, checkLive } of only && only.length > 0 ? only.map(capabilityById) : capabilities) {
    const record = active[id];
    if (record && checkLive) findings.push(...(await checkLive({ tree, app, options: resolvedOptions(readCapabilitySchema(id), record.options), record })));
  }
  return makeReport(app.name, findings);
}
