import type { Buffer } from 'node:buffer';

/**
 * Reads a body in pieces of a fixed size, and lets go of it at once when a signal says so, even while it waits for more.
 */
export class BodyReader {
  private readonly iterator: AsyncIterator<Uint8Array>;
  private rest: Uint8Array | undefined;
  private interrupt: ((reason: unknown) => void) | undefined;
  private readonly onAbort: () => void;

  constructor(
    private readonly body: AsyncIterable<Uint8Array>,
    private readonly signal: AbortSignal,
  ) {
    this.iterator = body[Symbol.asyncIterator]();
    this.onAbort = () => this.interrupt?.(signal.reason);
    signal.addEventListener('abort', this.onAbort, { once: true });
  }

  /** The next chunk as it comes; undefined at the end. Throws what the body throws, or the signal's reason. */
  async chunk(): Promise<Uint8Array | undefined> {
    const { rest } = this;
    this.rest = undefined;
    if (rest) return rest;
    for (;;) {
      this.signal.throwIfAborted();
      // One listener for all chunks: a race with a promise that lives on would keep every chunk in memory.
      const next = await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
        this.interrupt = reject;
        this.iterator.next().then(resolve, reject);
      });
      this.interrupt = undefined;
      if (next.done) return undefined;
      if (next.value.byteLength > 0) return next.value;
    }
  }

  /** Fills the buffer as far as the body goes; returns the bytes it holds. */
  async fill(buffer: Buffer): Promise<number> {
    let length = 0;
    while (length < buffer.byteLength) {
      const chunk = await this.chunk();
      if (!chunk) break;
      const taken = chunk.subarray(0, buffer.byteLength - length);
      buffer.set(taken, length);
      length += taken.byteLength;
      if (taken.byteLength < chunk.byteLength) this.rest = chunk.subarray(taken.byteLength);
    }
    return length;
  }

  /** Whether more follows. */
  async hasMore(): Promise<boolean> {
    this.rest = await this.chunk();
    return this.rest !== undefined;
  }

  /** Ends the body; it is not waited for, since one that hangs would never end. */
  release(): void {
    this.signal.removeEventListener('abort', this.onAbort);
    const { destroy } = this.body as { destroy?: () => void };
    if (typeof destroy === 'function') destroy.call(this.body);
    else void this.iterator.return?.().catch(() => undefined);
  }
}
