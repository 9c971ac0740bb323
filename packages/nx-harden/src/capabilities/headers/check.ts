import type { Finding, FindingStatus, ReadTree } from '../../capability';
import { isNextConfigWrapped } from '../../edits/next-config';
import { inDir, type NextApp } from '../../next-app';
import { readPolicy } from '../../next-config/read-policy';
import { checkCaching } from './check-caching';
import { checkCsp, hasFrameAncestors } from './check-csp';
import { sightingsElsewhere, sightingsInConfig } from './header-sources';
import type { Sighting } from './literals';

/** What the audit of headers looks at: every place from which a header may come, ours and the team's alike. */
export interface HeaderEvidence {
  app: NextApp;
  /** What is set, in lower case, wherever it is. */
  sightings: Sighting[];
}

/** A verdict without its capability's common parts. */
export interface Verdict {
  status: FindingStatus;
  message: string;
  at?: Sighting;
  /** Options for the command that mends it. */
  flags?: string;
}

const HALF_A_YEAR = 15_768_000;

/** Looks for each header wherever the app could set it: Next's config and its imports, the proxy, vercel.json. */
export function checkHeaders(tree: ReadTree, app: NextApp): Finding[] {
  const evidence: HeaderEvidence = {
    app,
    sightings: [...sightingsInPolicy(tree, app), ...sightingsInConfig(tree, app), ...sightingsElsewhere(tree, app)],
  };
  const verdicts: Record<string, Verdict> = {
    hsts: checkHsts(evidence),
    'content-type-options': present(evidence, 'X-Content-Type-Options', 'a browser may guess a file to be a script', /nosniff/i),
    'referrer-policy': present(evidence, 'Referrer-Policy', 'paths and queries leak to other sites in old browsers', /^(?!unsafe-url)/i),
    'permissions-policy': present(evidence, 'Permissions-Policy', 'an injected script or frame may ask for camera and microphone'),
    framing: checkFraming(evidence),
    'opener-policy': present(evidence, 'Cross-Origin-Opener-Policy', 'a page that opens yours keeps a handle on its window'),
    csp: checkCsp(evidence),
    'powered-by': checkPoweredBy(evidence),
    ...checkCaching(evidence),
  };
  if (evidence.sightings.some(({ name, value }) => name === 'output' && value === 'export')) {
    verdicts['export'] = {
      status: 'manual',
      message: "output: 'export' makes plain files, and Next sends no headers with them: set them where the files are served",
    };
  }
  return Object.entries(verdicts).map(([name, verdict]) => toFinding(app, name, verdict));
}

/** What `hardening/next-config.cjs` sends, when the config is really wrapped in it. */
function sightingsInPolicy(tree: ReadTree, app: NextApp): Sighting[] {
  const policy = isNextConfigWrapped(tree, app) ? readPolicy(tree, app) : undefined;
  if (!policy) return [];
  const file = inDir(app.root, 'hardening/next-config.cjs');
  const at = (name: string, value: string): Sighting => ({ name: name.toLowerCase(), value, file, line: 1 });
  const csp = policy.csp && Object.entries(policy.csp.directives).map(([name, sources]) => [name, ...sources].join(' ')).join('; ');
  return [
    ...(policy.securityHeaders ?? []).map(({ key, value }) => at(key, value)),
    ...(csp ? [at(policy.csp?.mode === 'enforce' ? 'content-security-policy' : 'content-security-policy-report-only', csp)] : []),
    ...(csp ? [at('content-security-policy', csp.split('; ').filter((directive) => directive.startsWith('frame-ancestors')).join('; '))] : []),
    ...(policy.cache?.publicImages ? [at('cache-control', policy.cache.publicImages)] : []),
    ...(policy.images?.formats ? [at('formats', policy.images.formats.join(' '))] : []),
    at('poweredbyheader', 'false'),
  ];
}

function toFinding(app: NextApp, name: string, { status, message, at, flags = '' }: Verdict): Finding {
  return {
    check: `headers/${name}`,
    status,
    message,
    ...(at && { file: at.file, line: at.line }),
    ...(status !== 'pass' && status !== 'manual' && { fix: `nx g @chronos/nx-harden:headers ${app.shortName}${flags}` }),
    docs: `headers#${name}`,
  };
}

function present({ sightings }: HeaderEvidence, header: string, otherwise: string, good = /./): Verdict {
  const all = sightings.filter(({ name }) => name === header.toLowerCase());
  const [seen] = all;
  if (!seen) return { status: 'fail', message: `${header} is not sent: ${otherwise}` };
  const bad = all.find(({ value }) => value !== undefined && !good.test(value));
  if (bad) return { status: 'fail', message: `${header} is "${bad.value}": ${otherwise}`, at: bad };
  return { status: 'pass', message: `${header}${seen.value ? `: ${seen.value}` : ' is sent'}`, at: seen };
}

function checkHsts(evidence: HeaderEvidence): Verdict {
  const verdict = present(evidence, 'Strict-Transport-Security', 'a first visit by HTTP can be read and changed on the way');
  const seconds = /max-age=(\d+)/.exec(verdict.message)?.[1];
  if (verdict.status !== 'pass' || seconds === undefined || Number(seconds) >= HALF_A_YEAR) return verdict;
  return { ...verdict, status: 'warn', message: `Strict-Transport-Security lasts ${seconds} s; less than half a year protects few visits` };
}

function checkFraming(evidence: HeaderEvidence): Verdict {
  const byCsp = evidence.sightings.find(hasFrameAncestors);
  if (byCsp) return { status: 'pass', message: 'frame-ancestors says who may frame the pages', at: byCsp };
  return present(evidence, 'X-Frame-Options', 'any site may show your pages in a frame and catch the clicks', /^(deny|sameorigin)$/i);
}

function checkPoweredBy({ sightings }: HeaderEvidence): Verdict {
  const off = sightings.find(({ name, value }) => name === 'poweredbyheader' && value === 'false');
  if (off) return { status: 'pass', message: 'X-Powered-By is off', at: off };
  return { status: 'fail', message: 'X-Powered-By tells which framework to attack: poweredByHeader is not false' };
}
