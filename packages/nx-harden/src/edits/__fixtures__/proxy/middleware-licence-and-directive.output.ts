#!/usr/bin/env node
// Copyright 2026 The Team.
// SPDX-License-Identifier: MIT

'use strict';
/* eslint-disable no-console */

import { withRateLimit } from './hardening/rate-limit';

// What Next runs.
export default withRateLimit(function middleware() {
  console.log('seen');
});
