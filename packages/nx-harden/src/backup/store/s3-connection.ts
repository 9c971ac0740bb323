import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError } from './object-store';
import { explainS3Error, isTransient, neverConnected, type S3Request } from './s3-errors';

/** The SDK's module; it is an optional peer, loaded when a store in S3 is opened. */
export type S3Sdk = typeof import('@aws-sdk/client-s3');

/** Where a bucket is and how it is reached. */
export interface BucketAddress {
  bucket: string;
  /** By default the SDK's: AWS_REGION, or the profile's. */
  region?: string | undefined;
  /** URL of a server other than AWS. */
  endpoint?: string | undefined;
  /** The bucket in the path instead of the host name; by default for a server other than AWS. */
  pathStyle?: boolean | undefined;
  /** How long 5xx answers and lost connections are borne before a request fails, in milliseconds. */
  patienceMs?: number | undefined;
  /** How long a connection may move no byte, in milliseconds. */
  stallMs?: number | undefined;
}

const PATIENCE_MS = 90_000;
const STALL_MS = 30_000;
const CONNECT_MS = 10_000;
const LONGEST_PAUSE_MS = 5_000;
/** The SDK's own, for one call; what lasts longer is up to our patience. Its budget of retries is shared by all calls of a client. */
const ATTEMPTS = 3;
/** Some servers join the parts of an upload before they send a first byte. */
const JOINING_MS = 300_000;

/** A client and how long it has patience. */
export class S3Connection {
  readonly client: S3Client;
  readonly bucket: string;
  readonly where: string;
  /** In milliseconds. */
  readonly patienceMs: number;
  private answered = false;
  private slow: S3Client | undefined;

  constructor(
    readonly sdk: S3Sdk,
    private readonly address: BucketAddress,
  ) {
    this.bucket = address.bucket;
    this.where = address.endpoint ?? 'AWS';
    this.patienceMs = address.patienceMs ?? PATIENCE_MS;
    this.client = new sdk.S3Client(this.config(address.stallMs ?? STALL_MS));
  }

  /** Makes a request with patience: again after 5xx answers and lost connections. Throws a {@link StoreError}, or the signal's reason. */
  async ask<T>(request: S3Request, work: (client: S3Client, options: { abortSignal?: AbortSignal }) => Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      return await this.askRaw(request, work, signal);
    } catch (error) {
      throw error === signal?.reason ? error : explainS3Error(error, request, this);
    }
  }

  /** As `ask`, with the SDK's own error, for callers that tell one from another. */
  async askRaw<T>(request: S3Request, work: (client: S3Client, options: { abortSignal?: AbortSignal }) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const client = request.joins ? this.joiner() : this.client;
    const until = performance.now() + (request.patienceMs ?? this.patienceMs);
    for (let pause = 250; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      signal?.throwIfAborted();
      try {
        const answer = await work(client, signal ? { abortSignal: signal } : {});
        this.answered = true;
        return answer;
      } catch (error) {
        if (signal?.aborted) throw signal.reason;
        // A server that never answered is a wrong address more often than an outage: no use in waiting.
        if (request.patienceMs === 0) throw error;
        const hopeless = !isTransient(error) || (!this.answered && neverConnected(error));
        if (hopeless || performance.now() + pause > until) throw error;
        // Chance keeps the parts of an upload from coming back all at once.
        await sleep(pause * (0.5 + Math.random() / 2), undefined, signal ? { signal } : undefined).catch(() => undefined);
      }
    }
  }

  /** What the server's clock says, whatever else it answers. */
  async now(): Promise<Date> {
    let date: string | undefined;
    const request: S3Request = { doing: 'be reached', right: 's3:ListBucket' };
    const command = new this.sdk.HeadBucketCommand({ Bucket: this.bucket });
    command.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        date = (result.response as { headers?: Record<string, string> }).headers?.['date'];
        return result;
      },
      { step: 'deserialize', priority: 'low', name: 'serverClock' },
    );
    try {
      await this.ask(request, (client, options) => client.send(command, options));
    } catch (error) {
      if (date === undefined) throw error;
    }
    const now = new Date(date ?? '');
    if (Number.isNaN(now.getTime())) throw new StoreError(`${this.where} does not say what time it is (no Date header), so ages cannot be told: take a store that does.`);
    return now;
  }

  close(): void {
    this.client.destroy();
    this.slow?.destroy();
  }

  private joiner(): S3Client {
    this.slow ??= new this.sdk.S3Client({ ...this.config(Math.max(JOINING_MS, this.address.stallMs ?? 0)), credentials: this.client.config.credentials, region: this.client.config.region });
    return this.slow;
  }

  private config(socketTimeout: number): S3ClientConfig {
    const { region, endpoint, pathStyle } = this.address;
    const elsewhere = endpoint ?? process.env['AWS_ENDPOINT_URL_S3'] ?? process.env['AWS_ENDPOINT_URL'];
    return {
      ...(region !== undefined && { region }),
      // Servers other than AWS take any region, and have no profile to read it from.
      ...(region === undefined && elsewhere && !process.env['AWS_REGION'] && { region: 'us-east-1' }),
      ...(endpoint !== undefined && { endpoint }),
      forcePathStyle: pathStyle ?? elsewhere !== undefined,
      maxAttempts: ATTEMPTS,
      retryMode: 'standard',
      requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout },
      // A wait for "100 Continue" takes a connection of its own for each part, and six seconds where a server sends none.
      expectContinueHeader: false,
      // Readers compare SHA-256 with the manifest; the SDK's own check would stop at a connection that is taken up again.
      responseChecksumValidation: 'WHEN_REQUIRED',
    };
  }
}

/** Loads the SDK. Throws a {@link StoreError} that names the package when it is not installed. */
export async function loadS3Sdk(): Promise<S3Sdk> {
  try {
    return await import('@aws-sdk/client-s3');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'MODULE_NOT_FOUND' && code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new StoreError('Backups in S3 need the package @aws-sdk/client-s3 in the workspace: pnpm add -Dw @aws-sdk/client-s3 (or npm install -D @aws-sdk/client-s3).');
  }
}
