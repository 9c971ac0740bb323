/** What a value has to be; a complaint where it is not, as the end of a sentence. */
export type Rule = (value: unknown) => string | undefined;

export const text: Rule = (value) => (typeof value === 'string' && value.trim() !== '' && value.length <= 250 ? undefined : 'has to be a text');
/** A name by which something is found again, which a server may trim. */
export const label: Rule = (value) => text(value) ?? (String(value).trim() === value ? undefined : 'has to be without white space around it');
export const flag: Rule = (value) => (typeof value === 'boolean' ? undefined : 'has to be true or false');

export function wholeNumber(from: number, to = Number.MAX_SAFE_INTEGER): Rule {
  const range = to === Number.MAX_SAFE_INTEGER ? `from ${from} on` : `from ${from} to ${to}`;
  return (value) => (Number.isSafeInteger(value) && (value as number) >= from && (value as number) <= to ? undefined : `has to be a whole number ${range}`);
}

export function oneOf(...choices: readonly (string | number)[]): Rule {
  return (value) => (choices.includes(value as string) ? undefined : `has to be one of ${choices.join(', ')}`);
}

/** A list that is not empty and has nothing twice. */
export function listOf(rule: Rule): Rule {
  return (value) => {
    if (!Array.isArray(value) || value.length === 0) return 'has to be a list with something in it';
    if (new Set(value).size !== value.length) return 'has something twice';
    return value.map(rule).find((complaint) => complaint !== undefined)?.replace(/^has/, 'has an entry that has');
  };
}

/** An address on the web. One with a password in it would be in the repository, and in whatever Better Stack prints. */
export const webAddress: Rule = (value) => {
  if (typeof value !== 'string' || !URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) return 'has to be an address such as https://example.com';
  if (/[\s\p{Cc}\p{Cf}]/u.test(value)) return 'has to be without white space';
  const { username, password } = new URL(value);
  return username || password ? 'holds a user name or a password, which does not belong into the repository' : undefined;
};

/** One that paths are put behind. */
export const baseAddress: Rule = (value) => webAddress(value) ?? (/[?#]/.test(String(value)) ? 'has to be without ? and #' : undefined);

export const path: Rule = (value) => (typeof value === 'string' && /^\/(?!\/)\S*$/.test(value) ? undefined : 'has to be a path that begins with one /, such as /api/health');

export const variable: Rule = (value) => (typeof value === 'string' && /^[A-Z_][A-Z0-9_]*$/.test(value) ? undefined : 'has to be the name of an environment variable, such as BACKUP_HEARTBEAT_URL');
