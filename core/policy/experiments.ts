import * as z from 'zod';
import type { Deployed } from '#core/desk/configurations.ts';
import { type Desk, look } from '#core/desk/desk.ts';
import { armOf } from '#core/model/experiment.ts';
import type { JsonValue } from '#core/model/json.ts';
import type { PolicyCreateRequest, RequestValues } from '#core/model/request.ts';
import type { Millis } from '#core/model/time.ts';
import { deployedFor } from './policies.ts';

/** Where the experiments of a store are kept: few, and read with every new quote. */
export const EXPERIMENTS_SETTING = 'experiments';

export const ExperimentRecord = z.strictObject({
  locator: z.string(),
  product: z.string(),
  name: z.string(),
  seed: z.string(),
  traffic: z.number(),
  arms: z.array(z.strictObject({ name: z.string(), configVersion: z.int(), share: z.number() })),
  /** The fields whose values name a risk: `policyholder.email`, `policy.plate`, `vehicle.vin`. */
  key: z.array(z.string()),
  /** Milliseconds; new quotes from then on, until then. */
  from: z.int(),
  until: z.int().optional(),
  createdAt: z.int(),
  createdBy: z.string(),
});
export type ExperimentRecord = z.infer<typeof ExperimentRecord>;
const Kept = z.strictObject({ experiments: z.array(ExperimentRecord) });

/** All experiments, oldest first. */
export function experimentsOf(desk: Desk): readonly ExperimentRecord[] {
  const kept = look(desk, 'setting', EXPERIMENTS_SETTING);
  return kept ? Kept.parse(kept.record).experiments : [];
}

/** The experiment that new quotes of a product take part in at an instant; at most one does. */
export function runningExperiment(desk: Desk, product: string, at: Millis): ExperimentRecord | undefined {
  return experimentsOf(desk).find(
    (one) => one.product === product && one.from <= at && (one.until === undefined || at < one.until),
  );
}

/** What a new quote is made with, and through which arm of which experiment. */
export interface Assigned {
  readonly deployed: Deployed;
  readonly experiment?: { readonly locator: string; readonly arm: string };
}

/**
 * The configuration of a new quote (EX4): the version that the request names; without one its arm's while an experiment runs, else
 * the newest. A screen says whose form it shows (`formVersion`): while that is the newest, the risk takes part.
 */
export async function assignedFor(
  desk: Desk,
  request: PolicyCreateRequest,
  policyholder: RequestValues,
): Promise<Assigned> {
  const deployed = await deployedFor(desk, request);
  if (request.configVersion !== undefined) return { deployed };
  const experiment = runningExperiment(desk, request.productName, desk.now());
  if (!experiment) return { deployed };
  const newest = await desk.configurations.newestOf(request.productName);
  if (deployed.record.configVersion !== newest.record.configVersion) return { deployed };
  const key = riskKey(experiment.key, request, policyholder);
  const arm = key === undefined ? undefined : armOf(experiment, key);
  if (!arm) return { deployed };
  return {
    deployed: await desk.configurations.version(arm.configVersion),
    experiment: { locator: experiment.locator, arm: arm.name },
  };
}

/** What names a risk on every laptop: its values without case and blanks around; undefined where all of them are empty (EX3). */
export function riskKey(
  fields: readonly string[],
  request: Pick<PolicyCreateRequest, 'fieldValues' | 'exposures'>,
  policyholder: RequestValues,
): string | undefined {
  const parts = fields.map((field) => {
    const dot = field.indexOf('.');
    const [entity, name] = [field.slice(0, dot), field.slice(dot + 1)];
    if (entity === 'policyholder') return plain(policyholder[name]);
    if (entity === 'policy') return plain(request.fieldValues?.[name]);
    return plain(request.exposures?.find(({ exposureName }) => exposureName === entity)?.fieldValues?.[name]);
  });
  return parts.some((part) => part !== '') ? parts.join('|') : undefined;
}

function plain(value: JsonValue | undefined): string {
  const list = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
  return list.map((one) => String(one).normalize('NFC').trim().toLowerCase()).join(',');
}
