import { describe, expect, it } from 'vitest';
import { placeOf } from './__fixtures__/proxy-places';
import { readProxy, unreached, type AddedMatcher } from './proxy';

describe('the reading', () => {
  const read = (text: string, file = 'middleware.ts') => {
    const place = placeOf({ name: file.split('.')[0] ?? '', extension: file.split('.')[1] ?? '' }, text);
    return readProxy(place.tree, place.file);
  };

  it.each([
    ['limited', 'within another wrapper', "import { withRateLimit as limit } from './hardening/rate-limit';\nexport default withX(limit(handler));\n"],
    ['limited', 'by a constant', "import { withRateLimit } from './hardening/rate-limit';\nconst limited = withRateLimit(handler);\nexport { limited as middleware };\n"],
    ['limited', 'by an alias of the path', "import { withRateLimit } from '@/hardening/rate-limit';\nexport default withRateLimit(handler);\n"],
    ['limited', 'in CommonJS', "const { withRateLimit } = require('./hardening/rate-limit');\nmodule.exports = { middleware: withRateLimit(handler) };\n"],
    ['unknown', 'with the wrap around what Next does not take', "import { withRateLimit } from './hardening/rate-limit';\nexport function middleware() {}\nexport default withRateLimit(middleware);\n"],
    ['unlimited', 'with types of the limiter alone', "import { policies } from './hardening/rate-limit';\nexport default handler(policies);\n"],
    ['unknown', 'within a function', "import { withRateLimit } from './hardening/rate-limit';\nexport default (request) => withRateLimit(handler)(request);\n"],
    ['unknown', 'as a whole', "import * as limiter from './hardening/rate-limit';\nexport default limiter.withRateLimit(handler);\n"],
    ['unknown', 'in a file that is broken', 'export default {'],
    ['unknown', 'by a star', "export * from './handler';\n"],
  ])('finds it %s %s', (seam, _, text) => {
    expect(read(text).seam).toBe(seam);
  });

  it('takes the export by the name of the file before the default one', () => {
    const text = "import { withRateLimit } from './hardening/rate-limit';\nexport const proxy = withRateLimit(handler);\nexport default handler;\n";
    expect(read(text, 'proxy.ts').seam).toBe('limited');
    expect(read(text, 'middleware.ts').seam).not.toBe('limited');
  });

  it('reads the matcher', () => {
    const matcherOf = (config: string) => read(`export default handler;\nexport const config = ${config};\n`).matcher;
    expect(matcherOf("{ runtime: 'nodejs' }")).toEqual({ kind: 'none' });
    expect(matcherOf('{ matcher: undefined }')).toEqual({ kind: 'none' });
    expect(matcherOf("{ 'matcher': ['/a', `/b`, { source: '/c' }, { source: '/d', missing: [] }, { source: '/e', locale: false }] } as const")).toEqual({
      kind: 'literal',
      entries: [
        { source: '/a', isConditional: false },
        { source: '/b', isConditional: false },
        { source: '/c', isConditional: false },
        { source: '/d', isConditional: true },
        { source: '/e', isConditional: true },
      ],
    });
    expect(matcherOf('{ matcher: paths }')).toMatchObject({ kind: 'dynamic', why: expect.stringContaining('`paths`') });
    expect(matcherOf("{ matcher: '/a', runtime: RUNTIME }")).toMatchObject({ kind: 'dynamic' });
    expect(matcherOf('{ matcher: 1 }')).toMatchObject({ kind: 'dynamic' });
  });

  it('reads conditions where they alone narrow an entry, and are written out', () => {
    const entry = (text: string) => {
      const { matcher } = read(`export default handler;\nexport const config = { matcher: [${text}] };\n`);
      return matcher.kind === 'literal' ? matcher.entries[0] : undefined;
    };
    const narrowed = { source: '/a', isConditional: true };
    expect(entry("{ has: [{ type: 'header', 'key': `x` }], source: '/a' }")).toEqual({ ...narrowed, has: [{ type: 'header', key: 'x' }] });
    expect(entry("{ source: '/a', has: [{ type: 'query', key: 'x', value: '1' }], locale: false }")).toEqual(narrowed);
    expect(entry("{ source: '/a', has: [{ type: 'header', key: 1 }] }")).toEqual(narrowed);
    expect(entry("{ source: '/a', has: [] }")).toEqual(narrowed);
  });

  const ACTION: AddedMatcher = { source: '/:limited*', has: [{ type: 'header', key: 'next-action' }], samples: ['/', '/logo.png'] };
  const FORM: AddedMatcher = { source: '/:limited*', has: [{ type: 'header', key: 'content-type', value: 'form.*' }], samples: ['/', '/logo.png'] };
  it.each<[string, AddedMatcher[]]>([
    ["['/:path*']", []],
    ["['/']", [{ ...ACTION, samples: ['/logo.png'] }, { ...FORM, samples: ['/logo.png'] }]],
    ["['/:limited*']", []],
    ["[{ source: '/:path*', has: [{ type: 'header', key: 'next-action' }] }]", [ACTION, FORM]],
    ["['/', '/logo.png']", []],
    ["[{ source: '/:limited*', has: [{ type: 'header', key: 'next-action' }] }]", [FORM]],
    ["[{ source: '/:limited*', has: [{ type: 'header', key: 'next-action' }], missing: [{ type: 'header', key: 'x' }] }]", [ACTION, FORM]],
    ["[{ source: '/:limited*', has: [{ type: 'header', key: 'content-type', value: 'multipart.*' }] }]", [ACTION, FORM]],
    ["[{ source: '/:limited*', has: [{ type: 'header', key: 'next-action' }, { type: 'header', key: 'x' }] }]", [ACTION, FORM]],
    ['paths', [ACTION, FORM]],
    ['undefined', []],
  ])('says what %s does not let in', (matcher, expected) => {
    expect(unreached(read(`export default handler;\nexport const config = { matcher: ${matcher} };\n`), [ACTION, FORM])).toEqual(expected);
  });
});
