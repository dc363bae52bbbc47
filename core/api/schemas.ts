import * as z from 'zod';

/** Requests as they come in at the door (formats §3.4, §3.5, §3.9, §7.6). Unknown members are refused with their place. */
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
/** A value is a scalar or a list of them; a group may come as an object of values. */
const fieldValue = z.union([
  scalar,
  z.array(z.union([scalar, z.record(z.string(), z.union([scalar, z.array(scalar)]))])),
  z.record(z.string(), z.union([scalar, z.array(scalar)])),
]);
const fieldValues = z.record(z.string(), fieldValue);
const fieldGroup = z.strictObject({ fieldName: z.string(), fieldValues: fieldValues.default({}) });
export const timestamp = z.union([z.string(), z.number()]);
const amount = z.union([z.string(), z.number()]);
const amounts = {
  indemnityPerItem: amount.optional(),
  indemnityPerEvent: amount.optional(),
  indemnityInAggregate: amount.optional(),
  deductible: amount.optional(),
  lumpSumPayment: amount.optional(),
};
const fields = { fieldValues: fieldValues.optional(), fieldGroups: z.array(fieldGroup).optional() };
export const MOST = 10_000;

export const perilCreate = z.strictObject({ name: z.string(), ...amounts, ...fields });
export const exposureCreate = z.strictObject({
  exposureName: z.string(),
  ...fields,
  perils: z.array(perilCreate).max(MOST).optional(),
});
/** Names of autofill calls; null leaves the choice to the configuration, an empty list asks nobody (formats §2.11). */
export const autofill = z.array(z.string()).max(100).nullable().optional();
/** Documented members that only an empty value can be given yet: what they ask for is not there. */
export const none = z.union([z.null(), z.literal(''), z.literal(false), z.array(z.never())]).optional();

export const PolicyCreate = z
  .strictObject({
    policyholderLocator: z.string().optional(),
    productName: z.string(),
    policyStartTimestamp: timestamp.optional(),
    policyEndTimestamp: timestamp.optional(),
    ...fields,
    exposures: z.array(exposureCreate).max(MOST).optional(),
    paymentScheduleName: z.string().optional(),
    currency: z.string().optional(),
    finalize: z.boolean().optional(),
    configVersion: z.int().optional(),
    formVersion: z.int().optional(),
    autofill,
    premiumReportName: none,
    overrideResourcesAsOfTimestamp: none,
  })
  .meta({ id: 'PolicyCreateRequest' });

export const fieldChanges = {
  fieldValues: fieldValues.optional(),
  addFieldGroups: z.array(fieldGroup).optional(),
  updateFieldGroups: z
    .array(z.strictObject({ fieldGroupLocator: z.string(), fieldName: z.string().optional(), fieldValues }))
    .optional(),
  removeFieldGroups: z.array(z.string()).optional(),
};
const changedAmounts = {
  indemnityPerItem: amount.nullable().optional(),
  indemnityPerEvent: amount.nullable().optional(),
  indemnityInAggregate: amount.nullable().optional(),
  deductible: amount.nullable().optional(),
  lumpSumPayment: amount.nullable().optional(),
};
/** What a draft and a transaction change of an exposure; the one removes perils, the other ends them. */
export const exposureUpdate = {
  exposureLocator: z.string(),
  ...fieldChanges,
  addPerils: z.array(perilCreate).max(MOST).optional(),
  updatePerils: z
    .array(z.strictObject({ perilLocator: z.string(), ...fieldChanges, ...changedAmounts }))
    .max(MOST)
    .optional(),
};
export const PolicyUpdate = z
  .strictObject({
    ...fieldChanges,
    name: z.string().min(1).max(200).optional(),
    policyStartTimestamp: timestamp.optional(),
    policyEndTimestamp: timestamp.optional(),
    paymentScheduleName: z.string().optional(),
    addExposures: z.array(exposureCreate).max(MOST).optional(),
    updateExposures: z
      .array(z.strictObject({ ...exposureUpdate, removePerils: z.array(z.string()).optional() }))
      .max(MOST)
      .optional(),
    removeExposures: z.array(z.string()).optional(),
    autofill,
  })
  .meta({ id: 'PolicyUpdateRequest' });

export const PolicyholderCreate = z
  .strictObject({
    completed: z.boolean().optional(),
    values: fieldValues,
    subEntities: none,
  })
  .meta({ id: 'PolicyholderCreateRequest' });
export const PolicyholderUpdate = z
  .strictObject({
    locator: z.string(),
    version: z.int().optional(),
    completed: z.boolean().optional(),
    values: fieldValues.optional(),
    subEntities: none,
  })
  .meta({ id: 'PolicyholderUpdateRequest' });

/** What `quote` and the live price take. */
export const QuoteRequest = z
  .strictObject({
    policyholder: z.strictObject({ completed: z.boolean().optional(), values: fieldValues.default({}) }).optional(),
    policy: PolicyCreate,
  })
  .meta({ id: 'QuoteRequest' });

const auxItem = z.strictObject({ key: z.string().min(1).max(500), value: z.string(), uiType: z.string().optional() });
export const AuxDataSet = z.strictObject({ auxData: z.array(auxItem).max(1_000) }).meta({ id: 'AuxDataSetRequest' });
export const Authenticate = z
  .object({
    username: z.string(),
    password: z.string(),
    hostName: z.string().optional(),
    tenantName: z.string().optional(),
  })
  .meta({ id: 'AuthenticateRequest' });
export const ChooseUser = z.strictObject({ name: z.string() }).meta({ id: 'ChooseUserRequest' });
export const CopyQuote = z
  .strictObject({ name: z.string().min(1).max(200).optional() })
  .meta({ id: 'CopyQuoteRequest' });
export const DeployFolder = z.strictObject({ folder: z.string() }).meta({ id: 'DeployFolderRequest' });
/** A ZIP file of this computer: only where the desktop hands over what the user chose. */
export const DeployFile = z.strictObject({ zip: z.string() }).meta({ id: 'DeployFileRequest' });
export const Backup = z.strictObject({ folder: z.string().min(1) }).meta({ id: 'BackupRequest' });
export const BackupPlan = z
  .strictObject({ on: z.boolean().optional(), folder: z.string().min(1).max(4_096).optional() })
  .meta({ id: 'BackupPlanRequest' });
export const Nothing = z.strictObject({}).meta({ id: 'EmptyRequest' });

/** Claims (core/claims/SPEC.md, Paths). */
const claimTimes = { incidentTimestamp: timestamp.optional(), notificationTimestamp: timestamp.optional() };
const reserves = { lossReserve: amount.optional(), expenseReserve: amount.optional() };
const subClaimCreate = z.strictObject({
  perilLocator: z.string(),
  expensesOnly: z.boolean().optional(),
  ...reserves,
  ...fields,
});
const subClaimUpdate = z.strictObject({
  subClaimLocator: z.string(),
  status: z.enum(['open', 'closed']).optional(),
  ...reserves,
  ...fieldChanges,
});
export const ClaimCreate = z
  .strictObject({
    policyLocator: z.string(),
    status: z.enum(['pending', 'open']).optional(),
    ...claimTimes,
    ...fields,
  })
  .meta({ id: 'ClaimCreateRequest' });
export const ClaimUpdate = z
  .strictObject({
    status: z.enum(['open', 'closed']).optional(),
    ...claimTimes,
    ...fieldChanges,
    addSubClaims: z.array(subClaimCreate).max(MOST).optional(),
    updateSubClaims: z.array(subClaimUpdate).max(MOST).optional(),
  })
  .meta({ id: 'ClaimUpdateRequest' });
export const PayableCreate = z
  .strictObject({
    subClaimLocator: z.string(),
    reserveType: z.enum(['loss', 'expense']),
    amount,
    recipient: z.string().max(1_000),
    comment: z.string().max(10_000).optional(),
  })
  .meta({ id: 'ClaimPayableCreateRequest' });
export const PayableReverse = z
  .strictObject({ payableLocator: z.string(), comment: z.string().max(10_000).optional() })
  .meta({ id: 'ClaimPayableReversalRequest' });
export const ClaimDocumentAttach = z
  .strictObject({ mediaLocator: z.string(), displayName: z.string().min(1).max(500).optional() })
  .meta({ id: 'ClaimDocumentRequest' });

const integration = {
  url: z.string().max(2_000),
  headers: z.record(z.string(), z.string()).optional(),
  type: z.enum(['external_rater', 'data_autofill', 'webhook']).optional(),
  securitySpec: z
    .strictObject({
      hmacEnabled: z.boolean().optional(),
      secureSSL: z.boolean().optional(),
      secret: z.string().max(1_000).nullable().optional(),
      tag: z.string().max(200).nullable().optional(),
    })
    .nullable()
    .optional(),
  /** The original's own answers have it; there is one tenant here. */
  tenantLocator: z.string().optional(),
};
export const IntegrationAdd = z
  .strictObject({ name: z.string(), ...integration })
  .meta({ id: 'ExternalServiceIntegrationAddRequest' });
export const IntegrationUpdate = z
  .strictObject({ name: z.string().optional(), ...integration })
  .meta({ id: 'ExternalServiceIntegrationUpdateRequest' });
export const SecretSet = z.strictObject({ value: z.string().min(1).max(8_000) }).meta({ id: 'SecretSetRequest' });

export const AutofillSet = z
  .strictObject({ operation: z.string().max(500), callSequence: z.array(z.string()).max(100) })
  .meta({ id: 'AutofillIntegrationCreateRequest' });
export const Lambda = z
  .strictObject({ operation: z.string().min(1).max(500), payload: z.json().default({}) })
  .meta({ id: 'LambdaRequest' });

/** `PATCH /policy/{locator}/upgrade`; without a version the newest one of the product. */
export const UpgradePolicy = z
  .strictObject({ configVersion: z.int().positive().optional() })
  .meta({ id: 'UpgradePolicy' });
