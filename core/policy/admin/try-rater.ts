import type { Deployed } from '#core/desk/configurations.ts';
import { type Desk, look } from '#core/desk/desk.ts';
import type { Exchange } from '#core/desk/outside.ts';
import { Problem } from '#core/model/problem.ts';
import type { PolicyCreateRequest } from '#core/model/request.ts';
import { EXTERNAL_RATER } from '#core/product/integrations.ts';
import { sampleRequests } from '#core/product/sample.ts';
import { needPolicy } from '../policies.ts';
import { type Preview, previewPolicy, previewRequest } from '../preview.ts';

/** What a rater is tried with: a sampled risk of a product, or a stored policy. */
export type TrialOf = { readonly product: string; readonly seed: string } | { readonly policy: string };
export interface Trial {
  /** What was asked and answered; absent when the risk never got as far as the rater. */
  readonly exchange?: Exchange;
  /** What was sent beside the body, secrets masked. */
  readonly headers: Readonly<Record<string, string>>;
  readonly preview: Preview;
}

/**
 * Asks a registered rater for real, with a request marked as a trial, and works its answer out. Nothing is stored: neither the
 * exchange nor the risk. The product is priced by this rater whatever its policy.json names.
 * Throws `not-found` for what it is tried with, `wrong-state` for an integration that prices nothing.
 */
export async function tryRater(desk: Desk, name: string, of: TrialOf): Promise<Trial> {
  refuseOtherTypes(desk, name);
  let exchange: Exchange | undefined;
  let headers: Readonly<Record<string, string>> = {};
  const trial: Desk = {
    ...desk,
    configurations: pricedBy(desk, name),
    raters: (configuration) =>
      desk.raters(
        configuration,
        (said, sent) => {
          exchange = said;
          headers = sent;
        },
        { trial: true },
      ),
  };
  const preview =
    'policy' in of ? await previewPolicy(trial, needPolicy(desk, of.policy).locator) : await sampled(trial, of);
  return { ...(exchange ? { exchange } : {}), headers, preview };
}

function refuseOtherTypes(desk: Desk, name: string): void {
  // One that only a configuration brings is judged where it is looked up.
  const type = look(desk, 'integration', name)?.record.type ?? EXTERNAL_RATER;
  if (type === EXTERNAL_RATER) return;
  throw new Problem(
    'wrong-state',
    `"${name}" is registered as ${type}: only external raters can be tried from here yet.`,
    { place: { locator: name } },
  );
}

/** The deployed configurations, each product priced by the rater that is tried. */
function pricedBy(desk: Desk, externalRater: string): Desk['configurations'] {
  const priced = ({ record, configuration }: Deployed): Deployed => ({
    record,
    configuration: {
      ...configuration,
      products: configuration.products.map((product) => ({ ...product, externalRater })),
    },
  });
  return {
    ...desk.configurations,
    version: async (configVersion) => priced(await desk.configurations.version(configVersion)),
    newestOf: async (product) => priced(await desk.configurations.newestOf(product)),
  };
}

async function sampled(
  desk: Desk,
  { product: name, seed }: { readonly product: string; readonly seed: string },
): Promise<Preview> {
  const { configuration } = await desk.configurations.newestOf(name);
  const product = configuration.products.find((candidate) => candidate.name === name);
  const [request] = product ? sampleRequests(product, configuration, { count: 1, seed, now: desk.now() }) : [];
  if (!request) throw new Problem('not-found', `There is no product "${name}".`);
  // A sample is a request like any other; its groups are lists of text, which requests take.
  return previewRequest(desk, {
    policyholder: request.policyholder,
    policy: request.policy as unknown as PolicyCreateRequest,
  });
}
