export async function register() { await import('./start.js'); }
