import { describe, expect, it } from 'vitest';
import { constantIn, cutSource, nodesIn, openSource, spliceSource, type Source } from './source';

function open(text: string, path = 'a.js'): Source {
  const source = openSource(path, text);
  if ('failure' in source) throw new Error(source.failure);
  return source;
}

describe('a source', () => {
  it('says where it cannot be parsed, instead of throwing', () => {
    expect(openSource('a.ts', 'const a = {\n')).toEqual({ failure: expect.stringMatching(/Unexpected token \(2:0\)/) });
  });

  it.each([
    ['a.ts', 'const a = <T>(b: T) => b as unknown satisfies unknown;'],
    ['a.tsx', 'const a: JSX.Element = <p />;'],
    ['a.js', 'const a = <p />;'],
    ['a.mts', '@sealed export class A {}'],
    ['a.js', 'with (a) b = 1;'],
    ['a.js', '#!/usr/bin/env node\nawait 1;'],
  ])('is read by its ending: %s %s', (path, text) => expect(openSource(path, text)).not.toHaveProperty('failure'));

  it('keeps a byte order mark and Windows line ends', () => {
    expect(spliceSource(open('\uFEFFa;\r\nb;\r\n'), (splices) => splices.append('c;\r\n'))).toBe('\uFEFFa;\r\nb;\r\nc;\r\n');
  });

  it.each([
    ['a token', 'a; b;', 3, 5, ''],
    ['a comment', 'a; /* why */ b;', 3, 12, ''],
    ['the order', 'f(a, b);', 2, 6, 'b, a'],
    ['another value', "f('a');", 2, 5, "'b'"],
    ['what can be parsed', 'f(a);', 4, 5, '('],
  ])('is not edited at the cost of %s', (_, text, start, end, content) => {
    expect(spliceSource(open(text), (splices) => splices.update(start, end, content || ' '))).toBeUndefined();
    expect(spliceSource(open(text), (splices) => splices.append(' c;'))).toBe(`${text} c;`);
  });

  it('may lose what the edit declares as replaced, and no more', () => {
    const source = open('f(a); f(b);');
    const [first] = nodesIn(source.program, 'body');
    if (!first) throw new Error('The program is empty.');
    expect(spliceSource(source, (splices) => splices.update(0, 5, 'g();'), [first])).toBe('g(); f(b);');
    expect(spliceSource(source, (splices) => splices.update(0, 11, 'g();'), [first])).toBeUndefined();
  });

  it('is not cut where a comment goes, a name of ours stays, or something new comes', () => {
    const source = open('wrap(a); /* why */ b;');
    const cut = (start: number, end: number) => cutSource(source, (splices) => splices.remove(start, end), ['wrap']);
    expect(cut(0, 8)).toBe(' /* why */ b;');
    expect(cut(0, 18)).toBeUndefined();
    expect(cut(19, 21)).toBeUndefined();
    expect(cutSource(source, (splices) => splices.overwrite(0, 8, 'c;'), ['wrap'])).toBeUndefined();
  });

  it('gives the value of a constant that is written out', () => {
    const text = "const policy = { a: ['x', 1, true, null], 'b-c': { d: 'e' } };\nconst other = make();\n";
    expect(constantIn('a.cjs', text, 'policy')).toEqual({ a: ['x', 1, true, null], 'b-c': { d: 'e' } });
    expect(constantIn('a.cjs', text, 'other')).toBeUndefined();
    expect(constantIn('a.cjs', 'const {', 'policy')).toBeUndefined();
  });
});
