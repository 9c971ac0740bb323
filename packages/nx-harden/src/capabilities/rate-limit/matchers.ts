import type { AddedMatcher } from '../../edits/proxy';

/** What is served as it lies there. It is left out of the matcher, so that it does not even go through the proxy. */
const FILES = 'ico|png|jpe?g|gif|webp|avif|svg|css|m?js|map|woff2?|ttf|otf|mp[34]|webm|m3u8|m4s|pdf|txt|xml|json|wasm|pbf|glb|gltf|webmanifest';
/** Next runs a Server Function on a POST to any address, that of a file included: by a header, or as a form is sent without JavaScript. */
const ANYWHERE = { source: '/:limited*', samples: ['/', '/logo.png', '/favicon.ico', '/_next/x', '/monitoring'] };

/** Where the limits have to be reached, with addresses that stand for the rest: the API, the pages, and Server Functions wherever they are called. */
export const LIMIT_MATCHERS: readonly AddedMatcher[] = [
  { source: '/api/:limited*', samples: ['/api/hello', '/api/auth/callback/credentials', '/api/posts/1/image.png'] },
  { source: `/:limited((?!api/|_next/|monitoring(?:/|$)|.*\\.(?:${FILES})$).*)?`, samples: ['/', '/login', '/posts/some-title'] },
  { ...ANYWHERE, has: [{ type: 'header', key: 'next-action' }] },
  { ...ANYWHERE, has: [{ type: 'header', key: 'content-type', value: '(?:multipart/form-data|application/x-www-form-urlencoded).*' }] },
];
