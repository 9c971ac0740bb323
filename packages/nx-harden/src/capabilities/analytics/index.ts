import type { Capability } from '../../capability';
import { takeOutOf } from '../../edits/layout-restore';
import { ANALYTICS_PACKAGES } from '../../versions';
import { checkAnalytics } from './check';
import { chosenScripts, readPlaces } from './places';

export const analytics: Capability = {
  id: 'analytics',
  title: 'Analytics and Web Vitals',
  why: 'Shows which pages are visited and how fast they are for real visitors, without cookies.',
  recommended: true,
  after: [],
  entries: ({ tree, app, options }) => {
    const names = chosenScripts(options).filter((script) => readPlaces(tree, app, script).length > 0).map((script) => script.package);
    return { dependencies: Object.fromEntries(Object.entries(ANALYTICS_PACKAGES).filter(([name]) => names.includes(name))) };
  },
  check: checkAnalytics,
  generator: async () => (await import('./generator')).generate,
  undoInApp: async (tree, _app, { added }) => Object.entries(added ?? {}).map(([file, recorded]) => takeOutOf(tree, file, recorded).result),
};
