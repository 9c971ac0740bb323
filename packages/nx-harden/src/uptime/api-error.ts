import type { ResourceKind } from './resources';

/** Why Better Stack did not do what it was asked for. */
export type ApiFailure =
  /** The token is not good. */
  | 'token'
  /** There is no such resource any more. */
  | 'gone'
  /** What was asked for is not allowed: by a field, or by the plan. */
  | 'refused'
  /** It answered with an error of its own, or with too many requests, as often as it was asked. */
  | 'busy'
  /** Nobody answered, or what answered was not Better Stack. */
  | 'unanswered';

/** One sentence, without the token. */
export class BetterStackError extends Error {
  constructor(
    readonly failure: ApiFailure,
    message: string,
    /** What Better Stack says of single fields, by its own names for them. */
    readonly fields: Readonly<Record<string, string>> = {},
    /** Whether it may have been done all the same. */
    readonly mayBeDone = false,
  ) {
    super(message);
  }
}

export const TOKEN_VARIABLE = 'BETTERSTACK_API_TOKEN';

/** Longest text of a stranger's that is passed on to a terminal. */
const LONGEST = 300;

/** The error of an answer. `body` is what came with it, of whatever kind. */
export function errorOfAnswer(status: number, body: unknown, what: string): BetterStackError {
  const errors = (body as { errors?: unknown } | undefined)?.errors;
  if (status === 401) return new BetterStackError('token', `Better Stack does not take the token in ${TOKEN_VARIABLE} (401). Make one under Better Stack → API tokens → Uptime API, and set it.`);
  if (status === 404) return new BetterStackError('gone', `Better Stack no longer has ${what} (404): somebody deleted it meanwhile. Run it again.`);
  if (typeof errors === 'object' && errors !== null && !Array.isArray(errors)) {
    const fields = Object.fromEntries(Object.entries(errors).map(([field, said]) => [field, plain(said)]));
    return new BetterStackError('refused', `Better Stack refuses ${what} (${status}): ${Object.entries(fields).map(([field, said]) => `${field}: ${said}`).join('; ')}`, fields);
  }
  const said = errors === undefined ? '' : `: ${plain(errors)}`;
  return new BetterStackError(status >= 500 || status === 429 ? 'busy' : 'refused', `Better Stack answered ${status} for ${what}${said}`);
}

/** What stands in a list or is a text, on one line, and without what a terminal obeys. */
export function plain(said: unknown): string {
  const text = Array.isArray(said) ? said.map(String).join(', ') : typeof said === 'string' ? said : JSON.stringify(said);
  // A terminal obeys control characters.
  return text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim().slice(0, LONGEST);
}

/** `the monitor "web: home page"`, in an error. */
export function naming(kind: ResourceKind, name: string): string {
  return `the ${kind} "${name}"`;
}
