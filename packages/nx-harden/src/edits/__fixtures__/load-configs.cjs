// Loads configs as Next does: node load-configs.cjs <phase> <dir>… prints one JSON line a config.
const loadConfig = require('next/dist/server/config').default;

(async () => {
  const [phase, ...dirs] = process.argv.slice(2);
  for (const dir of dirs) {
    // Next resolves the relative imports of a TypeScript config against the working directory.
    process.chdir(dir);
    const config = await loadConfig(phase, dir, { silent: true });
    const headers = config.headers ? await config.headers() : [];
    const { configOrigin, configFile, configFileName, _originalRewrites, ...rest } = config;
    // Next adds to these in place, so they carry over from one load to the next in a process.
    delete rest.images.localPatterns;
    delete rest.images.path;
    process.stdout.write(`${JSON.stringify({ ...rest, headers })}\n`);
  }
})().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
