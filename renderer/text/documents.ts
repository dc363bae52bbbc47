/** What was printed for a risk. */
export const documents = {
  title: 'Documents',
  next: 'Next document',
  previous: 'Previous document',
  print: 'Open to print',
  save: 'Save…',
  regenerate: 'Make again',
  regenerated: (name: string) => `${name} was made again`,
  failed: (name: string) => `${name} could not be made`,
  page: 'This document is a page for a browser: open it to read or print it.',
  unreadable: (why: string) => `The document can not be shown here (${why}). Open it in a window of its own.`,
} as const;
