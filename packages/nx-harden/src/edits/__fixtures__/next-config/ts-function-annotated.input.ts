import type { NextConfig } from 'next';

export default async function config(phase: string): Promise<NextConfig> {
  return { env: { PHASE: phase } };
}
