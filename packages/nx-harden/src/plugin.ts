/**
 * Infers the targets of each app that has a `hardening.json`. Nx loads this file for every command in the workspace,
 * so it imports nothing but the reader of that file and the list of the targets.
 */
import type { CreateNodesResult, CreateNodesContextV2 as CreateNodesContext, NxPluginV2 } from '@nx/devkit';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HARDENING_FILE, parseHardeningFile } from './hardening-file';
import { inferredTargets } from './inferred-targets';

/** How the inferred targets are called, as in Nx's own plugins. */
export interface NxHardenPluginOptions {
  /** @default 'audit' */
  auditTargetName?: string;
}

export const name = '@chronos/nx-harden';
const GLOB = `**/${HARDENING_FILE}`;

/** The targets of one app. */
function nodesOf(file: string, options: NxHardenPluginOptions | undefined, { workspaceRoot }: CreateNodesContext): CreateNodesResult {
  const { capabilities } = parseHardeningFile(readFileSync(join(workspaceRoot, file), 'utf-8'), file);
  const target = options?.auditTargetName ?? 'audit';
  return {
    projects: {
      [dirname(file)]: {
        targets: {
          ...inferredTargets(capabilities),
          [target]: {
            executor: '@chronos/nx-harden:audit',
            cache: true,
            inputs: [
              '{projectRoot}/**/*',
              '{workspaceRoot}/*.json',
              '{workspaceRoot}/pnpm-workspace.yaml',
              '{workspaceRoot}/.github/**/*',
              // Where a team keeps what backs up and deploys.
              '{workspaceRoot}/{scripts,tools,ops}/**/*',
              '{workspaceRoot}/**/*.tf',
              { externalDependencies: ['@chronos/nx-harden'] },
            ],
            outputs: ['{options.outputFile}'],
            metadata: {
              technologies: ['nx-harden'],
              description: 'Checks each protection of the app, and says how to mend what is missing',
            },
          },
          [`${target}-live`]: {
            executor: '@chronos/nx-harden:audit',
            options: { live: true },
            metadata: { technologies: ['nx-harden'], description: 'Checks the same, and what runs: the age of the newest backup' },
          },
        },
      },
    },
  };
}

export const createNodesV2: NonNullable<NxPluginV2<NxHardenPluginOptions>['createNodesV2']> = [
  GLOB,
  async (files, options, context) => files.map((file) => [file, nodesOf(file, options, context)] as const),
];

/** Nx 23 and later call the second version by the first one's name. */
export const createNodes = createNodesV2;
