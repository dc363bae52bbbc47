import { admin } from '../text/admin.ts';
import { billing } from '../text/billing.ts';
import { claims } from '../text/claims.ts';
import { desk } from '../text/desk.ts';
import { desktop } from '../text/desktop.ts';
import { documents } from '../text/documents.ts';
import { frame } from '../text/frame.ts';
import { history } from '../text/history.ts';
import { lab } from '../text/lab.ts';
import { labBooks } from '../text/lab-books.ts';
import { labExperiments } from '../text/lab-experiments.ts';
import { labImpact } from '../text/lab-impact.ts';
import { labLogic } from '../text/lab-logic.ts';
import { labTables } from '../text/lab-tables.ts';
import { labTests } from '../text/lab-tests.ts';
import { labVersions } from '../text/lab-versions.ts';
import { notes } from '../text/notes.ts';
import { products } from '../text/products.ts';
import { quotes } from '../text/quotes.ts';
import { risk } from '../text/risk.ts';
import { studio } from '../text/studio.ts';
import { sync } from '../text/sync.ts';
import { tour } from '../text/tour.ts';
import { transactions } from '../text/transactions.ts';
import { underwriting } from '../text/underwriting.ts';
import { whatIf } from '../text/what-if.ts';

/** Every word on the screens, a file for each feature under renderer/text, so that the whole can be translated. */
export const text = {
  ...frame,
  admin,
  billing,
  claims,
  desk,
  desktop,
  documents,
  history,
  lab,
  labLogic,
  labTests,
  labImpact,
  labBooks,
  labExperiments,
  labVersions,
  labTables,
  notes,
  products,
  quotes,
  risk,
  studio,
  sync,
  tour,
  transactions,
  underwriting,
  whatIf,
} as const;
