import type { Readable, Writable } from 'node:stream';

/** Large enough that handing one on costs little, small enough to stay in a processor's cache. */
const BLOCK = 1024 * 1024;
const BLOCKS = 3;

/** One that reads along, and may stop to: what became of it is told elsewhere. */
export interface Reader {
  stream: Writable;
  /** Its failure does not end the pump. */
  mayStop?: boolean;
}

/**
 * Copies a stream into a few blocks that are used again and again, and hands each to all readers, at the pace of the
 * slowest. pg_dump writes some kilobytes at a time; hashing and compressing each of them by itself costs CPU that is short, and
 * new memory for each keeps the garbage collector busy. A reader must not keep a block after its write was called back.
 */
export async function pump(source: Readable, readers: readonly Reader[], onBlock: (block: Uint8Array) => void): Promise<void> {
  const free = Array.from({ length: BLOCKS }, () => Buffer.allocUnsafeSlow(BLOCK));
  const busy = new Set<Promise<void>>();
  let failure: unknown;
  let block = free.pop() as Buffer<ArrayBuffer>;
  let filled = 0;

  const hand = async (): Promise<void> => {
    const used = block;
    const view = used.subarray(0, filled);
    onBlock(view);
    const done = Promise.all(readers.map((reader) => write(reader, view))).then(
      () => void free.push(used),
      (error: unknown) => {
        failure ??= error;
        free.push(used);
      },
    );
    busy.add(done);
    void done.then(() => busy.delete(done));
    while (free.length === 0) await Promise.race(busy);
    if (failure) throw failure;
    block = free.pop() as Buffer<ArrayBuffer>;
    filled = 0;
  };

  for await (const piece of source as AsyncIterable<Buffer>) {
    for (let from = 0; from < piece.length; ) {
      const copied = piece.copy(block, filled, from);
      from += copied;
      filled += copied;
      if (filled === BLOCK) await hand();
    }
  }
  if (filled > 0) await hand();
  await Promise.all(busy);
  if (failure) throw failure;
}

function write({ stream, mayStop = false }: Reader, block: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    if (stream.destroyed || stream.writableEnded) return mayStop ? resolve() : reject(stream.errored ?? new Error('The stream was closed.'));
    stream.write(block, (error) => (error && !mayStop ? reject(error) : resolve()));
  });
}
