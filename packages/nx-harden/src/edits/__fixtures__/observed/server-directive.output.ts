/* eslint-disable no-console */
'use strict';

import { startSentry } from './hardening/sentry-start';

export const register = async function () {
  await startSentry();
  console.log('up');
};

export { reportRequestError as onRequestError } from './hardening/sentry-start';
