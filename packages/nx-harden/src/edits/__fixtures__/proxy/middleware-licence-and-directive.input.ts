#!/usr/bin/env node
// Copyright 2026 The Team.
// SPDX-License-Identifier: MIT

'use strict';
/* eslint-disable no-console */

// What Next runs.
export default function middleware() {
  console.log('seen');
}
