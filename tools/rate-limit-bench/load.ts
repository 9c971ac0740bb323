import autocannon from 'autocannon';

/** What came back in one run. */
export interface Answers {
  /** 2xx and 429 answers a second. */
  rate: number;
  ok: number;
  refused: number;
  /** 5xx, other statuses, and requests without an answer. */
  errors: number;
  p50: number;
  p99: number;
}

/** Sends requests over 32 connections for some seconds. Of `many` clients each calls once, `one` calls all the time. */
export async function load(url: string, seconds: number, clients: 'many' | 'one', connections = 32): Promise<Answers> {
  let index = Math.floor(Math.random() * 200) * 65_536;
  const headers = { 'x-forwarded-for': addressOf(index) };
  const another = (request: autocannon.Request) => ({ ...request, headers: { ...request.headers, 'x-forwarded-for': addressOf(index++) } });
  const requests: autocannon.Request[] = clients === 'one' ? [{ headers }] : [{ setupRequest: another }];
  const { '2xx': ok, statusCodeStats = {}, errors, non2xx, duration, latency } = await autocannon({ url, connections, duration: seconds, requests });
  const refused = statusCodeStats['429']?.count ?? 0;
  return { rate: (ok + refused) / duration, ok, refused, errors: errors + non2xx - refused, p50: latency.p50, p99: latency.p99 };
}

/** Calls as one client as fast as it can, and says when (ms since the first) it was let through. */
export async function admissions(url: string, seconds: number): Promise<number[]> {
  const started = performance.now();
  const admitted: number[] = [];
  const address = addressOf(Math.floor(Math.random() * 2 ** 24));
  const worker = async (): Promise<void> => {
    while (performance.now() - started < seconds * 1000) {
      const { status } = await fetch(url, { headers: { 'x-forwarded-for': address } }).then(async (response) => {
        await response.arrayBuffer();
        return response;
      });
      if (status === 200) admitted.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  return admitted.sort((a, b) => a - b);
}

function addressOf(index: number): string {
  return `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
}
