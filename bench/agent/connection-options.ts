import type { SliceOrder } from '../model/load-agent.ts';
import { present } from '../model/present.ts';
import type { Request } from '../model/request.ts';
import type { Expected } from './answer-reader.ts';
import type { ConnectionOptions } from './connection.ts';
import { hostHeaderOf, plainGet, requestBytes } from './request-bytes.ts';
import { endpointOf } from './socket.ts';

/** Methods that change nothing at the server, so that a request may be sent again (RFC 9110, section 9.2.1). */
const repeatableMethods: readonly string[] = ['GET', 'HEAD'];

/**
 * After this many broken connections in a row no more are made, because a refused one is retried without a
 * pause.
 */
const hopelessAfter = 100;

/** Methods whose requests may have a body. */
const uploadMethods: readonly string[] = ['POST', 'PUT', 'PATCH'];

/** The same request, or a POST, with a body of so many bytes. */
function upload(asked: Asked, bytes: number): Asked {
  const method = uploadMethods.includes(asked.method) ? asked.method : 'POST';
  return { ...asked, method, body: 'u'.repeat(bytes) };
}

type Asked = Pick<Request, 'method' | 'headers' | 'body' | 'expectedStatus'>;

/** @throws {Error} the order's URL is none. */
export function connectionOptions({
  url,
  request: asked,
  uploadBytes,
  expectedBodyBytes,
  timeoutSeconds,
}: Pick<
  SliceOrder,
  'url' | 'request' | 'uploadBytes' | 'expectedBodyBytes' | 'timeoutSeconds'
>): ConnectionOptions {
  const request = uploadBytes === undefined ? asked : upload(asked ?? plainGet, uploadBytes);
  const { method } = request ?? plainGet;
  const expected: Expected = {
    ...present({ bodyBytes: expectedBodyBytes, status: request?.expectedStatus }),
    headOnly: method === 'HEAD',
  };
  return {
    endpoint: endpointOf(url, hostHeaderOf(request ?? plainGet)),
    request: requestBytes(url, request),
    expected,
    repeatable: repeatableMethods.includes(method),
    timeoutSeconds,
    learned: { frame: undefined },
    hopelessAfter,
  };
}
