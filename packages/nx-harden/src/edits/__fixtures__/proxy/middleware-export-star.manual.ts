export * from './lib/session';
