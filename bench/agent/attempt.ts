import http from 'node:http';
import https from 'node:https';
import { messageOf } from '../model/failure.ts';
import type { Request } from '../model/request.ts';
import { hostHeaderOf, plainGet } from './request-bytes.ts';
import { endpointOf } from './socket.ts';

/** How a single request is made, outside of any measurement: by Node's own client, which reads whatever HTTP/1.1 allows. */
interface Attempting {
  /** An agent for connections that stay open, one at a time. */
  keepingOpen(): http.Agent;
  /** @param agent false: on a connection of its own. */
  begin(agent: http.Agent | false, more?: Readonly<Record<string, string>>): http.ClientRequest;
}

/** @throws {Error} the URL is none of http or https. */
export function attempting(
  url: string,
  asked: Pick<Request, 'method' | 'headers' | 'body'> = plainGet,
): Attempting {
  const { tls } = endpointOf(url, hostHeaderOf(asked));
  // The certificate of a service under test is one of its own making.
  const secured = { ...tls, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] };
  const keeping = { keepAlive: true, maxSockets: 1 };
  return {
    keepingOpen: () =>
      tls === undefined ? new http.Agent(keeping) : new https.Agent({ ...keeping, ...secured }),
    begin(agent, more = {}) {
      const { method, headers } = asked;
      const options = { method, headers: { ...headers, ...more }, agent };
      const request =
        tls === undefined ? http.request(url, options) : https.request(url, { ...options, ...secured });
      return request;
    },
  };
}

/** Why a request has no answer, in words. */
export function inWords(error: Error): string {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ECONNREFUSED') return 'connection refused';
  if (code === 'ECONNRESET') return 'the connection was closed before the whole answer had arrived';
  if (typeof code === 'string' && code.startsWith('HPE_')) return `it is not HTTP/1.1 (${messageOf(error)})`;
  return messageOf(error);
}
