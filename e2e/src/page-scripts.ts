import type { BrowserContext } from '@playwright/test';

/** What Vercel's scripts were asked for and told, in the order in which it happened. */
export interface ScriptUse {
  /** Each request of a script, with the address of the page that asked. */
  requests: { script: string; page: string }[];
  /** Each page view, with the route behind the address. */
  views: { path: string; route: string }[];
  /** What failed, was complained of, or broke the Content-Security-Policy. */
  complaints: string[];
}

/** Takes the place of the scripts that only Vercel serves: it records what a page reports to them. */
const RECORDER = `(() => {
  const record = (kind, view) => { if (kind === 'pageview') window.reportView(view); };
  for (const call of window.vaq ?? []) record(...call);
  window.va = record;
})();`;

/** Answers the two scripts in all pages of a context, and records. */
export async function watchPageScripts(context: BrowserContext): Promise<ScriptUse> {
  const use: ScriptUse = { requests: [], views: [], complaints: [] };
  await context.exposeFunction('reportView', ({ path, route }: ScriptUse['views'][number]) => use.views.push({ path, route }));
  await context.exposeFunction('reportViolation', (text: string) => use.complaints.push(text));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
      (window as unknown as { reportViolation: (text: string) => void }).reportViolation(`${effectiveDirective} ${blockedURI}`);
    });
  });
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) || message.text().includes('[Vercel')) use.complaints.push(message.text());
  });
  await context.route('**/_vercel/**', async (route) => {
    const script = new URL(route.request().url()).pathname;
    use.requests.push({ script, page: new URL(route.request().frame().url()).pathname });
    await route.fulfill({ contentType: 'text/javascript', body: script.includes('/insights/') && !script.includes('speed') ? RECORDER : '' });
  });
  return use;
}
