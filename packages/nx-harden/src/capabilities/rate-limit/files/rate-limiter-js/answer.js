import { NextResponse } from 'next/server';

/** What became of a request that a policy is for. */

/** The IETF's fields (draft-ietf-httpapi-ratelimit-headers-11). */
function fieldsOf({ limit, remaining, wait }) {
  return [
    ['RateLimit-Policy', `"${limit.name}";q=${limit.limit};w=${Math.ceil(limit.window / 1000)}`],
    ['RateLimit', `"${limit.name}";r=${remaining};t=${Math.ceil(wait / 1000)}`],
  ];
}

/** The answer of whoever answers, with the fields added; all else of it stays. */
export function withFields(response, outcome) {
  const answer = response ?? NextResponse.next();
  // Of what is no answer, Next itself says what it should be.
  if (outcome.isUnknown || !(answer instanceof Response)) return answer;
  try {
    for (const [name, value] of fieldsOf(outcome)) answer.headers.set(name, value);
    return answer;
  } catch {
    // Response.redirect() cannot be changed, only copied; Response.error() neither.
    if (answer.status === 0) return answer;
    const copy = new NextResponse(answer.body, {
      status: answer.status,
      statusText: answer.statusText,
      headers: answer.headers,
    });
    for (const [name, value] of fieldsOf(outcome)) copy.headers.set(name, value);
    return copy;
  }
}

/** 429, or 503 where nobody could say: a page for people, problem details (RFC 9457) for programs. */
export function refusal(request, outcome) {
  const seconds = Math.max(1, Math.ceil(outcome.wait / 1000));
  const status = outcome.isUnknown ? 503 : 429;
  const title = outcome.isUnknown ? 'Not available for a moment' : 'Too many requests';
  const isPage =
    request.method === 'GET' &&
    !/^\/api(\/|$)/.test(request.nextUrl.pathname) &&
    (request.headers.get('accept') ?? '').indexOf('text/html') >= 0;
  const headers = new Headers({
    'Retry-After': String(seconds),
    'Cache-Control': 'no-store',
    'Content-Type': isPage ? 'text/html; charset=utf-8' : 'application/problem+json',
  });
  if (!outcome.isUnknown) for (const [name, value] of fieldsOf(outcome)) headers.set(name, value);
  return new NextResponse(isPage ? page(title, seconds) : JSON.stringify(problem(title, status, seconds, outcome)), {
    status,
    headers,
  });
}

function problem(title, status, seconds, { limit, isUnknown }) {
  const detail = `Try again in ${seconds} s.`;
  if (isUnknown) return { type: 'about:blank', title, status, detail };
  return {
    type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
    title,
    status,
    detail,
    'violated-policies': [limit.name],
  };
}

function page(title, seconds) {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 1rem/1.5 system-ui, sans-serif; color: #1c1c1c; background: #fff; }
main { max-width: 26rem; padding: 2rem; }
h1 { font-size: 1.5rem; margin: 0 0 0.5rem; }
a { color: inherit; }
@media (prefers-color-scheme: dark) { body { color: #ededed; background: #111; } }
</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p>Please wait ${seconds} ${seconds === 1 ? 'second' : 'seconds'}, then <a href="">try again</a>.</p>
</main>
</body>
</html>
`;
}
