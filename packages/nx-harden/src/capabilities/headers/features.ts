import type { ReadTree } from '../../capability';
import { inDir, type NextApp } from '../../next-app';

export type BrowserFeature = 'camera' | 'microphone' | 'geolocation' | 'usb';

const USES: [RegExp, BrowserFeature[]][] = [
  [/\bgetUserMedia\b/, ['camera', 'microphone']],
  [/\bnavigator\s*\??\.\s*geolocation\b/, ['geolocation']],
  [/\bnavigator\s*\??\.\s*usb\b/, ['usb']],
];
const SOURCE = /\.[cm]?[jt]sx?$/;
const NOT_SOURCE = /^(node_modules|public|dist|coverage|hardening)$|^\./;

/** Browser features that the app's own source asks for; denying those would break it. */
export function featuresUsed(tree: ReadTree, app: NextApp): BrowserFeature[] {
  const used = new Set<BrowserFeature>();
  const visit = (dir: string): void => {
    for (const entry of tree.children(dir)) {
      const path = inDir(dir, entry);
      if (!tree.isFile(path)) {
        if (!NOT_SOURCE.test(entry)) visit(path);
      } else if (SOURCE.test(entry)) {
        const text = tree.read(path, 'utf-8') ?? '';
        for (const [pattern, features] of USES) if (pattern.test(text)) features.forEach((feature) => used.add(feature));
      }
    }
  };
  visit(app.root);
  return [...used].sort();
}
