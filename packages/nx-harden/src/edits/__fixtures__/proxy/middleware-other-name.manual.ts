export function proxy() {
  return new Response();
}
