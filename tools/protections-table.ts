import type { Capability } from '../packages/nx-harden/src/capability';

/** The README's table of protections, from the registry. */
export function protectionsTable(capabilities: readonly Capability[], docs: string): string {
  const rows = capabilities.map(({ id, title, why }) => `| [\`${id}\`](${docs}/${id}.md) | ${title} | ${why} |`);
  return ['| generator | protection | what it protects from |', '| --- | --- | --- |', ...rows, ''].join('\n');
}
