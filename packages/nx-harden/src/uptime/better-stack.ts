import { BetterStackError, errorOfAnswer, naming } from './api-error';
import { waitAfter, type Patience } from './patience';
import { presentOf, type Present } from './plan';
import { nameField, type Attributes, type ResourceKind } from './resources';

/** Better Stack's API, as far as monitors and heartbeats go. All methods throw {@link BetterStackError}. */
export interface BetterStack {
  /** All of a kind, over all pages. */
  list(kind: ResourceKind): Promise<Present[]>;
  /** Not tried again where it may have been done: the caller looks first. */
  create(kind: ResourceKind, attributes: Attributes): Promise<Present>;
  update(kind: ResourceKind, id: string, attributes: Attributes, name: string): Promise<void>;
  /** One that is gone already is deleted. */
  remove(kind: ResourceKind, id: string, name: string): Promise<void>;
}

export interface BetterStackOptions {
  /** With `/api/v2`. */
  baseUrl: string;
  token: string;
  patience: Patience;
}

interface Answer {
  data?: unknown;
  pagination?: { next?: string | null };
}
interface Listed {
  id: string;
  attributes: Attributes;
}

/** The most that the API has on a page. */
const PER_PAGE = 250;
/** A list without an end is no list. */
const MOST_PAGES = 400;

/** Talks to Better Stack. Nothing is asked before the first call. */
export function openBetterStack({ baseUrl, token, patience }: BetterStackOptions): BetterStack {
  const ask = (method: string, path: string, what: string, body?: Attributes): Promise<Answer> => askPatiently({ method, url: `${baseUrl}/${path}`, token, what, body }, patience);
  return {
    async list(kind) {
      const found = new Map<string, Present>();
      // By number, and not by the link in the answer: the token goes to no address that an answer names.
      for (let page = 1; page <= MOST_PAGES; page++) {
        const { data, pagination } = await ask('GET', `${kind}s?per_page=${PER_PAGE}&page=${page}`, `its ${kind}s`);
        // One that is created meanwhile moves others to the next page.
        for (const { id, attributes } of listed(data, kind)) found.set(id, presentOf(kind, id, attributes));
        if (!pagination?.next) return [...found.values()];
      }
      throw new BetterStackError('unanswered', `Better Stack's list of ${kind}s has no end.`);
    },
    async create(kind, attributes) {
      const { data } = await ask('POST', `${kind}s`, naming(kind, String(attributes[nameField(kind)])), attributes);
      const [made] = listed([data], kind);
      if (!made) throw new BetterStackError('unanswered', `Better Stack answered without ${naming(kind, String(attributes[nameField(kind)]))}.`, {}, true);
      return presentOf(kind, made.id, made.attributes);
    },
    async update(kind, id, attributes, name) {
      await ask('PATCH', `${kind}s/${encodeURIComponent(id)}`, naming(kind, name), attributes);
    },
    async remove(kind, id, name) {
      await ask('DELETE', `${kind}s/${encodeURIComponent(id)}`, naming(kind, name)).catch((error: unknown) => {
        if (!(error instanceof BetterStackError && error.failure === 'gone')) throw error;
      });
    },
  };
}

function listed(data: unknown, kind: ResourceKind): Listed[] {
  const isListed = (one: unknown): one is Listed => typeof (one as Listed | undefined)?.id === 'string' && typeof (one as Listed).attributes === 'object' && (one as Listed).attributes !== null;
  if (Array.isArray(data) && data.every(isListed)) return data;
  throw new BetterStackError('unanswered', `What answered is not Better Stack: its list of ${kind}s is none.`, {}, true);
}

interface Question {
  method: string;
  url: string;
  token: string;
  what: string;
  body?: Attributes | undefined;
}

/** Asks again what may be asked again: what was not done for sure, and what comes to the same when it is done twice. */
async function askPatiently(question: Question, patience: Patience): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const isLast = attempt >= patience.attempts;
    try {
      const { status, retryAfter, body } = await askOnce(question, patience.timeoutMs);
      if (status >= 200 && status < 300) return (body ?? {}) as Answer;
      const error = errorOfAnswer(status, body, question.what);
      if (error.failure !== 'busy') throw error;
      // Too many requests: nothing was done.
      const mayBeDone = status !== 429 && question.method === 'POST';
      if (isLast || mayBeDone) throw new BetterStackError(error.failure, error.message, {}, mayBeDone);
      await waitAfter(attempt, patience, retryAfter);
    } catch (error) {
      if (error instanceof BetterStackError) throw error;
      const mayBeDone = question.method === 'POST';
      if (isLast || mayBeDone) throw new BetterStackError('unanswered', `Better Stack cannot be reached for ${question.what} (${reasonOf(error)}).`, {}, mayBeDone);
      await waitAfter(attempt, patience);
    }
  }
}

async function askOnce({ method, url, token, body }: Question, timeoutMs: number): Promise<{ status: number; retryAfter: string | null; body: unknown }> {
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}`, accept: 'application/json', ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
    // Followed, the token would go wherever the answer says.
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await response.text();
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body: parsed(text) };
}

/** What is no JSON (the page of some gateway) says nothing. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  const { name, cause } = error as { name?: string; cause?: { code?: string } };
  return cause?.code ?? (name === 'TimeoutError' ? 'no answer in time' : 'the connection was cut');
}
