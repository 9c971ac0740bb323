import type { ReadTree } from '../../capability';
import { configLiteral } from '../../config-literals';
import { inDir, type NextApp } from '../../next-app';

const VERCEL = ['vercel.json', 'vercel.ts', '.vercel/project.json'];
const ELSEWHERE = ['Dockerfile', 'fly.toml', 'render.yaml', 'netlify.toml', 'amplify.yml', 'railway.json', 'railway.toml', 'Procfile', 'app.yaml', 'nginx.conf', 'Caddyfile'];

/** What says that the app is served by something else than Vercel; undefined where nothing does, or something says Vercel. */
export function hostElsewhere(tree: ReadTree, { root, configFile }: NextApp): string | undefined {
  const find = (names: readonly string[]): string | undefined => names.flatMap((name) => [inDir(root, name), name]).find((file) => tree.exists(file));
  if (find(VERCEL)) return undefined;
  return find(ELSEWHERE) ?? (configLiteral(tree, configFile, 'output') === 'standalone' ? `output: 'standalone' in ${configFile}` : undefined);
}
