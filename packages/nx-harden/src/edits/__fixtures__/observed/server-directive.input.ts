/* eslint-disable no-console */
'use strict';

export const register = function () {
  console.log('up');
};
