import type { HeaderEvidence, Verdict } from './check';
import type { Sighting } from './literals';

const ENFORCED = 'content-security-policy';
const REPORTED = 'content-security-policy-report-only';

/** A policy that only reports protects nobody yet, so it is a warning with the step that follows. */
export function checkCsp({ sightings }: HeaderEvidence): Verdict {
  const enforced = sightings.find(({ name, value }) => name === ENFORCED && restrictsScripts(value));
  if (enforced) {
    const weak = enforced.value && /script-src[^;]*(\s\*(\s|;|$)|\shttps?:(\s|;|$))/.exec(enforced.value);
    if (weak) return { status: 'warn', message: 'The Content-Security-Policy lets scripts come from any host', at: enforced };
    return { status: 'pass', message: 'A Content-Security-Policy is enforced', at: enforced };
  }
  const reported = sightings.find(({ name }) => name === REPORTED);
  if (reported) {
    return {
      status: 'warn',
      message: 'The Content-Security-Policy only reports; enforce it when the console has stayed quiet',
      at: reported,
      flags: ' --csp=enforce',
    };
  }
  return { status: 'fail', message: 'No Content-Security-Policy: an injected script may do all that the page may' };
}

/** Whether a policy, or one that the source computes, says who may frame the page. */
export function hasFrameAncestors({ name, value }: Sighting): boolean {
  return name === ENFORCED && value !== undefined && value.includes('frame-ancestors');
}

/** A policy with only `frame-ancestors` or the like is no protection from scripts. One that is computed may be anything. */
function restrictsScripts(value: string | undefined): boolean {
  return value === undefined || value.includes('…') || /\b(script-src|default-src)\b/.test(value);
}
