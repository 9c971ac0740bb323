import type { HardeningRun } from '../../hardening-run';
import { nxGenerator } from '../../nx-generator';
import type { HeadersOptions } from './schema';

/** The headers themselves go into the shared `hardening/next-config.cjs`, by `headersContribution`. */
export async function generate(run: HardeningRun<HeadersOptions>): Promise<void> {
  if (run.options.nonce) {
    const { putNonce } = await import('./nonce');
    putNonce(run);
  }
}

export default nxGenerator('headers');
