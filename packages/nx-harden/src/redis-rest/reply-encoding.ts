import type { Reply } from './redis-connection';

/** How strings are written: as text, or in base64, as the header `Upstash-Encoding` asks for. */
export type ReplyEncoding = 'utf-8' | 'base64';

const OK = Buffer.from('OK');

/** A reply as Upstash writes it in JSON: `{"result":…}`, or `{"error":"…"}`. */
export function encodeReply(reply: Reply, encoding: ReplyEncoding): string {
  if (reply instanceof Error) return encodeError(reply.message);
  // Clients take an "OK" for itself, and not for base64, but only where it is the whole result.
  if (Buffer.isBuffer(reply) && reply.equals(OK)) return '{"result":"OK"}';
  return `{"result":${encodeValue(reply, encoding)}}`;
}

/** An error as Upstash writes it in JSON. */
export function encodeError(message: string): string {
  return `{"error":${JSON.stringify(message)}}`;
}

function encodeValue(value: Reply, encoding: ReplyEncoding): string {
  if (value === null) return 'null';
  if (Buffer.isBuffer(value)) return encoding === 'base64' ? `"${value.toString('base64')}"` : JSON.stringify(value.toString('utf-8'));
  if (Array.isArray(value)) return `[${value.map((item) => encodeValue(item, encoding)).join(',')}]`;
  if (value instanceof Error) return encodeValue(Buffer.from(value.message), encoding);
  // The digits of an integer, which JSON takes as they are.
  return value;
}
