import { describe, expect, it } from 'vitest';
import { layout, placeOf, type Place } from './__fixtures__/layout-places';
import { takeOutOf } from './layout-restore';

const html = (inside: string, before = '') => `${before}export default function RootLayout({ children, ...props }: { children: React.ReactNode }) {\n  return (\n    <html>\n      ${inside}\n    </html>\n  );\n}\n`;

function remove(place: Place, change = (text: string) => text): string {
  const { added } = place.put();
  expect(place.text()).toContain('<Analytics />');
  place.tree.write(place.file, change(place.text()));
  const { result } = takeOutOf(place.tree, place.file, added[place.file] ?? []);
  expect(result).toEqual({ status: 'changed' });
  return place.text();
}

describe('what a layout renders', () => {
  const MAIL = "export const send = () => render(<Mail />);\nconst Mail = () => (<html><body>Hello</body></html>);\n";

  it.each<[string, string, Record<string, string>]>([
    ['an action sends as mail', html('<body>\n        <form action={signup} />\n      </body>', "import { signup } from './actions';\n"), { 'web/app/actions.tsx': "'use server';\nimport { send } from '../lib/mail';\nexport async function signup() { send(); }\n", 'web/lib/mail.tsx': MAIL }],
    ['a handler sends as mail', html('<body>\n        <Form action={() => send()} on={send} />\n      </body>', "import { send } from '../lib/mail';\nimport { Form } from './form';\n"), { 'web/lib/mail.tsx': 'export const send = () => { render(<html><body>Hello</body></html>); };\n', 'web/app/form.tsx': 'export const Form = () => <form />;\n' }],
    ['a frame shows', html('<body>\n        <iframe srcDoc={render(<html><body>Frame</body></html>)} />\n      </body>'), {}],
  ])('is not what %s', (_, text, files) => {
    const place = layout(text, files);
    expect(place.put().results).toEqual([]);
    expect(place.text().match(/<Analytics \/>/g)).toHaveLength(1);
    for (const [path, content] of Object.entries(files)) expect(place.tree.read(path, 'utf-8')).toBe(content);
  });

  it.each(['<body {...props}></body>', '<body {...props} />', '<body {...props}>{/* none */}</body>'])('may be filled by a spread: %s is left to a person', (body) => {
    const place = layout(html(body));
    expect(place.put()).toMatchObject({ results: [{ status: 'manual' }], added: {} });
    expect(place.text()).toBe(html(body));
  });

  it('is written beside children where a spread has others', () => {
    expect(layout(html('<body {...props}>{children}</body>')).put().results).toEqual([]);
  });
});

describe('what is taken out', () => {
  const early = 'export default function RootLayout({ children, a }: { children?: React.ReactNode; a?: boolean }) {\n';
  it.each<[string, string, string]>([
    ['bodies of which one has a comment', 'layout', `${early}  if (!children) return <html><body>{children}</body></html>;\n  return (\n    <html>\n      <body\n        // important comment\n      >{children}</body>\n    </html>\n  );\n}\n`],
    ['bodies that differ in white space alone', 'layout', `${early}  if (a) return <html><body>{children}</body></html>;\n  if (!a) return <html><body>{ children }</body></html>;\n  return <html><body> {children}</body></html>;\n}\n`],
    ['bodies of which one was open already', 'layout', `${early}  if (a) return <html><body>{children}</body></html>;\n  return (\n    <html>\n      <body>\n        {children}\n      </body>\n    </html>\n  );\n}\n`],
    ['pages of which one has a comment', 'app-x', 'export default function App({ Component, pageProps, x }) {\n  if (x) return <Component {...pageProps} />;\n  return (\n    // why\n    <Component {...pageProps} />\n  );\n}\n'],
    ['a page, and another component with a comment', 'app-x', 'export const Bare = ({ Component, pageProps }) => (\n  // kept\n  <Component {...pageProps} />\n);\n\nexport default function App({ Component, pageProps }) {\n  return <Component {...pageProps} />;\n}\n'],
  ])('leaves %s as they were', (_, name, text) => {
    expect(remove(placeOf({ name, extension: 'tsx' }, text))).toBe(text);
  });

  it('leaves what the team has commented since then', () => {
    const text = remove(layout(html('<body>{children}</body>')), (made) => made.replace('<body>', '<body\n        // of the team\n      >'));
    expect(text).toContain('// of the team');
    expect(text).not.toContain('Analytics');
  });
});
