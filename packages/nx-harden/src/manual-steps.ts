import { logger } from '@nx/devkit';
import type { ManualStep } from './capability';

/** What a run leaves to a person, as text; empty when nothing is left. */
export function printManualSteps(steps: readonly ManualStep[]): string {
  if (steps.length === 0) return '';
  const heading = steps.length === 1 ? 'One step is left to you:' : `${steps.length} steps are left to you:`;
  const body = steps.map(({ file, why, lines }, index) => `${index + 1}. ${file}\n   ${why}\n\n${indent(lines)}`);
  return ['', heading, '', ...body, ''].join('\n');
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : `      ${line}`))
    .join('\n');
}

/** Prints the list at the end of a run, where it is not scrolled away by what Nx prints of the files. */
export function reportManualSteps(steps: readonly ManualStep[]): void {
  if (steps.length > 0) logger.warn(printManualSteps(steps));
}
