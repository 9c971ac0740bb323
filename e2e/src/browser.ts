import { chromium, type Browser } from '@playwright/test';
import { pathOfProgram } from '../../tools/system-programs.mjs';

/** What a page says when it is looked at. */
export interface Visit {
  status: number;
  /** Errors and warnings on the console, and errors that nothing caught. */
  complaints: string[];
  /** Directives that the Content-Security-Policy saw broken, enforced or reported. */
  violations: string[];
  /** Requests that failed, or were answered with an error. */
  failed: string[];
}

/** Opens the Chromium of this machine, without what would call its maker. */
export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: pathOfProgram('chromium'),
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

/** Visits a page and takes down all that goes wrong on it. */
export async function visit(browser: Browser, url: string, screenshot?: string): Promise<Visit> {
  const page = await browser.newPage();
  const seen: Visit = { status: 0, complaints: [], violations: [], failed: [] };
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) seen.complaints.push(message.text());
  });
  page.on('pageerror', (error) => seen.complaints.push(error.message));
  page.on('requestfailed', (request) => seen.failed.push(`${request.url()} ${request.failure()?.errorText}`));
  page.on('response', (response) => {
    if (response.status() >= 400) seen.failed.push(`${response.url()} ${response.status()}`);
  });
  await page.exposeFunction('reportViolation', (violation: string) => seen.violations.push(violation));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
      (window as unknown as { reportViolation: (text: string) => void }).reportViolation(`${effectiveDirective} ${blockedURI}`);
    });
  });
  // Vercel alone serves them.
  await page.route('**/_vercel/{insights,speed-insights}/script.js', (route) => route.fulfill({ contentType: 'text/javascript', body: '' }));
  const response = await page.goto(url, { waitUntil: 'networkidle' });
  seen.status = response?.status() ?? 0;
  if (screenshot) await page.screenshot({ path: screenshot });
  await page.close();
  return seen;
}

/** Runs in a page: fetches a path so many times, some together, and says how each was answered. */
export async function fetchRepeatedly({ path, times, together }: { path: string; times: number; together: number }): Promise<{ status: number; type: string | null }[]> {
  const answers: { status: number; type: string | null }[] = [];
  while (answers.length < times) {
    const some = Array.from({ length: Math.min(together, times - answers.length) }, () => fetch(path));
    for (const response of await Promise.all(some)) answers.push({ status: response.status, type: response.headers.get('content-type') });
  }
  return answers;
}
