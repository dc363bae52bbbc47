import { listExchanges, recentExchanges } from '#core/integrations/exchanges.ts';
import {
  addIntegration,
  type IntegrationResponse,
  listIntegrations,
  listSecrets,
  removeIntegration,
  removeSecret,
  replaceIntegration,
  setSecret,
  undoIntegration,
} from '#core/integrations/integrations.ts';
import type { Rerating } from '#core/integrations/rerate-timer.ts';
import { listRerates, removeRerate } from '#core/integrations/rerates.ts';
import { Problem } from '#core/model/problem.ts';
import { insuredName } from '#core/policy/insured-name.ts';
import { needPolicy } from '#core/policy/policies.ts';
import type { RecentExchange } from '../contracts/admin.ts';
import type { Door, EndpointCall } from '../door.ts';
import { IntegrationAdd, IntegrationUpdate, Nothing, SecretSet } from '../schemas.ts';

const tag = 'Integrations';
const answer = 'ExternalServiceIntegrationsResponse';

/** The registry of services outside at the original's paths (formats §5), and its secrets. */
export function integrationResources(door: Door): void {
  door.on(
    { method: 'get', path: '/integrations', tag, summary: 'The registered services outside, secrets masked', answer },
    ({ desk }) => registry(listIntegrations(desk)),
  );
  door.on(
    { method: 'post', path: '/integrations', tag, summary: 'Register one', body: IntegrationAdd, answer },
    ({ desk, body, caller }) => {
      const { tenantLocator: _, ...request } = body;
      addIntegration(desk, caller(), request);
      return registry(listIntegrations(desk));
    },
  );
  door.on(
    {
      method: 'put',
      path: '/integrations/:name',
      tag,
      summary: 'Replace one as a whole; a masked secret stays',
      body: IntegrationUpdate,
      answer,
    },
    ({ desk, param, body, caller }) => {
      const { tenantLocator: _, name = param('name'), ...request } = body;
      if (name !== param('name'))
        throw new Problem(
          'malformed-request',
          'The name of an integration stays: products name it. Register another one instead.',
        );
      replaceIntegration(desk, caller(), { name, ...request });
      return registry(listIntegrations(desk));
    },
  );
  door.on(
    { method: 'delete', path: '/integrations/:name', tag, summary: 'Take one out of the registry', answer },
    ({ desk, param, caller }) => {
      removeIntegration(desk, caller(), param('name'));
      return registry(listIntegrations(desk));
    },
  );
  door.on(
    {
      method: 'post',
      path: '/api/integrations/:name/undo',
      tag,
      summary: 'Take the last change of one back, also its removal, with its secrets',
      body: Nothing,
      answer,
    },
    ({ desk, param, caller }) => {
      undoIntegration(desk, caller(), param('name'));
      return registry(listIntegrations(desk));
    },
  );
  door.on(
    {
      method: 'get',
      path: '/api/secrets',
      tag,
      summary: 'Names of the secrets that are set for integrations.json',
      answer: 'Secret[]',
    },
    ({ desk }) => listSecrets(desk),
  );
  const secretName = ({ param }: EndpointCall<unknown>): string => {
    if (/^[\w.-]{1,100}$/.test(param('name'))) return param('name');
    throw new Problem('malformed-request', 'The name of a secret is 1 to 100 letters, digits, dots, dashes.');
  };
  door.on(
    {
      method: 'put',
      path: '/api/secrets/:name',
      tag,
      summary: 'Set what {"$secret": name} stands for',
      body: SecretSet,
      answer: 'Secret[]',
    },
    (call) => {
      setSecret(call.desk, call.caller(), secretName(call), call.body.value);
      return listSecrets(call.desk);
    },
  );
  door.on(
    { method: 'delete', path: '/api/secrets/:name', tag, summary: 'Forget a secret', answer: 'Secret[]' },
    (call) => {
      removeSecret(call.desk, call.caller(), secretName(call));
      return listSecrets(call.desk);
    },
  );
}

/** What raters were asked, and what waits until they answer again. */
export function raterResources(door: Door, rerating: Rerating): void {
  door.on(
    {
      method: 'get',
      path: '/api/policies/:locator/exchanges',
      tag,
      summary: 'What raters were asked for a policy and what they said, oldest first',
      answer: 'Exchange[]',
    },
    ({ desk, param }) => listExchanges(desk, needPolicy(desk, param('locator')).locator),
  );
  door.on(
    {
      method: 'get',
      path: '/api/exchanges',
      tag,
      summary: 'The last questions to services outside, newest first, without what was said',
      answer: 'RecentExchange[]',
    },
    ({ desk }): readonly RecentExchange[] =>
      recentExchanges(desk, 50).map((exchange) => {
        const { policyholderLocator } = needPolicy(desk, exchange.policyLocator).record;
        return { ...exchange, insured: insuredName(desk, policyholderLocator) };
      }),
  );
  door.on(
    {
      method: 'get',
      path: '/api/rerates',
      tag,
      summary: 'Transactions that wait for their rater, and those that a person has to look at',
      answer: 'Rerate[]',
    },
    ({ desk }) => listRerates(desk),
  );
  door.on(
    {
      method: 'post',
      path: '/api/rerates/run',
      tag,
      summary: 'Try everything that waits, now',
      body: Nothing,
      answer: 'RerateRun',
    },
    ({ caller }) => {
      caller();
      return rerating.run();
    },
  );
  door.on(
    {
      method: 'delete',
      path: '/api/rerates/:locator',
      tag,
      summary: 'Give up on one; the draft stays',
      answer: 'Rerate[]',
    },
    ({ desk, param, caller }) => {
      removeRerate(desk, caller(), param('locator'));
      return listRerates(desk);
    },
  );
}

/** The original names a tenant beside each; here there is one. */
function registry(integrations: readonly IntegrationResponse[]): object {
  return {
    externalServiceIntegrations: integrations.map((integration) => ({ ...integration, tenantLocator: 'fieldwriter' })),
  };
}
