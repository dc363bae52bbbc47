import type { Caller, Desk } from '#core/desk/desk.ts';
import type { ConfigurationRecord } from '#core/desk/records.ts';
import type { Diagnostic } from '#core/model/diagnostic.ts';
import { Problem } from '#core/model/problem.ts';
import { deployConfiguration } from '../deploy.ts';
import type { WorkingCopy } from './working-copy.ts';

/**
 * Deploys a working copy as a new version (ST16 to ST18). Throws `invalid-configuration` with all findings, `version-conflict` when
 * the base is not the newest any more, `malformed-request` without a message, `wrong-state` without a change.
 */
export async function saveCopy(
  desk: Desk,
  caller: Caller,
  copy: WorkingCopy,
  given: string,
): Promise<{ readonly record: ConfigurationRecord; readonly diagnostics: readonly Diagnostic[] }> {
  const message = given.trim();
  if (message === '')
    throw new Problem('malformed-request', 'Say in a few words what changed: every version has a message.', {
      place: { field: 'message' },
    });
  if (copy.configuration.hash === copy.base.record.hash)
    throw new Problem(
      'wrong-state',
      'There is nothing to save: the files are those of the version that it is based on.',
    );
  const refuseOvertaken = (): void => assertNewest(desk, copy);
  refuseOvertaken();
  const diagnostics = copy.diagnostics();
  const configuration = { ...copy.configuration, diagnostics };
  const record = await deployConfiguration(desk, caller, configuration, { message, before: refuseOvertaken });
  return { record, diagnostics };
}

/** Every product that the copy holds must still be at the base's version: a save would take back what came since (ST17). */
function assertNewest(desk: Desk, { base }: WorkingCopy): void {
  const versions = desk.configurations.list();
  const same = versions.find(({ configVersion }) => configVersion === base.record.configVersion);
  if (same && same.commit !== base.record.commit)
    throw new Problem(
      'version-conflict',
      `Version ${base.record.configVersion} was repaired since you began to change it. Nothing was saved: look at your changes again, and save.`,
      { details: { configVersion: base.record.configVersion } },
    );
  for (const { name, displayName } of base.record.products) {
    const newest = versions.find(({ products }) => products.some((product) => product.name === name));
    if (!newest || newest.configVersion === base.record.configVersion) continue;
    throw new Problem(
      'version-conflict',
      `Version ${newest.configVersion} of ${displayName} was deployed after version ${base.record.configVersion}, which you changed. Nothing was saved: take your changes over to version ${newest.configVersion}, look at them again, and save.`,
      { place: { product: name }, details: { product: name, configVersion: newest.configVersion } },
    );
  }
}
