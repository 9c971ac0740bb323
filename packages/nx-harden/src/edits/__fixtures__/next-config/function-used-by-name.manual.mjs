export default function config() {
  return {};
}
config.version = 1;
