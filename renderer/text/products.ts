/** Products: what is in use, samples, imports. */
export const products = {
  title: 'Products',
  samples: 'Sample products',
  samplesHint: 'Complete products to try the workbench with. Each comes with its own test cases.',
  add: 'Add',
  own: 'Your own configuration',
  ownHint: 'Drop a configuration ZIP here, or choose one. It is checked first and never changed.',
  choose: 'Choose a ZIP…',
  deployed: 'In use',
  none: 'No product is in use yet.',
  quote: 'New quote',
  findings: (errors: number, warnings: number) => `${errors} errors, ${warnings} warnings`,
  clean: 'No findings',
  diagnostics: 'What the check found',
  notDeployed: 'Nothing was deployed: the configuration has errors. What was in use before is untouched.',
} as const;
