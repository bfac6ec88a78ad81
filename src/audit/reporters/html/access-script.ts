/**
 * The part of the page's script that shows the access matrix. Only the visible part of the grid
 * exists as elements, so its cost does not depend on the number of resources.
 */
export const ACCESS_SCRIPT = `
const ROW = 28;
const COLUMN = 36;
const HEAD = 112;
const grid = byId('grid');
const lower = names.map((name) => name.toLowerCase());
const columnNames = principals.map(([kind, name]) => kind + ' ' + name);
const shared = [
  { name: 'everyone', mask: (row) => row[1] },
  { name: 'any user with a name', mask: (row) => row[2] },
];
const maskAt = (row, principal) => {
  const cells = row[4];
  for (let at = 0; at < cells.length; at += 3) if (cells[at] === principal) return cells[at + 1];
  return 0;
};
const view = { rows: [], columns: [], row: 0, column: 0, mask: -1 };
const actionsOf = (mask) => head.actions.filter((_, index) => (mask & (1 << index)) !== 0);
const bits = (mask) => actionsOf(mask).length;

function filterAccess() {
  const text = byId('access-search').value.toLowerCase();
  const type = byId('access-type').value;
  const project = byId('access-project').value;
  const principal = byId('access-principal').value.toLowerCase();
  const action = byId('access-action').value;
  const unsecured = byId('access-unsecured').checked;
  view.mask = action === '' ? -1 : 1 << Number(action);
  const found = [];
  for (let at = 0; at < lower.length; at++) {
    if (type !== '' && typeOf[at] !== Number(type)) continue;
    if (project !== '' && projectOf[at] !== Number(project)) continue;
    if (unsecured && rows[rowOf[at]][0] === 1) continue;
    if (text !== '' && !lower[at].includes(text)) continue;
    found.push(at);
  }
  view.rows = found;
  view.columns = columnNames
    .map((name, index) => ({ name, mask: (row) => maskAt(row, index), index }))
    .filter(({ name }) => principal === '' || name.toLowerCase().includes(principal));
  view.columns.unshift(...shared);
  view.row = 0;
  view.column = 0;
  grid.scrollTop = 0;
  grid.scrollLeft = 0;
  byId('access-count').textContent =
    number(found.length) + ' of ' + plural(names.length, 'resource') + ', ' +
    number(view.columns.length - shared.length) + ' of ' + number(principals.length) +
    ' roles, groups and namespaces';
  grid.setAttribute('aria-rowcount', found.length + 1);
  grid.setAttribute('aria-colcount', view.columns.length + 1);
  drawGrid();
}

const titleWidth = () => parseInt(getComputedStyle(grid).getPropertyValue('--title'), 10) || 300;
const heat = (count) => {
  const all = view.mask === -1 ? head.actions.length : 1;
  if (count === 0) return '';
  if (count >= all) return 'h4';
  if (count === 1) return 'h1';
  return count * 2 <= all ? 'h2' : 'h3';
};

function drawGrid() {
  const title = titleWidth();
  const width = title + view.columns.length * COLUMN + 8;
  const firstRow = Math.max(0, Math.floor(grid.scrollTop / ROW) - 2);
  const lastRow = Math.min(view.rows.length, firstRow + Math.ceil(grid.clientHeight / ROW) + 4);
  const firstColumn = Math.max(0, Math.floor(grid.scrollLeft / COLUMN) - 2);
  const lastColumn = Math.min(view.columns.length, firstColumn + Math.ceil(grid.clientWidth / COLUMN) + 4);
  const spacer = make('div', { role: 'presentation' });
  spacer.style.cssText = 'position:absolute;top:0;left:0;width:1px;height:' + (HEAD + view.rows.length * ROW) + 'px';
  const top = make('div', { role: 'row', class: 'row head', 'aria-rowindex': '1' });
  top.style.width = width + 'px';
  top.append(make('span', { role: 'columnheader', class: 'title', 'aria-colindex': '1' }, 'Resource'));
  for (let at = firstColumn; at < lastColumn; at++) {
    const { name } = view.columns[at];
    const column = make('span', { role: 'columnheader', class: 'column name', 'aria-colindex': at + 2, title: name }, name);
    column.style.left = title + at * COLUMN + 'px';
    top.append(column);
  }
  const drawn = [];
  for (let at = firstRow; at < lastRow; at++) drawn.push(drawRow(at, firstColumn, lastColumn, width, title));
  grid.replaceChildren(top, spacer, ...drawn);
  grid.setAttribute('aria-activedescendant', byId('active') === null ? '' : 'active');
}

function drawRow(at, firstColumn, lastColumn, width, title) {
  const resource = view.rows[at];
  const access = rows[rowOf[resource]];
  const type = types[typeOf[resource]];
  const row = make('div', { role: 'row', class: 'row', 'aria-rowindex': at + 2 });
  row.style.cssText = 'top:' + (HEAD + at * ROW) + 'px;width:' + width + 'px';
  const secured = access[0] === 1;
  const name = make('span', { role: 'rowheader', class: secured ? 'title' : 'title unsecured', 'aria-colindex': '1' });
  name.append(make('span', { class: 'name' }, names[resource]), make('span', { class: 'soft' }, ' ' + type + (secured ? '' : ', unsecured')));
  name.title = names[resource];
  row.append(name);
  for (let column = firstColumn; column < lastColumn; column++) {
    const count = bits(view.columns[column].mask(access) & view.mask);
    const isActive = at === view.row && column === view.column;
    const cell = make('span', { role: 'gridcell', class: 'cell ' + heat(count), 'aria-colindex': column + 2 });
    if (count > 0) cell.textContent = count;
    else cell.setAttribute('aria-label', 'none');
    if (isActive) {
      cell.id = 'active';
      cell.classList.add('active');
    }
    cell.style.left = title + column * COLUMN + 'px';
    cell.dataset.row = at;
    cell.dataset.column = column;
    row.append(cell);
  }
  return row;
}

function moveTo(row, column) {
  view.row = Math.max(0, Math.min(view.rows.length - 1, row));
  view.column = Math.max(0, Math.min(view.columns.length - 1, column));
  const top = view.row * ROW;
  const left = view.column * COLUMN;
  const height = grid.clientHeight - HEAD - ROW;
  const width = grid.clientWidth - titleWidth() - COLUMN;
  if (top < grid.scrollTop) grid.scrollTop = top;
  else if (top > grid.scrollTop + height) grid.scrollTop = top - height;
  if (left < grid.scrollLeft) grid.scrollLeft = left;
  else if (left > grid.scrollLeft + width) grid.scrollLeft = left - width;
  drawGrid();
}

/** Who can do each action on a resource, as a list. */
function whoCan(access) {
  const list = make('dl', {});
  for (const [index, action] of head.actions.entries()) {
    const bit = 1 << index;
    const who = [];
    if (access[1] & bit) who.push('everyone');
    if (access[2] & bit) who.push('any user with a name');
    const cells = access[4];
    let alone = 0;
    for (let at = 0; at < cells.length; at += 3) {
      if (cells[at + 1] & bit && ++alone <= 50) who.push(columnNames[cells[at]]);
      if (cells[at + 2] & bit) who.push(columnNames[cells[at]] + ' (if an own policy allows it)');
    }
    if (alone > 50) who.push('and ' + number(alone - 50) + ' more');
    if (access[3] & bit) who.push('only several together, or an own policy');
    list.append(make('dt', {}, make('strong', {}, action)), make('dd', { class: 'name' }, who.join(', ') || 'everyone is refused'));
  }
  return list;
}

function showPanel() {
  const resource = view.rows[view.row];
  const column = view.columns[view.column];
  if (resource === undefined || column === undefined) return;
  const access = rows[rowOf[resource]];
  const project = projects[projectOf[resource]];
  const allowed = actionsOf(column.mask(access));
  const title = make('h3', {}, types[typeOf[resource]] + ' ', make('span', { class: 'name' }, names[resource]));
  if (project !== '') title.append(' of project ', make('span', { class: 'name' }, project));
  const close = make('button', { type: 'button' }, 'Close');
  close.addEventListener('click', hidePanel);
  const panel = byId('panel');
  panel.replaceChildren(
    title,
    make('p', {}, make('strong', { class: 'name' }, column.name), allowed.length === 0 ? ' alone may do nothing.' : ' may do ' + allowed.join(', ') + '.'),
    make('h3', {}, 'Who can'),
    access[0] === 1 ? whoCan(access) : make('p', {}, 'This resource is unsecured: no permission covers it.'),
    close,
  );
  panel.hidden = false;
  panel.focus();
}

function hidePanel() {
  byId('panel').hidden = true;
  grid.focus();
}

const MOVES = {
  ArrowDown: () => [1, 0],
  ArrowUp: () => [-1, 0],
  ArrowRight: () => [0, 1],
  ArrowLeft: () => [0, -1],
  PageDown: () => [Math.floor((grid.clientHeight - HEAD) / ROW), 0],
  PageUp: () => [-Math.floor((grid.clientHeight - HEAD) / ROW), 0],
  Home: (event) => [event.ctrlKey ? -view.row : 0, -view.column],
  End: (event) => [event.ctrlKey ? view.rows.length : 0, view.columns.length],
};
grid.addEventListener('keydown', (event) => {
  const move = Object.hasOwn(MOVES, event.key) ? MOVES[event.key](event) : undefined;
  if (move !== undefined) {
    event.preventDefault();
    moveTo(view.row + move[0], view.column + move[1]);
  } else if (event.key === 'Enter' || event.key === ' ') {
    event.preventDefault();
    showPanel();
  }
});
grid.addEventListener('click', (event) => {
  const cell = event.target.closest('[role="gridcell"]');
  if (cell === null) return;
  view.row = Number(cell.dataset.row);
  view.column = Number(cell.dataset.column);
  drawGrid();
  showPanel();
});
byId('panel').addEventListener('keydown', (event) => {
  if (event.key === 'Escape') hidePanel();
});
let isDue = false;
const drawSoon = () => {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    drawGrid();
  });
};
grid.addEventListener('scroll', drawSoon, { passive: true });
addEventListener('resize', drawSoon);
for (const [index, type] of types.entries()) option(byId('access-type'), index, type);
for (const [index, project] of projects.entries()) option(byId('access-project'), index, project || '-');
for (const [index, action] of head.actions.entries()) option(byId('access-action'), index, action);
byId('access-filter').addEventListener('input', filterAccess);
filterAccess();
`;
