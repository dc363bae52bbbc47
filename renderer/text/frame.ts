/** The frame around every screen, and words that all of them use. */
export const frame = {
  product: 'Fieldwriter',
  rail: { desk: 'Desk', products: 'Products' },
  session: {
    welcome: 'Welcome to Fieldwriter',
    who: 'Everything you do is recorded under your name. Who are you?',
    name: 'Your name',
    begin: 'Begin',
  },
  states: {
    draft: 'Draft',
    quoted: 'Quoted',
    accepted: 'Accepted',
    declined: 'Declined',
    discarded: 'Discarded',
    issued: 'Issued',
  },
  errors: {
    title: 'That did not work',
    technical: 'Technical details',
    retry: 'Try again',
    offline: 'The workbench does not answer. Your work on this screen is safe; start Fieldwriter again.',
  },
  theme: { light: 'Light', dark: 'Dark', auto: 'As the system' },
} as const;
