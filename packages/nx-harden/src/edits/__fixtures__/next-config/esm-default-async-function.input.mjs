// why
export default async function (phase) {
  return { env: { PHASE: phase } };
}
