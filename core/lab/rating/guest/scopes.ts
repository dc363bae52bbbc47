import type { JsonObject, JsonValue } from '#core/model/json.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import type { Product } from '#core/model/product.ts';
import { policyholderScope, policyScope, rowScope } from '#core/model/scope.ts';
import type { PricingInput } from '#core/pricing/contract.ts';
import type { PricedRow } from '#core/pricing/rows.ts';

/**
 * What the calculations of a risk see, as `liquidScopes` and `feeScope` make it (P30), but each part only when a file reads it: most files
 * read a few fields, and a whole policy takes longer to write down than to price.
 */
export class LazyScopes {
  readonly #input: PricingInput;
  readonly #product: Product;
  readonly #rows = new Map<string, JsonObject>();
  /** By row: a file changes nothing of what it sees, so a risk that is priced again is seen as it was. */
  readonly #scopes = new Map<string, JsonObject>();
  /** The same for tax files: the premium in it is replaced. */
  readonly #taxScopes = new Map<string, { readonly scope: JsonObject; readonly peril: { premium?: JsonValue } }>();
  #policy: JsonObject | undefined;
  #policyholder: JsonObject | undefined;

  constructor(input: PricingInput) {
    this.#input = input;
    this.#product = input.product;
  }

  /** @param premium of the row, once it is known: what tax files see */
  of(row: PricedRow, premium?: string): JsonObject {
    const { locator } = row.row;
    if (premium === undefined) {
      let scope = this.#scopes.get(locator);
      if (!scope) {
        scope = this.#of(row, this.#own(row));
        this.#scopes.set(locator, scope);
      }
      return scope;
    }
    let known = this.#taxScopes.get(locator);
    if (!known) {
      const peril = { ...this.#own(row) };
      known = { scope: this.#of(row, peril), peril };
      this.#taxScopes.set(locator, known);
    }
    known.peril.premium = { $decimal: premium };
    return known.scope;
  }

  #own(row: PricedRow): JsonObject {
    return this.#row(row.row, row.definition?.fields ?? []);
  }

  #of(row: PricedRow, peril: JsonObject): JsonObject {
    const exposure = this.#product.exposures.find(({ name }) => name === row.exposure.name);
    return this.#data({
      policy_characteristics: this.#row(row.policyRow, this.#product.fields),
      exposure_characteristics: this.#row(row.exposureRow, exposure?.fields ?? []),
      peril_characteristics: peril,
    });
  }

  /** What the fees file sees. @param priced the policy with its prices, made when it is read */
  ofFees(priced: () => PolicyResponse): JsonObject {
    const self = this;
    let data: JsonObject | undefined;
    // Most files of fees read nothing of a policy.
    return {
      get data() {
        data ??= self.#feeData(priced);
        return data;
      },
    };
  }

  #feeData(priced: () => PolicyResponse): JsonObject {
    const self = this;
    let scope: ReturnType<typeof policyScope> | undefined;
    let policy: PolicyResponse | undefined;
    const whole = (): ReturnType<typeof policyScope> => {
      policy ??= priced();
      scope ??= policyScope(policy, self.#product);
      return scope;
    };
    const data: JsonObject = {
      operation: this.#input.operation,
      get policy() {
        return whole().policy;
      },
      get policyholder() {
        return self.#holder();
      },
      get policy_characteristics() {
        const { rows } = whole();
        const current = policy?.characteristics.findLast((row) => row.replacedTimestamp === undefined);
        return current ? (rows.get(current.locator) ?? {}) : {};
      },
    };
    return data;
  }

  #data(rows: JsonObject): JsonObject {
    const self = this;
    const data: JsonObject = {
      operation: this.#input.operation,
      get policy() {
        self.#policy ??= policyScope(self.#input.policy, self.#product).policy;
        return self.#policy;
      },
      get policyholder() {
        return self.#holder();
      },
      ...rows,
    };
    return { data };
  }

  #holder(): JsonObject {
    const { policyholder, configuration } = this.#input;
    this.#policyholder ??= policyholderScope(policyholder, configuration.policyholder.fields);
    return this.#policyholder;
  }

  #row(row: Parameters<typeof rowScope>[0], fields: Parameters<typeof rowScope>[1]): JsonObject {
    const known = this.#rows.get(row.locator);
    if (known) return known;
    const made = rowScope(row, fields);
    this.#rows.set(row.locator, made);
    return made;
  }
}
