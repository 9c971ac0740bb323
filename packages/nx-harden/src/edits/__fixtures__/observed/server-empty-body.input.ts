export async function register() {}
