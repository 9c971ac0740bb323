/** A request to an app, as one client sends it. */
export interface Caller {
  /** Where the app is. */
  url: string;
  /** What says who calls: the address that the platform vouches for, and what the client adds. */
  headers?: Record<string, string>;
}

export interface Answer {
  status: number;
  headers: Headers;
  body: string;
}

/** Sends one request, and follows no redirect. */
export async function call({ url, headers = {} }: Caller, path: string, method = 'GET'): Promise<Answer> {
  const response = await fetch(url + path, { method, headers, redirect: 'manual' });
  return { status: response.status, headers: response.headers, body: await response.text() };
}

/** The statuses of so many requests, one after the other. */
export async function statuses(times: number, caller: Caller | ((index: number) => Caller), path: string, method = 'GET'): Promise<number[]> {
  const seen: number[] = [];
  for (let index = 0; index < times; index++) seen.push((await call(typeof caller === 'function' ? caller(index) : caller, path, method)).status);
  return seen;
}
