import type { JsonObject } from '#core/model/json.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { type PolicyScope, policyholderScope, policyScope } from '#core/model/scope.ts';
import type { PricingInput } from './contract.ts';
import type { PricedRow } from './rows.ts';

/** What the files of one transaction see: what they share, and what each call lays over it (P30). */
export interface LiquidScopes {
  readonly shared: JsonObject;
  /** The rows of one peril; rows that most calls share stand in `shared` already. `extra` is laid over the peril's row. */
  call(row: PricedRow, extra?: JsonObject): JsonObject;
}

/** The scopes of a transaction's rows; what the first row sees is shared, other rows bring what differs. */
export function liquidScopes(input: PricingInput, policy: PolicyResponse, rows: readonly PricedRow[]): LiquidScopes {
  const scope = policyScope(policy, input.product);
  const first = rows[0];
  const common: JsonObject = first
    ? {
        policy_characteristics: rowOf(scope, first.policyRow.locator),
        exposure_characteristics: rowOf(scope, first.exposureRow.locator),
      }
    : {};
  return {
    shared: {
      data: {
        operation: input.operation,
        policy: scope.policy,
        policyholder: policyholderScope(input.policyholder, input.configuration.policyholder.fields),
        ...common,
      },
    },
    call: (row, extra) => {
      const own = Object.entries(rowsOf(scope, row)).filter(([name, value]) => common[name] !== value);
      const data = Object.fromEntries(own);
      return {
        data: extra ? { ...data, peril_characteristics: { ...rowOf(scope, row.row.locator), ...extra } } : data,
      };
    },
  };
}

/** What the fees file sees: the priced policy and its current policy row. */
export function feeScope(input: PricingInput, priced: PolicyResponse): JsonObject {
  const scope = policyScope(priced, input.product);
  const current = priced.characteristics.findLast((row) => row.replacedTimestamp === undefined);
  return {
    data: {
      operation: input.operation,
      policy: scope.policy,
      policyholder: policyholderScope(input.policyholder, input.configuration.policyholder.fields),
      policy_characteristics: current ? rowOf(scope, current.locator) : {},
    },
  };
}

function rowsOf(scope: PolicyScope, row: PricedRow): JsonObject {
  return {
    policy_characteristics: rowOf(scope, row.policyRow.locator),
    exposure_characteristics: rowOf(scope, row.exposureRow.locator),
    peril_characteristics: rowOf(scope, row.row.locator),
  };
}

function rowOf(scope: PolicyScope, locator: string): JsonObject {
  return scope.rows.get(locator) ?? {};
}
