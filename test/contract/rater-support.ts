import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import path from 'node:path';
import { afterAll } from 'vitest';
import type { PolicyResponse } from '#core/model/policy.ts';
import { deployConfiguration } from '#core/policy/deploy.ts';
import { loadConfiguration } from '#core/product/load.ts';
import { ACTOR, draft, SMALL_RISK, smallProduct, type TestWorkbench } from './support.ts';

/** A question as a rater sees it. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly raw: string;
  readonly body: RaterRequest;
}
export interface RaterRequest {
  readonly operation: string;
  readonly policy: PolicyResponse;
  readonly policyExposurePerils: readonly {
    readonly policyCharacteristicsLocator: string;
    readonly exposureCharacteristicsLocator: string;
    readonly perilCharacteristicsLocator: string;
  }[];
  readonly tenantTimeZone: string;
  readonly [locator: string]: unknown;
}
export type Behaviour = (asked: Asked, response: http.ServerResponse, socket: Socket) => void;
export interface TestRater {
  readonly address: string;
  readonly asked: Asked[];
  answer: Behaviour;
  close(): Promise<void>;
}

const TLS = path.join(import.meta.dirname, 'fixtures/tls');

/** A real rater on a real socket whose answers a test decides; ended after the file's tests. */
export async function startRater(options: { readonly tls?: boolean; readonly port?: number } = {}): Promise<TestRater> {
  const asked: Asked[] = [];
  const listen = (request: http.IncomingMessage, response: http.ServerResponse): void => {
    let raw = '';
    request.setEncoding('utf8');
    request.on('data', (part: string) => {
      raw += part;
    });
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one: Asked = { method, path: url, headers, raw, body: JSON.parse(raw || '{}') as RaterRequest };
      asked.push(one);
      rater.answer(one, response, request.socket);
    });
  };
  const server = options.tls
    ? https.createServer(
        { key: readFileSync(path.join(TLS, 'key.pem')), cert: readFileSync(path.join(TLS, 'certificate.pem')) },
        listen,
      )
    : http.createServer(listen);
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const rater: TestRater = {
    address: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    asked,
    answer: (one, response) => json(response, prices(one.body)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  afterAll(() => rater.close());
  return rater;
}

export function json(response: http.ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

/** A price for every row that is asked for. */
export function prices(request: RaterRequest, price: unknown = { yearlyPremium: '120.00' }): object {
  return {
    pricedPerilCharacteristics: Object.fromEntries(
      request.policyExposurePerils.map(({ perilCharacteristicsLocator }) => [perilCharacteristicsLocator, price]),
    ),
  };
}

/** The small product, priced by the external rater of that name. */
function ratedProduct(rater: string): Record<string, string> {
  const { 'policy/exposures/thing/perils/loss.premium.liquid': _, ...files } = smallProduct();
  return {
    ...files,
    'policy/policy.json': JSON.stringify({ fields: [], externalRater: rater }),
    'policy/endorsements.json': '{"endorsements":[{"name":"change","displayName":"Change","reprice":"always"}]}',
  };
}

/** Deploys that product; `integrations` is what its configuration brings in `integrations.json`. */
export async function deployRated(
  opened: TestWorkbench,
  rater: string,
  product = 'rated',
  integrations?: readonly object[],
): Promise<void> {
  const files = Object.entries(ratedProduct(rater)).map(([file, text]) => [`products/${product}/${file}`, text]);
  const texts: Record<string, string> = {
    'config.json': '{"timezone":"America/Los_Angeles","currency":"USD"}',
    ...Object.fromEntries(files),
    ...(integrations ? { 'integrations.json': JSON.stringify(integrations) } : {}),
  };
  const content = new Map(Object.entries(texts).map(([file, text]) => [file, new TextEncoder().encode(text)]));
  await deployConfiguration(opened.workbench.desk, { actor: ACTOR }, await loadConfiguration({ files: content }));
}

export function draftRated(opened: TestWorkbench, productName = 'rated'): Promise<PolicyResponse> {
  return draft(opened, { policy: { productName, ...SMALL_RISK } });
}
