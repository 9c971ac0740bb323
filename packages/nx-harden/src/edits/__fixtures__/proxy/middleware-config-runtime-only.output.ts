import { NextResponse } from 'next/server';
import { withRateLimit } from './hardening/rate-limit';

export const config = {
  runtime: 'nodejs',
  regions: ['iad1'],
  unstable_allowDynamic: ['/lib/utilities.js'],
};

export default withRateLimit(function () {
  return NextResponse.next();
});
