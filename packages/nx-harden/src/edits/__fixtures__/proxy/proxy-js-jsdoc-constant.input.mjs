// @ts-check
/** @type {import('next/server').NextProxy} */
export const proxy = (request) => Response.redirect(new URL('/login', request.url));

export const config = { matcher: ['/app'] };
