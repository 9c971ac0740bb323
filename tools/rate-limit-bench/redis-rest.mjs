/**
 * Serves Redis as Upstash does, in a process of its own, for the benchmark: `node redis-rest.mjs <token>`. Sends
 * `{ url }` when it is up, and `{ requests, commands }` whenever it is asked.
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { startRedisRest } = require('../../packages/nx-harden/dist/redis-rest/start-redis-rest.js');
const server = await startRedisRest({ token: process.env['BENCH_TOKEN'] });
process.on('message', () => process.send?.(server.counts()));
process.once('SIGTERM', () => void server.stop().then(() => process.exit(0)));
process.send?.({ url: server.url });
