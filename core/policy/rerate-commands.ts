import type { RerateCommands } from '#core/integrations/rerates.ts';
import { finalizePolicy } from './finalize.ts';
import { acceptQuoteByLocator, quoteQuote } from './quotes.ts';
import { advanceTransaction } from './transactions/advance.ts';

/** The commands that ask a rater and can be done again when it was away (core/integrations/SPEC.md I42). */
export const RERATE_COMMANDS: RerateCommands = {
  'policy.finalize': finalizePolicy,
  'quote.quote': quoteQuote,
  'quote.accept': acceptQuoteByLocator,
  'transaction.quote': (desk, caller, locator) => advanceTransaction(desk, caller, locator, 'quoted'),
  'transaction.accept': (desk, caller, locator) => advanceTransaction(desk, caller, locator, 'accepted'),
  'transaction.issue': (desk, caller, locator) => advanceTransaction(desk, caller, locator, 'issued'),
};
