import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  test: {
    name: 'e2e',
    environment: 'node',
    globalSetup: 'src/shared.ts',
    include: ['*.e2e.ts'],
    // Each step is a real install, build or server.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    fileParallelism: false,
    reporters: ['verbose', ['json', { outputFile: 'test-output/results.json' }]],
  },
});
