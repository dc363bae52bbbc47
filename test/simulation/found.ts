/** Seeds that once showed a fault, of the rules, of the code or of the simulation; they run first. What was a fault of the rules is a story in cases/ too: a seed says less once the simulation changes. */
export const FOUND: readonly number[] = [
  // A chain of refusals broke where the workbench's own work stood in it (SY16).
  91, 853,
  // Two stores restored from one backup pushed the same entry under one id (SY11).
  2336,
  // A restored store that has pulled what its lost life made gives the same locators again.
  111_000, 112_641,
  // The second page of a first sync was taken for the first (SY43).
  128_444,
  // The oracle held another of two conflicts for the one that later work joined.
  612_643,
  // A log that was set back took a number for invented that it had told itself before (SY3), and the etag of a merge for the one it had lost.
  2570,
  2745, 3102,
];
