/** Any value switches these on; and with a token for uploads, a build tries to upload. */
const BETTER_UNSET = /^(IS|HAS|USE|ENABLE|DISABLE|SKIP|FORCE)_|_(ENABLED?|DISABLED?|MODE|FLAG|DEBUG)$|^(SENTRY_AUTH_TOKEN|CODECOV_TOKEN)$/;

/** A value that lets a build start which only looks whether the variable is there, and of which kind; none for a switch. */
export function placeholderFor(name: string): string | undefined {
  if (BETTER_UNSET.test(name.replace(/^NEXT_PUBLIC_/, ''))) return undefined;
  if (/(^|_)MONGO(DB)?_/.test(name) && /(URL|URI)$/.test(name)) return 'mongodb://127.0.0.1:27017/ci';
  if (/(^|_)(TURSO|LIBSQL)_/.test(name) && /(URL|URI)$/.test(name)) return 'libsql://ci.invalid';
  if (/(^|_)(POSTGRES|POSTGRESQL|DATABASE|PG|DB)(_.*)?_?(URL|URI)$/.test(name)) return 'postgresql://ci:ci@127.0.0.1:5432/ci';
  if (/REDIS.*(URL|URI)$/.test(name)) return 'redis://127.0.0.1:6379';
  if (/DSN$/.test(name)) return 'https://ci@ci.invalid/1';
  if (/(URL|URI|ORIGIN|ENDPOINT)$/.test(name)) return 'https://ci.invalid';
  if (/REGION$/.test(name)) return 'us-east-1';
  return 'ci-placeholder-not-a-secret-0000000000';
}
