import { describe, expect, it } from 'vitest';
import { limit, middleware, OURS, type Place } from './__fixtures__/proxy-places';
import { unlimitProxy, type ProxyOriginals } from './proxy';

describe('the undoing', () => {
  const SEAM = "import { withRateLimit } from './hardening/rate-limit';\n";

  it.each([
    ['another wrapper around it', `${SEAM}\nexport default withX(withRateLimit(handler), 1);\n`, 'export default withX(handler, 1);\n'],
    ['the path made an alias', "import { withRateLimit } from '@/hardening/rate-limit';\nimport a from 'a';\n\nexport default withRateLimit(a);\n", "import a from 'a';\n\nexport default a;\n"],
    ['something else imported with it', "import { policies, withRateLimit } from './hardening/rate-limit';\n\nexport default withRateLimit(handler(policies));\n", "import { policies } from './hardening/rate-limit';\n\nexport default handler(policies);\n"],
    ['something else imported behind it', "import { withRateLimit, policies } from './hardening/rate-limit';\n\nexport default withRateLimit(handler(policies));\n", "import { policies } from './hardening/rate-limit';\n\nexport default handler(policies);\n"],
    ['a default import in front of it', "import limiter, { withRateLimit } from './hardening/rate-limit';\n\nexport default withRateLimit(handler(limiter));\n", "import limiter from './hardening/rate-limit';\n\nexport default handler(limiter);\n"],
    ['nothing but the import left', `${SEAM}\nexport default handler;\n`, 'export default handler;\n'],
  ])('copes with %s', (_, text, expected) => {
    const place = middleware(text);
    expect(unlimitProxy(place.tree, place.app, OURS, [])).toEqual({ status: 'changed' });
    expect(place.text()).toBe(expected);
  });

  it.each([
    ['handed on by its name', `${SEAM}\nexport default compose(withRateLimit)(handler);\n`],
    ['with a comment between its arguments', `${SEAM}\nexport default withRateLimit(handler, /* the team's */ () => config);\n`],
  ])('leaves it to a person where it is %s', (_, text) => {
    const place = middleware(text);
    expect(unlimitProxy(place.tree, place.app, OURS, [])).toMatchObject({ status: 'manual', step: { lines: expect.stringContaining('withRateLimit') } });
    expect(place.text()).toBe(text);
  });

  it('has nothing to do where the file is gone', () => {
    const { tree, app } = middleware('');
    expect(unlimitProxy(tree, { ...app, proxyFile: undefined }, OURS, [])).toEqual({ status: 'unchanged' });
    expect(unlimitProxy(tree, { ...app, proxyFile: 'web/proxy.ts' }, OURS, [])).toEqual({ status: 'unchanged' });
  });

  it('leaves a file that cannot be parsed to a person, where it speaks of the limiter', () => {
    const place = middleware(`${SEAM}export default withRateLimit(`);
    expect(unlimitProxy(place.tree, place.app, OURS, [])).toMatchObject({ status: 'manual' });
  });
});

describe('the undoing of an export that was another file\'s', () => {
  const limited = (): Place & { originals: ProxyOriginals } => {
    const place = middleware("export { auth as middleware } from '@/auth';\n");
    return { ...place, originals: limit(place) };
  };

  it.each([
    ['the export has become another one', (text: string) => text.replace('const middleware =', 'default'), "import { auth } from '@/auth';\n\nexport default auth;\n"],
    ['the limiter is used for more', (text: string) => `${text}\nexport const other = withRateLimit(auth2);\n`, "import { auth } from '@/auth';\n\nexport const middleware = auth;\n\nexport const other = auth2;\n"],
    ['the handler is used for more', (text: string) => `${text}\nexport const session = () => auth();\n`, "import { auth } from '@/auth';\n\nexport const middleware = auth;\n\nexport const session = () => auth();\n"],
    ['another name is exported from there', (text: string) => `export { signIn } from '@/auth';\n${text}`, "export { auth as middleware, signIn } from '@/auth';\n"],
    ['the constant has a type', (text: string) => text.replace('middleware =', 'middleware: NextMiddleware ='), "import { auth } from '@/auth';\n\nexport const middleware: NextMiddleware = auth;\n"],
    ['a comment is in the call', (text: string) => text.replace('(auth)', '(/* Ours. */ auth)'), "import { auth } from '@/auth';\n\nexport const middleware = /* Ours. */ auth;\n"],
    ['a comment is in the import', (text: string) => text.replace('{ auth }', '{ auth /* Ours. */ }'), "import { auth /* Ours. */ } from '@/auth';\n\nexport const middleware = auth;\n"],
    ['the path is another', (text: string) => text.replace("'@/auth'", '"@/lib/auth"'), 'export { auth as middleware } from "@/lib/auth";\n'],
    ['a comment has come', (text: string) => text.replace('export const', '// Ours.\nexport const'), "export { auth as middleware } from '@/auth';\n\n// Ours.\n"],
  ])('keeps what the team has done: %s', (_, edit, expected) => {
    const { tree, app, file, text, originals } = limited();
    tree.write(file, edit(text()));
    expect(unlimitProxy(tree, app, OURS, originals)).toEqual({ status: 'changed' });
    expect(text()).toBe(expected);
  });
});
