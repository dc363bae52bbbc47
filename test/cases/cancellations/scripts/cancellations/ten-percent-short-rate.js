const { cents, prorate } = require('./lib/prorate.js');
const { months } = require('./lib/time.js');

/** Months are counted; a tenth of the rest is held back. */
exports.getProrationResult = (data) =>
  prorate(
    data,
    (item, split) => {
      const used = months(item.segmentStartTimestamp, split);
      return cents((Number(item.amount) * used) / months(item.segmentStartTimestamp, item.segmentEndTimestamp));
    },
    (item, kept) => (Number(item.amount) - kept) * 0.1,
  );
