export async function register() {
  (await import('./a')).start()
  const b = await import('./b')
  b.start()
}
