import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  test: {
    name: 'nx-harden',
    environment: 'node',
    include: ['src/**/*.spec.ts'],
    testTimeout: 30_000,
    reporters: ['default', ['json', { outputFile: 'test-output/results.json' }]],
  },
});
