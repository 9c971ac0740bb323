/**
 * Preloaded by `--import`: after JUMP_AFTER_MS the clock of this process is off by JUMP_BY_MS, as when NTP corrects it
 * or a virtual machine wakes up.
 */
import { performance } from 'node:perf_hooks';

const RealDate = Date;
const { JUMP_AFTER_MS = '0', JUMP_BY_MS = '0' } = process.env;
const at = performance.now() + Number(JUMP_AFTER_MS);
const offset = () => (performance.now() >= at ? Number(JUMP_BY_MS) : 0);

globalThis.Date = /** @type {DateConstructor} */ (
  new Proxy(RealDate, {
    construct: (target, args) => (args.length === 0 ? new target(target.now() + offset()) : Reflect.construct(target, args)),
    apply: (target) => new target(target.now() + offset()).toString(),
    get: (target, key) => (key === 'now' ? () => target.now() + offset() : Reflect.get(target, key)),
  })
);
