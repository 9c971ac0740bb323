export async function register() { /* nothing yet */ }
