/**
 * Makes the check of a rule that looks at one item after the other.
 *
 * @param itemsOf what the rule looks at
 * @param describe what it finds about an item; undefined: nothing
 * @param detailOf the detail of a finding
 */
export function eachItem<Facts, Item, Detail>(
  itemsOf: (facts: Facts) => Iterable<Item>,
  describe: (item: Item, facts: Facts) => string | undefined,
  detailOf: (facts: Facts, item: Item, found: string) => Detail,
): (facts: Facts) => Iterable<Detail> {
  return function* check(facts) {
    for (const item of itemsOf(facts)) {
      const found = describe(item, facts);
      if (found !== undefined) yield detailOf(facts, item, found);
    }
  };
}
