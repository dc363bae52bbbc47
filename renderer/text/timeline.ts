/** The life of a policy. */
export const timeline = {
  title: 'Timeline',
  effective: 'Effective',
  transaction: 'Transaction',
  state: 'State',
  issued: 'Issued',
  change: 'Premium change',
  segments: 'What is covered, from when to when, for how much',
  kinds: {
    create: 'New business',
    endorsement: 'Endorsement',
    renewal: 'Renewal',
    cancellation: 'Cancellation',
    reinstatement: 'Reinstatement',
    withdrawal: 'Withdrawal',
    fees: 'Fees',
  },
} as const;
