/**
 * The tables of an Aho-Corasick automaton over UTF-16 code units.
 *
 * Nodes are numbered level by level (node 0 is the root, the empty text), and siblings stand in the
 * order of their units. So the children of a node are a run of numbers, shallow nodes come first,
 * and a failure link always leads to a smaller number.
 */
export interface LiteralAutomaton {
  /** Children of `node`: `firstChild[node]` up to, not including, `firstChild[node + 1]`. */
  readonly firstChild: Int32Array;
  /** The unit that leads into a node. */
  readonly unitOf: Uint16Array;
  /** The node of the longest proper suffix that is a node too. */
  readonly failure: Int32Array;
  /** First output of a node: the longest literal that the text read so far ends with; 0: none. */
  readonly output: Int32Array;
  /** The next shorter literal that ends at the same place; 0: none. Indexed by output. */
  readonly nextOutput: Int32Array;
  /**
   * The literals of an output: `order[outputFrom[output]]` up to, not including,
   * `order[outputTo[output]]`.
   */
  readonly outputFrom: Int32Array;
  readonly outputTo: Int32Array;
  /** Positions in the list of literals, sorted by literal. */
  readonly order: Int32Array;
  /** First node of each level, the root's first. */
  readonly levels: Int32Array;
  /** Column of a unit in `rows`; units past its end, like column 0, stand in no literal. */
  readonly columnOf: Int32Array;
  readonly columns: number;
  /** The nodes below this number have a full row of transitions, failures resolved. */
  readonly rowCount: number;
  readonly rows: Int32Array;
}

/**
 * Cells of full rows for each node: it keeps the automaton linear in the literals, and gives rows
 * to the levels where texts stay.
 */
const ROW_CELLS_PER_NODE = 4;
/** Cells that any automaton may spend (4 MiB): a thousand literals have rows nearly throughout. */
const MIN_ROW_CELLS = 1 << 20;

type Trie = Omit<LiteralAutomaton, 'failure' | 'columnOf' | 'columns' | 'rowCount' | 'rows'>;

/**
 * Builds the automaton of some literals, in time linear in their total length (after sorting them)
 * and about 40 bytes a node.
 *
 * @param literals not empty strings; repeats are allowed
 * @source A. V. Aho, M. J. Corasick, Efficient string matching: an aid to bibliographic search
 *   (1975)
 */
export function buildLiteralAutomaton(literals: readonly string[]): LiteralAutomaton {
  const trie = buildTrie(sortLiterals(literals));
  const nodeCount = trie.unitOf.length;
  const { columnOf, columns } = assignColumns(trie.unitOf);
  const cells = Math.max(MIN_ROW_CELLS, ROW_CELLS_PER_NODE * nodeCount);
  const rowCount = Math.min(nodeCount, Math.max(1, Math.floor(cells / columns)));
  const automaton: LiteralAutomaton = {
    ...trie,
    failure: new Int32Array(nodeCount),
    columnOf,
    columns,
    rowCount,
    rows: new Int32Array(rowCount * columns),
  };
  linkFailures(automaton);
  return automaton;
}

/** The child of a node by a unit; 0, the root, if it has none. */
function findChild(automaton: LiteralAutomaton, node: number, unit: number): number {
  const { firstChild, unitOf } = automaton;
  let low = firstChild[node] as number;
  let high = firstChild[node + 1] as number;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const found = unitOf[middle] as number;
    if (found === unit) return middle;
    if (found < unit) low = middle + 1;
    else high = middle;
  }
  return 0;
}

/** The node after reading one more unit. */
export function nextNode(automaton: LiteralAutomaton, node: number, unit: number): number {
  let at = node;
  while (at >= automaton.rowCount) {
    const child = findChild(automaton, at, unit);
    if (child !== 0) return child;
    at = automaton.failure[at] as number;
  }
  const { columnOf } = automaton;
  const column = unit < columnOf.length ? (columnOf[unit] as number) : 0;
  return automaton.rows[at * automaton.columns + column] as number;
}

/** Number of units that lead to a node: the last of `levels` that begins at or before it. */
export function depthOf(levels: Int32Array, node: number): number {
  let low = 0;
  let high = levels.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((levels[middle] as number) <= node) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * The literals sorted by their units, and all their units in one array: the build passes over them
 * once for each level.
 */
interface SortedLiterals {
  readonly order: Int32Array;
  readonly units: Uint16Array;
  /**
   * The literal at a place of `order` is `units[starts[place]]` up to, not including,
   * `units[starts[place + 1]]`.
   */
  readonly starts: Int32Array;
}

function sortLiterals(literals: readonly string[]): SortedLiterals {
  const order = new Int32Array(literals.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  order.sort((a, b) => {
    const left = literals[a] as string;
    const right = literals[b] as string;
    if (left === right) return a - b;
    return left < right ? -1 : 1;
  });
  const starts = new Int32Array(literals.length + 1);
  for (let i = 0; i < order.length; i++) {
    starts[i + 1] = (starts[i] as number) + (literals[order[i] as number] as string).length;
  }
  const units = new Uint16Array(starts[order.length] as number);
  let at = 0;
  for (const position of order) {
    const literal = literals[position] as string;
    for (let i = 0; i < literal.length; i++) units[at++] = literal.charCodeAt(i);
  }
  return { order, units, starts };
}

/**
 * Nodes of the trie: the root, and for each literal what it does not share with the one before it.
 */
function countNodes({ order, units, starts }: SortedLiterals): number {
  let nodes = 1;
  let previous = 0;
  for (let i = 0; i < order.length; i++) {
    const start = starts[i] as number;
    const end = starts[i + 1] as number;
    const limit = Math.min(end - start, start - previous);
    let shared = 0;
    while (shared < limit && units[start + shared] === units[previous + shared]) shared++;
    nodes += end - start - shared;
    previous = start;
  }
  return nodes;
}

/**
 * The trie, level by level: a node is a run of the sorted literals, those that begin with its text.
 */
function buildTrie(literals: SortedLiterals): Trie {
  const { order, units, starts } = literals;
  const nodeCount = countNodes(literals);
  const firstChild = new Int32Array(nodeCount + 1);
  const unitOf = new Uint16Array(nodeCount);
  const output = new Int32Array(nodeCount);
  const runFrom = new Int32Array(nodeCount);
  const runTo = new Int32Array(nodeCount);
  const outputFrom = [0];
  const outputTo = [0];
  const levels = [0];
  runTo[0] = order.length;
  let created = 1;
  let levelEnd = 1;
  for (let node = 0; node < nodeCount; node++) {
    if (node === levelEnd) {
      levels.push(node);
      levelEnd = created;
    }
    firstChild[node] = created;
    const depth = levels.length - 1;
    const from = runFrom[node] as number;
    const to = runTo[node] as number;
    let at = from;
    while (at < to && (starts[at] as number) + depth === starts[at + 1]) at++;
    if (at > from) {
      output[node] = outputFrom.push(from) - 1;
      outputTo.push(at);
    }
    while (at < to) {
      const unit = units[(starts[at] as number) + depth] as number;
      runFrom[created] = at++;
      while (at < to && units[(starts[at] as number) + depth] === unit) at++;
      runTo[created] = at;
      unitOf[created++] = unit;
    }
  }
  firstChild[nodeCount] = created;
  return {
    firstChild,
    unitOf,
    output,
    nextOutput: new Int32Array(outputFrom.length),
    outputFrom: Int32Array.from(outputFrom),
    outputTo: Int32Array.from(outputTo),
    order,
    levels: Int32Array.from(levels),
  };
}

/**
 * Numbers the units that occur, from 1, in the order of the nodes: columns used at shallow levels
 * lie together.
 */
function assignColumns(unitOf: Uint16Array): { columnOf: Int32Array; columns: number } {
  let highest = -1;
  for (let node = 1; node < unitOf.length; node++)
    highest = Math.max(highest, unitOf[node] as number);
  const columnOf = new Int32Array(highest + 1);
  let columns = 1;
  for (let node = 1; node < unitOf.length; node++) {
    const unit = unitOf[node] as number;
    if (columnOf[unit] === 0) columnOf[unit] = columns++;
  }
  return { columnOf, columns };
}

/**
 * INVARIANT: a node's failure link and the row of the link's target are complete before the node is
 * visited, as both are smaller.
 */
function linkFailures(automaton: LiteralAutomaton): void {
  const { firstChild, unitOf, failure, output, nextOutput, columnOf, columns, rows } = automaton;
  for (let node = 0; node < unitOf.length; node++) {
    const fallback = failure[node] as number;
    const hasRow = node < automaton.rowCount;
    if (hasRow) rows.copyWithin(node * columns, fallback * columns, (fallback + 1) * columns);
    const end = firstChild[node + 1] as number;
    for (let child = firstChild[node] as number; child < end; child++) {
      const unit = unitOf[child] as number;
      const link = node === 0 ? 0 : nextNode(automaton, fallback, unit);
      failure[child] = link;
      const own = output[child] as number;
      if (own === 0) output[child] = output[link] as number;
      else nextOutput[own] = output[link] as number;
      if (hasRow) rows[node * columns + (columnOf[unit] as number)] = child;
    }
  }
}
