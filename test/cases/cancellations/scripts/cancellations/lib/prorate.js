const { days } = require('./time.js');

/** An amount to the cent, half away from zero. */
function cents(amount) {
  return (Math.sign(amount) * Math.round(Math.abs(amount) * 100 + 1e-7)) / 100;
}

/** The share of an item's amount for the days before the split. */
function byDays(item, split) {
  const used = days(item.segmentStartTimestamp, split);
  const all = days(item.segmentStartTimestamp, item.segmentEndTimestamp);
  return cents((Number(item.amount) * used) / all);
}

/**
 * Answers for every item what is kept, and at a cancellation what is held back of the rest of a premium.
 * @param keep (item, split) => amount
 * @param penalty (item, kept, split) => amount held back
 */
function prorate(data, keep, penalty) {
  const split = data.segmentSplitTimestamp;
  return {
    items: data.items.map((item) => {
      const kept = keep(item, split);
      const rest = cents(Number(item.amount) - kept);
      const held = data.operation === 'cancellation' && item.type === 'premium' ? penalty(item, kept, split) : 0;
      return { id: item.id, proratedAmount: kept, holdbackAmount: Math.min(cents(held), rest) };
    }),
  };
}

module.exports = { byDays, cents, prorate };
