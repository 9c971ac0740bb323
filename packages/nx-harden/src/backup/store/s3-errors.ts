import { NotThere, StoreError } from './object-store';

/** What is asked of S3, for the sentence when it fails. */
export interface S3Request {
  /** Fits into "s3://… could not …": `be written`. */
  doing: string;
  /** In the bucket, with the store's prefix; none when the bucket itself is asked. */
  key?: string;
  /** The right that it takes: `s3:PutObject`. */
  right: string;
  /** The server may be silent for minutes. */
  joins?: boolean;
  /** In place of the connection's, in milliseconds. */
  patienceMs?: number;
}

interface SdkError {
  name: string;
  message: string;
  code?: string;
  $metadata?: { httpStatusCode?: number };
  $response?: { statusCode?: number; headers?: Record<string, string> };
}

const NEVER_CONNECTED = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];
const LOST = ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC'];
const BUSY = ['SlowDown', 'RequestTimeout', 'TimeoutError', 'InternalError', 'ServiceUnavailable', 'Throttling', 'ThrottlingException', 'TooManyRequestsException', 'RequestLimitExceeded', 'OperationAborted'];
const DENIED = ['AccessDenied', 'Forbidden', 'AllAccessDisabled', 'AccountProblem'];
const NOT_SUPPORTED = ['NotImplemented', 'MethodNotAllowed', 'UnsupportedOperation', 'XNotImplemented'];

/** The HTTP status; 0 when no answer came. */
export function statusOf(error: unknown): number {
  const { $metadata, $response } = error as SdkError;
  return $metadata?.httpStatusCode ?? $response?.statusCode ?? 0;
}

/** The server said that it has no such operation. */
export function isUnsupported(error: unknown): boolean {
  return NOT_SUPPORTED.includes((error as SdkError).name) || [405, 501].includes(statusOf(error));
}

/** A right is missing, or a lock is on the object: S3 answers the same. */
export function isDenied(error: unknown): boolean {
  return DENIED.includes((error as SdkError).name) || ((error as SdkError).name !== 'SignatureDoesNotMatch' && statusOf(error) === 403 && !CREDENTIALS[(error as SdkError).name]);
}

/** No object, or no upload, of that name; a bucket that is missing is another thing. */
export function isNotFound(error: unknown): boolean {
  const { name } = error as SdkError;
  return ['NoSuchKey', 'NotFound', 'NoSuchUpload', 'NoSuchVersion'].includes(name) || (statusOf(error) === 404 && name !== 'NoSuchBucket');
}

/** It may succeed when it is tried again. */
export function isTransient(error: unknown): boolean {
  const { name, code = '' } = error as SdkError;
  const status = statusOf(error);
  return NEVER_CONNECTED.includes(code) || LOST.includes(code) || BUSY.includes(name) || status === 429 || (status >= 500 && status !== 501);
}

/** There is no server at that address, or none that answers. */
export function neverConnected(error: unknown): boolean {
  return NEVER_CONNECTED.includes((error as SdkError).code ?? '');
}

const CREDENTIALS: Record<string, string> = {
  CredentialsProviderError: 'There are no credentials for S3: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or let the job assume a role (OIDC).',
  InvalidAccessKeyId: 'S3 does not know this access key: see whether AWS_ACCESS_KEY_ID belongs to this account and endpoint.',
  SignatureDoesNotMatch: 'S3 refuses the signature: AWS_SECRET_ACCESS_KEY is not the one of AWS_ACCESS_KEY_ID.',
  ExpiredToken: 'The credentials for S3 have expired: log in again, or let the role live longer than the backup takes.',
  ExpiredTokenException: 'The credentials for S3 have expired: log in again, or let the role live longer than the backup takes.',
  TokenRefreshRequired: 'The credentials for S3 have expired: log in again, or let the role live longer than the backup takes.',
  InvalidToken: 'S3 refuses the session token: AWS_SESSION_TOKEN does not belong to AWS_ACCESS_KEY_ID.',
};

/** Turns what the SDK throws into one sentence, without its stack, keys, or signed URLs. */
export function explainS3Error(thrown: unknown, request: S3Request, { bucket, where }: { bucket: string; where: string }): StoreError {
  if (thrown instanceof StoreError) return thrown;
  const error = thrown as SdkError;
  const { name, code = '' } = error;
  const status = statusOf(error);
  const what = `s3://${bucket}${request.key === undefined ? '' : `/${request.key}`}`;
  const failed = `${what} could not ${request.doing}`;
  const credentials = CREDENTIALS[name];
  if (credentials) return new StoreError(credentials);
  if (name === 'NoSuchBucket' || (status === 404 && request.key === undefined)) return new StoreError(`The bucket ${bucket} does not exist at ${where}: make it, or correct its name.`);
  if (status === 301 || ['PermanentRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException'].includes(name)) {
    const region = error.$response?.headers?.['x-amz-bucket-region'];
    return new StoreError(`The bucket ${bucket} is in another region${region ? `, ${region}` : ''}: set --region${region ? `=${region}` : ' to it'}.`);
  }
  if (/region is missing/i.test(error.message)) return new StoreError(`The region of the bucket ${bucket} is not known: set --region or AWS_REGION.`);
  if (name === 'RequestTimeTooSkewed') return new StoreError(`${failed}: this machine's clock differs from that of ${where} by more than 15 minutes. Set the clock.`);
  if (isDenied(error)) return new StoreError(`${failed}: access denied. The credentials need ${request.right} on ${resourceOf(bucket, request.right, request.key)}${name.startsWith('KMS') ? ', and the use of the KMS key' : ''}.`);
  if (isNotFound(error)) return new NotThere(`${what} is not there.`);
  if (name === 'InvalidObjectState') return new StoreError(`${failed}: it is in an archive class. Restore it there first (aws s3api restore-object).`);
  if (neverConnected(error)) return new StoreError(`${failed}: ${where} cannot be reached (${code}). See whether the endpoint is right and up.`);
  if (/CERT|SSL|TLS|EPROTO|SELF_SIGNED/.test(code)) return new StoreError(`${failed}: no trusted connection to ${where} (${code}). Correct the endpoint's scheme, or name its authority in NODE_EXTRA_CA_CERTS.`);
  if (name === 'TimeoutError' || LOST.includes(code)) return new StoreError(`${failed}: the connection to ${where} was lost or stood still, again and again. Try again when the network is well.`);
  if (isTransient(error)) return new StoreError(`${failed}: ${where} answered ${status || name} again and again. Try again later.`);
  return new StoreError(`${failed}: ${where} answered ${[status || '', name].filter(Boolean).join(' ')}: ${withoutAddresses(error.message)}`);
}

function resourceOf(bucket: string, right: string, key: string | undefined): string {
  const ofBucket = /^s3:(List|GetBucket)/.test(right) && right !== 's3:ListMultipartUploadParts';
  return ofBucket || key === undefined ? `arn:aws:s3:::${bucket}` : `arn:aws:s3:::${bucket}/${key}`;
}

/** A signed URL is as good as a key for as long as it lasts. */
function withoutAddresses(message: string): string {
  return String(message).replace(/\s+/g, ' ').replace(/(https?:\/\/[^\s?"']+)\?[^\s"']*/g, '$1');
}
