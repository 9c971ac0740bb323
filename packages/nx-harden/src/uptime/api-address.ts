/** Variable that names another server than Better Stack's own. */
export const API_URL_VARIABLE = 'BETTERSTACK_API_URL';
export const API_URL = 'https://uptime.betterstack.com/api/v2';

/** Where the API is, without a slash at its end. Throws for an address to which a token would go in the clear. */
export function apiAddress(given: string | undefined): string {
  const address = given || API_URL;
  if (!URL.canParse(address)) throw new Error(`The address of the API is not one: write it like ${API_URL}`);
  const url = new URL(address);
  if (url.username || url.password || url.search || url.hash) throw new Error(`The address of the API has to be like ${API_URL}: the token comes from the environment.`);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url))) throw new Error(`The address of the API has to begin with https:// (http:// on this machine alone), or the token goes over the network in the clear.`);
  return url.href.replace(/\/+$/, '');
}

/** Whether it is of this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
