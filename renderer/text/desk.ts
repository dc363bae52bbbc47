/** The desk: the day's risks. */
export const desk = {
  title: 'Desk',
  newQuote: 'New quote',
  search: 'Search policies and policyholders',
  empty: 'No risks yet',
  emptyHint: 'Start with a new quote: choose a product, enter the risk, and watch the price as you type.',
  noProducts: 'There is no product yet. Add a sample product or your own configuration first.',
  columns: {
    insured: 'Insured',
    product: 'Product',
    state: 'State',
    from: 'From',
    premium: 'Premium',
    number: 'Number',
  },
} as const;
