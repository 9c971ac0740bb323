import { NextResponse } from 'next/server';

export const config = {
  runtime: 'nodejs',
  regions: ['iad1'],
  unstable_allowDynamic: ['/lib/utilities.js'],
};

export default function () {
  return NextResponse.next();
}
