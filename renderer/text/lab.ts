export const lab = {
  title: 'Pricing lab',
  product: 'Product',
  parts: {
    tables: 'Tables',
    logic: 'Logic',
    impact: 'Impact',
    tests: 'Tests',
    versions: 'Versions',
    experiments: 'Experiments',
  },
  partsLabel: 'Parts of the lab',
  noProduct: 'The lab works on a product: create one, or deploy a sample, on the screen of products.',
  toProducts: 'To the products',
  hints: {
    tables: 'Here rate tables are edited, checked, compared and merged.',
    logic: 'Here pricing logic is written beside the worksheet that it makes.',
    impact: 'Here a whole book is rated before and after a change.',
    tests: 'Here the cases and properties of a product are run.',
    versions: 'Here versions are compared, released and brought back.',
    experiments: 'Here pricing versions are tried against each other.',
  },
} as const;
