/** Products: what is in use, samples, imports. */
export const products = {
  title: 'Products',
  samples: 'Sample products',
  samplesHint: 'Complete products to try the workbench with. Each comes with its own test cases.',
  add: 'Add',
  ownHint:
    'Drop the ZIP or the folder of a configuration anywhere on this page. It is checked first and put into use only without errors.',
  choose: 'Choose a ZIP…',
  chooseFolder: 'Choose a folder…',
  dropHere: 'Drop a ZIP or a folder to put it into use',
  tooMuch:
    'That is far more than a configuration: drop the folder that holds config.json and products. Nothing was imported.',
  done: (names: string) => `In use: ${names}`,
  deployed: 'In use',
  none: 'No product is in use yet. Add a sample below to try everything in a minute.',
  quote: 'New quote',
  studio: 'Open in studio',
  openStudio: (product: string) => `Open ${product} in studio`,
  clean: 'No findings',
  diagnostics: 'What the check found',
  notDeployed: 'Nothing was deployed: the configuration has errors. What was in use before is untouched.',
} as const;
