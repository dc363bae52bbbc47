/** The factor for some keys. A missing row stops the rating: an unknown risk must not be priced at 0. */
function factor(table, ...keys) {
  const value = socotraApi.tableLookup(0, table, keys.length === 1 ? keys[0] : keys);
  if (!value) throw `${table} has no row for ${keys.join(', ')}`;
  return value;
}

module.exports = { factor };
