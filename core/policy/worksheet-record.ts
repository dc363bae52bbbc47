import type { Deployed } from '#core/desk/configurations.ts';
import { type Desk, locatorOf } from '#core/desk/desk.ts';
import type { WorksheetRecord } from '#core/desk/records.ts';
import { packWorksheet } from '#core/desk/worksheets.ts';
import { ENGINE } from '#core/model/engine.ts';
import type { PolicyholderResponse } from '#core/model/policy.ts';
import type { Worksheet } from '#core/model/worksheet.ts';
import type { RunContext } from '#core/sandbox/contract.ts';

/** The record that explains a price and a decision and lets them be made again. */
export function worksheetRecord(
  desk: Desk,
  about: Pick<WorksheetRecord, 'policyLocator' | 'quoteLocator' | 'transactionLocator' | 'operation'>,
  ran: {
    readonly deployed: Deployed;
    readonly context: RunContext;
    readonly policyholder: PolicyholderResponse;
    readonly inputHash: string;
  },
  sheets: { readonly pricing: Worksheet | undefined; readonly underwriting: Worksheet | undefined },
): WorksheetRecord {
  const { deployed, context, policyholder, inputHash } = ran;
  return {
    locator: locatorOf(desk),
    ...about,
    clock: context.clock,
    seed: context.seed,
    configVersion: deployed.record.configVersion,
    configuration: deployed.record.commit,
    engine: ENGINE,
    inputHash,
    policyholder,
    ...(sheets.pricing ? { pricing: packWorksheet(sheets.pricing) } : {}),
    ...(sheets.underwriting ? { underwriting: packWorksheet(sheets.underwriting) } : {}),
  };
}
