import type { NextApp } from '../../next-app';

/**
 * Packages whose one entry re-exports everything, and that Next does not optimise by itself. Next compares exact
 * names, so `@radix-ui` or `@radix-ui/*` would do nothing; its single primitives are no barrels.
 */
const BARRELS = [
  'radix-ui',
  '@radix-ui/react-icons',
  '@phosphor-icons/react',
  '@remixicon/react',
  '@mantine/core',
  '@mantine/hooks',
  '@chakra-ui/react',
  '@fluentui/react-components',
  'react-aria-components',
  'react-bootstrap-icons',
];

/** Those of them that the app has. */
export function barrelsOf(app: NextApp): string[] | undefined {
  const present = BARRELS.filter((name) => name in app.dependencies);
  return present.length > 0 ? present : undefined;
}
