import { mergeDirectives } from '../../next-config/merge';
import type { NextApp } from '../../next-app';
import { sourcesOfServices } from './csp-services';

export interface CspChoice {
  framing: 'deny' | 'self';
  /** Further sources, each as `<directive> <source>`. */
  further: readonly string[];
}

/**
 * A policy that a Next app runs under as it is: everything from the site itself, and inline scripts and styles, which
 * Next writes into static pages and which cannot carry a nonce there.
 */
export function cspDirectives(app: NextApp, { framing, further }: CspChoice): Record<string, string[]> {
  const base = {
    'default-src': ["'self'"],
    'script-src': ["'self'", "'unsafe-inline'"],
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:', 'blob:'],
    'font-src': ["'self'", 'data:'],
    'connect-src': ["'self'"],
    'worker-src': ["'self'", 'blob:'],
    'object-src': ["'none'"],
    'base-uri': ["'self'"],
    'form-action': ["'self'"],
    'frame-ancestors': [framing === 'self' ? "'self'" : "'none'"],
    'upgrade-insecure-requests': [],
  };
  return further.map(parseSource).reduce(mergeDirectives, mergeDirectives(base, sourcesOfServices(app)));
}

function parseSource(text: string): Record<string, string[]> {
  const [directive = '', ...sources] = text.trim().split(/\s+/);
  if (!/^[a-z]+(-[a-z]+)+$/.test(directive) || sources.length === 0 || /[;,]/.test(text)) {
    throw new Error(`--csp-source="${text}" is not a directive and its sources. Write it like: --csp-source="img-src https://media.example.com"`);
  }
  return { [directive]: sources };
}
