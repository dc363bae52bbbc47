import {
  listAutofillCalls,
  needAutofillCall,
  removeAutofillCall,
  setAutofillCall,
} from '#core/policy/autofill-calls.ts';
import { executeLambda } from '#core/policy/lambda.ts';
import type { Door } from '../door.ts';
import { AutofillSet, Lambda } from '../schemas.ts';

/** The tenant's lambda, and who fills in requests, at the paths of the original platform (formats §2.11). */
export function lambdaResources(door: Door): void {
  door.on(
    {
      method: 'post',
      path: '/lambda',
      tag: 'Lambda',
      summary: "Run the tenant's lambda; its answer as it is",
      body: Lambda,
      answer: 'any',
    },
    ({ desk, body, caller }) => executeLambda(desk, caller(), body),
  );
  const tag = 'Autofill';
  const path = '/integrations/autofill';
  door.on(
    {
      method: 'put',
      path,
      tag,
      summary: 'Say who fills in an operation, in order',
      body: AutofillSet,
      answer: 'AutofillCallResponse',
    },
    ({ desk, body, caller }) => needAutofillCall(desk, setAutofillCall(desk, caller(), body)),
  );
  door.on(
    { method: 'get', path, tag, summary: 'All autofill operations', answer: 'AutofillIntegrationResponse' },
    ({ desk }) => ({ calls: listAutofillCalls(desk) }),
  );
  door.on(
    {
      method: 'get',
      path: `${path}/:locator`,
      tag,
      summary: 'One autofill operation',
      answer: 'AutofillCallResponse',
    },
    ({ desk, param }) => needAutofillCall(desk, param('locator')),
  );
  door.on(
    { method: 'delete', path: `${path}/:locator`, tag, summary: 'Remove an autofill operation', answer: 'Empty' },
    ({ desk, param, caller }) => removeAutofillCall(desk, caller(), param('locator')),
  );
}
