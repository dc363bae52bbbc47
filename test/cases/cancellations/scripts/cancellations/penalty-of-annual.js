const { cents, prorate } = require('./lib/prorate.js');
const { months } = require('./lib/time.js');

const PENALTY = 0.15;

/** Months are counted; the penalty is 15 % of the annual premium, at most what is left. */
exports.getProrationResult = (data) =>
  prorate(
    data,
    (item, split) => {
      const used = months(item.segmentStartTimestamp, split);
      return cents((Number(item.amount) * used) / months(item.segmentStartTimestamp, item.segmentEndTimestamp));
    },
    (item) => Number(item.amount) * PENALTY,
  );
