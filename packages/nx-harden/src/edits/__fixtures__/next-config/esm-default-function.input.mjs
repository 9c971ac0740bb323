export default function config(phase) {
  return { env: { PHASE: phase } };
}
