import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, type Options } from 'prettier';
import { describe, expect, it } from 'vitest';
import { LIMIT_MATCHERS } from '../capabilities/rate-limit/matchers';
import { API, cases, FIXTURES, limit, middleware, OURS, placeOf } from './__fixtures__/proxy-places';
import { limitProxy, readProxy, unlimitProxy } from './proxy';

describe('the seam in the proxy file', () => {
  it('has at least forty shapes to cope with, and a dozen to leave alone', () => {
    expect(cases('input').length).toBeGreaterThanOrEqual(40);
    expect(cases('manual').length).toBeGreaterThanOrEqual(12);
  });

  describe.each(cases('input'))('$name', (one) => {
    it('is the expected text', () => {
      const place = placeOf(one, one.input);
      limit(place, one.ours);
      expect(place.text()).toBe(readFileSync(join(FIXTURES, `${one.name}.output.${one.extension}`), 'utf-8'));
    });

    it('is read, is done once, and is undone byte for byte', () => {
      const place = placeOf(one, one.input);
      const { tree, app, file } = place;
      expect(readProxy(tree, file).seam).toBe('unlimited');
      const originals = limit(place, one.ours);
      const limited = place.text();
      expect(readProxy(tree, file).seam).toBe('limited');
      expect(limitProxy(tree, app, one.ours)).toEqual({ result: { status: 'unchanged' } });
      expect(place.text()).toBe(limited);
      expect(unlimitProxy(tree, app, one.ours, originals)).toEqual({ status: 'changed' });
      expect(place.text()).toBe(one.input);
      expect(unlimitProxy(tree, app, one.ours, originals)).toEqual({ status: 'unchanged' });
    });

    it('is undone in meaning where the record is lost', () => {
      const place = placeOf(one, one.input);
      const { matcher } = readProxy(place.tree, place.file);
      limit(place, one.ours);
      expect(unlimitProxy(place.tree, place.app, one.ours, [])).toEqual({ status: 'changed' });
      expect(readProxy(place.tree, place.file)).toEqual({ seam: 'unlimited', matcher });
    });

    it('is known again, and undone, after a formatter has been over it', async () => {
      for (const options of [{ singleQuote: true }, { semi: false, trailingComma: 'none', printWidth: 60, useTabs: true }] satisfies Options[]) {
        // Prettier keeps an object on lines of its own once it was; that would stay.
        const tidy = (text: string) => format(text, { ...options, objectWrap: 'collapse', filepath: `x.${one.extension}`, endOfLine: 'auto' });
        const place = placeOf(one, one.input);
        const originals = limit(place, one.ours);
        place.tree.write(place.file, await tidy(place.text()));
        expect(limitProxy(place.tree, place.app, one.ours)).toEqual({ result: { status: 'unchanged' } });
        expect(unlimitProxy(place.tree, place.app, one.ours, originals)).toEqual({ status: 'changed' });
        expect(await tidy(place.text())).toBe(await tidy(one.input));
      }
    });

    it('is undone around what the team has changed in between', () => {
      const edit = (text: string) => `${text.replaceAll('/app', '/shop').replaceAll("'/me'", "'/you'").replaceAll('request', 'incoming')}// The team writes here.\n`;
      const place = placeOf(one, one.input);
      const originals = limit(place, one.ours);
      place.tree.write(place.file, edit(place.text()));
      expect(unlimitProxy(place.tree, place.app, one.ours, originals)).toEqual({ status: 'changed' });
      expect(place.text()).toBe(edit(one.input));
    });
  });

  it.each(cases('manual'))('leaves $name to a person, and the file alone', (one) => {
    const place = placeOf(one, one.input);
    const { result, originals } = limitProxy(place.tree, place.app, OURS);
    expect(result).toMatchObject({ status: 'manual', step: { file: place.file, why: expect.stringMatching(/:$/) } });
    expect(originals).toBeUndefined();
    expect(place.text()).toBe(one.input);
    expect(JSON.stringify(result)).toContain(one.name.endsWith('same-as-ours') ? "'/api/:path*'," : 'hardening/rate-limit');
  });

  it('says to the letter what to write', () => {
    const linesFor = (name: string) => {
      const [one] = cases('manual').filter((manual) => manual.name === name);
      if (!one) throw new Error(`There is no fixture ${name}.`);
      const place = placeOf(one, one.input);
      const { result } = limitProxy(place.tree, place.app, OURS);
      return result.status === 'manual' ? `\n${result.step.lines}\n` : '';
    };
    expect(linesFor('proxy-matcher-template')).toBe(`
import { withRateLimit } from './hardening/rate-limit';

const limitedProxy = withRateLimit(handler, () => config);
export { limitedProxy as proxy };

// At the end of the list in config.matcher, where one does not reach these addresses:
'/api/:limited*',
'/:limited(login|sign-in|sign-up)',
`);
    expect(linesFor('proxy-export-star-and-default')).toBe(`
import { proxy as handler } from './lib/session';
import { withRateLimit } from './hardening/rate-limit';

export const proxy = withRateLimit(handler);
`);
    expect(linesFor('middleware-cjs-method')).toBe(`
const { withRateLimit } = require('./hardening/rate-limit');

module.exports.middleware = withRateLimit(module.exports.middleware);
`);
  });
});

describe('a later run', () => {
  const HANDLER = "import { handler } from './handler';\n\nexport default handler;\n\n";

  it('adds a matcher that is new, and hands the config over', () => {
    const place = middleware(`${HANDLER}export const config = { matcher: ['/api/(.*)'] };\n`);
    const first = limit(place, [API]);
    expect(place.text()).toContain('withRateLimit(handler);');
    const second = limit(place);
    expect(place.text()).toContain("withRateLimit(handler, () => config);\n\nexport const config = { matcher: ['/api/(.*)', '/:limited(login|sign-in|sign-up)'] };");
    const third = limit(place, [...OURS, { source: '/webhooks/:limited*', samples: ['/webhooks/stripe'] }]);
    expect(place.text()).toContain("  '/:limited(login|sign-in|sign-up)',\n  '/webhooks/:limited*',\n] };");
    unlimitProxy(place.tree, place.app, [...OURS, { source: '/webhooks/:limited*', samples: [] }], [...first, ...second, ...third]);
    expect(place.text()).toBe(`${HANDLER}export const config = { matcher: ['/api/(.*)'] };\n`);
  });

  it('adds one of its own for addresses that only another of its own reaches', () => {
    const auth = { source: '/api/auth/:limited*', samples: ['/api/auth/callback'] };
    const place = middleware(`${HANDLER}export const config = { matcher: ['/app'] };\n`);
    limit(place, [API]);
    limit(place, [API, auth]);
    expect(place.text()).toContain("['/app', '/api/:limited*', '/api/auth/:limited*']");
  });

  it('keeps what the team adds to the matcher, before and behind ours', () => {
    const place = middleware(`${HANDLER}export const config = {\n  matcher: '/app',\n};\n`);
    const originals = limit(place);
    place.tree.write(place.file, place.text().replace("['/app', ", "[\n    '/new', // first\n    '/app', ").replace("sign-up)'", "sign-up)', '/last'"));
    expect(limitProxy(place.tree, place.app, OURS).result).toEqual({ status: 'unchanged' });
    unlimitProxy(place.tree, place.app, OURS, originals);
    expect(place.text()).toBe(`${HANDLER}export const config = {\n  matcher: [\n    '/new', // first\n    '/app', '/last'],\n};\n`);
  });

  it('keeps what the team adds to a list that was broken into lines, and one of ours that it has narrowed goes', () => {
    const place = middleware(`${HANDLER}export const config = { matcher: ['/app', '/shop'] };\n`);
    const originals = limit(place, LIMIT_MATCHERS);
    place.tree.write(place.file, place.text().replace("  '/shop',", "  '/shop',\n  '/last',").replace("key: 'next-action' }]", "key: 'next-action' }], missing: [{ type: 'header', key: 'x' }]"));
    expect(limitProxy(place.tree, place.app, LIMIT_MATCHERS).result).toEqual({ status: 'changed' });
    unlimitProxy(place.tree, place.app, LIMIT_MATCHERS, originals);
    expect(place.text()).toBe(`${HANDLER}export const config = { matcher: [\n  '/app',\n  '/shop',\n  '/last',\n] };\n`);
  });

  it('leaves what the team wrote itself in the words of ours', () => {
    const input = `${HANDLER}export const config = { matcher: ['/api/:limited*', '/:limited(login|sign-in|sign-up)'] };\n`;
    const place = middleware(input);
    const originals = limit(place);
    expect(place.text()).toContain('withRateLimit(handler);');
    expect(limitProxy(place.tree, place.app, OURS).result).toEqual({ status: 'unchanged' });
    unlimitProxy(place.tree, place.app, OURS, originals);
    expect(place.text()).toBe(input);
  });

  it('does not take one matcher of the team for ours while it adds another', () => {
    for (const matcher of ["'/api/:limited*'", '["/api/:limited*"]', '[`/api/:limited*`]', "[{ source: '/api/:limited*', missing: [] }]"]) {
      const place = middleware(`${HANDLER}export const config = { matcher: ${matcher} };\n`);
      expect(limitProxy(place.tree, place.app, OURS).result).toMatchObject({ status: 'manual', step: { lines: "'/api/:path*'," } });
    }
    const place = middleware(`${HANDLER}export const config = { matcher: [{ source: '/api/:path*' }] };\n`);
    limit(place);
    expect(place.text()).toContain("[{ source: '/api/:path*' }, '/:limited(login|sign-in|sign-up)']");
  });

  it('writes a pattern with backslashes and quotes so that it reads the same', () => {
    const odd = { source: "/((?!_next|it's)(?!.*\\.[\\w]+$).*)", samples: ['/anything'] };
    const input = `${HANDLER}export const config = { matcher: ['/app'] };\n`;
    const place = middleware(input);
    const originals = limit(place, [odd]);
    expect(readProxy(place.tree, place.file).matcher).toEqual({ kind: 'literal', entries: [{ source: '/app', isConditional: false }, { source: odd.source, isConditional: false }] });
    unlimitProxy(place.tree, place.app, [odd], originals);
    expect(place.text()).toBe(input);
  });

  it('asks again for a matcher that is not written out, although the file is limited', () => {
    const place = middleware("import { withRateLimit } from './hardening/rate-limit';\nimport { paths } from './paths';\nexport default withRateLimit(() => undefined);\nexport const config = { matcher: [...paths] };\n");
    expect(limitProxy(place.tree, place.app, OURS).result).toMatchObject({ status: 'manual', step: { why: expect.stringContaining('spread'), lines: expect.stringContaining("'/api/:limited*',") } });
  });

  it('does not write what would not reach the addresses', () => {
    const place = middleware(`${HANDLER}export const config = { matcher: ['/app'] };\n`);
    expect(limitProxy(place.tree, place.app, [{ source: '/api', samples: ['/api/users'] }]).result).toMatchObject({ status: 'manual' });
  });
});
