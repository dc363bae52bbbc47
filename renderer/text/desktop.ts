/** What the desktop adds to the screens. */
export const desktop = {
  restarting: 'The workbench starts again. What was saved is safe; what you do next waits for it.',
  stopped: 'The workbench has stopped, and starting it again did not help. What was saved is safe.',
  again: 'Start it again',
  openTitle: 'Put this product into use?',
  openHint:
    'It is checked first, and nothing changes when it has errors. New quotes follow it; policies that are there keep their version.',
  use: 'Put into use',
  used: (products: string, version: number) => `${products} is in use, version ${version}.`,
  receipt: (file: string) => `${file} is a receipt: there is no screen for receipts yet.`,
} as const;
