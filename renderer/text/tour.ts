/** First start, the first steps on the desk, and the tour. */
export const tour = {
  welcome: {
    title: 'Ready to write',
    hint: 'Take a complete sample product to try everything with, or bring your own.',
    samples: 'Sample products',
    addSample: (title: string) => `Take ${title}`,
    inUse: 'In use',
    quote: (title: string) => `Quote ${title}`,
    import: 'Bring your own…',
    importHint: 'A configuration as a ZIP, or drop it here. It is checked first.',
    imported: (count: number) => (count === 1 ? 'One product is in use.' : `${count} products are in use.`),
    folder: 'From a folder…',
    tour: 'Take the tour',
    dismiss: 'Not now',
  },
  recovery: {
    title: 'First, your recovery key',
    hint: 'Your data is encrypted with a key that this laptop keeps. Print the recovery key and keep it elsewhere: without it, a lost laptop is lost data. You can print it again in Administration.',
    print: 'Print the recovery key',
    printed: 'Printed. Keep it in a safe place.',
  },
  place: {
    hint: 'Your data is kept encrypted in your account on this computer.',
    choose: 'Keep it in another folder…',
    again: (folder: string) => `Fieldwriter starts again with its data in ${folder}.`,
  },
  name: 'Tour',
  take: 'Take the tour',
  step: (step: number, steps: number) => `${step} of ${steps}`,
  back: 'Back',
  next: 'Next',
  leave: 'Leave the tour',
  done: 'Done',
  needsProduct: 'This needs a product: take a sample on the desk first.',
  stops: {
    desk: {
      title: 'The desk',
      text: 'Every risk you work on: what is missing, what waits, what is due. Arrows and Enter walk the list.',
    },
    palette: {
      title: 'Anything by name',
      text: 'Ctrl-K (⌘ K on a Mac) finds people, policies and documents, and does whatever this screen can do. ? shows its keys.',
    },
    price: {
      title: 'The price, while you type',
      text: 'Premium, taxes, fees and the decision stand beside the form and follow every keystroke, without a network.',
    },
    worksheet: {
      title: 'Where a number comes from',
      text: 'Every amount is a door: click it, or press W, to see the line of logic, the table row and the rounding behind it.',
    },
    studio: {
      title: 'Products are yours',
      text: 'See how a product is made, change it, try the change on sampled risks, and put the new version into use.',
    },
  },
} as const;
