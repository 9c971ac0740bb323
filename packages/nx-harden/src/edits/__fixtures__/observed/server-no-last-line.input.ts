export async function register() {
  await import('./jobs');
}