/**
 * Raises the amounts to a minimum for all of them together. What is missing is shared out in proportion; cents that are left
 * over go to the largest amount, so that the sum is exactly the minimum.
 */
function raiseToMinimum(items, minimum) {
  const sum = items.reduce((total, { amount }) => total + amount, 0n);
  const missing = minimum - sum;
  if (missing <= 0n || items.length === 0) return { items, raisedBy: 0n };
  const raised = items.map(({ locator, amount }) => ({
    locator,
    amount: sum === 0n ? 0n : amount + (missing * amount) / sum,
  }));
  const largest = raised.reduce((best, item) => (item.amount > best.amount ? item : best));
  largest.amount += minimum - raised.reduce((total, { amount }) => total + amount, 0n);
  return { items: raised, raisedBy: missing };
}

module.exports = { raiseToMinimum };
