export default function* middleware() {
  yield new Response();
}
