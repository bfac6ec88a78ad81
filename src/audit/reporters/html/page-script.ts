/** The part of the page's script that shows numbers, coverage and findings. Names become text. */
export const PAGE_SCRIPT = `
const byId = (id) => document.getElementById(id);
const data = JSON.parse(byId('data').textContent);
const { head, names, typeOf, projectOf, rowOf, types, projects, rows, principals, rules } = data;
const number = (value) => value.toLocaleString('en');
const plural = (value, word) => number(value) + ' ' + word + (value === 1 ? '' : 's');

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const level = (name) => make('span', { class: 'level ' + name }, name);

function option(select, value, text) {
  select.append(make('option', { value }, text));
}

function withCode(text) {
  const parts = text.replace(/\\[([^\\]]*)\\]\\([^)]*\\)/g, '$1').split('\`');
  return parts.map((part, index) =>
    index % 2 === 1 && index < parts.length - 1 ? make('code', { class: 'name' }, part) : part,
  );
}

function explain(markdown) {
  const blocks = [];
  for (const [index, part] of markdown.split('\`\`\`').entries()) {
    if (index % 2 === 1) {
      blocks.push(make('pre', { tabindex: '0' }, part.replace(/^[^\\n]*\\n/, '')));
      continue;
    }
    for (const text of part.split(/\\n{2,}/)) {
      if (text.trim() !== '') blocks.push(make('p', {}, ...withCode(text.trim())));
    }
  }
  return blocks;
}

function showHead() {
  const where = head.project === null ? 'all projects' : 'project ' + head.project;
  byId('about').textContent = head.source + ', ' + where;
  byId('footer').textContent = 'feast-permissions ' + head.version;
  document.title = 'Audit of ' + head.source;
  const { summary } = head;
  const count = (name) => data.findings.filter((finding) => finding[1] === name).length;
  const tiles = [
    ['', summary.resources, 'resources'],
    ['', summary.secured, 'secured'],
    [summary.unsecured > 0 ? 'warning' : '', summary.unsecured, 'unsecured'],
    ['', summary.permissions, 'permissions'],
    [count('error') > 0 ? 'error' : '', count('error'), 'errors'],
    [count('warning') > 0 ? 'warning' : '', count('warning'), 'warnings'],
    ['', count('note'), 'notes'],
  ];
  if (data.accepted.length > 0) tiles.push(['', data.accepted.length, 'accepted findings']);
  if (head.known !== null) tiles.push(['', head.known, 'findings of the baseline']);
  for (const [kind, value, label] of tiles) {
    byId('tiles').append(make('li', { class: kind }, make('strong', {}, number(value)), label));
  }
}

function showCoverage() {
  const groups = new Map();
  for (let at = 0; at < names.length; at++) {
    const key = projectOf[at] * types.length + typeOf[at];
    let group = groups.get(key);
    if (group === undefined) groups.set(key, (group = { at, all: 0, secured: 0 }));
    group.all += 1;
    group.secured += rows[rowOf[at]][0];
  }
  const sorted = [...groups.values()].sort((a, b) => b.all - b.secured - (a.all - a.secured));
  const show = (some) => {
    byId('coverage-rows').append(
      ...some.map(({ at, all, secured }) => {
        const share = secured === all ? 100 : Math.min(99, Math.round((100 * secured) / all));
        const label = share + ' % covered';
        const meter = make('meter', { min: '0', max: '100', value: share, 'aria-label': label });
        return make(
          'tr',
          {},
          make('td', { class: 'name' }, projects[projectOf[at]] || '-'),
          make('td', {}, types[typeOf[at]]),
          make('td', { class: 'number' }, number(all)),
          make('td', { class: 'number' }, number(secured)),
          make('td', { class: 'number' }, number(all - secured)),
          make('td', {}, meter, ' ' + share + ' %'),
        );
      }),
    );
  };
  const first = 50;
  show(sorted.slice(0, first));
  const more = byId('coverage-more');
  more.hidden = sorted.length <= first;
  more.addEventListener('click', () => {
    more.hidden = true;
    show(sorted.slice(first));
  });
}

function findingItem([, , message, about, place, fingerprint, reason, until]) {
  const item = make('li', {}, ...withCode(message));
  const accepted = reason === undefined ? '' : 'Accepted' + (until ? ' until ' + until : '') + ': ' + reason + ' · ';
  const detail = accepted + (about === '' ? '' : about + ' · ') + place + ' · ' + fingerprint;
  item.append(make('div', { class: 'soft name' }, detail));
  return item;
}

/** A list that grows by some items at a time. */
function growingList(findings) {
  const list = make('ul', { class: 'list' });
  const more = make('button', { type: 'button' });
  let shown = 0;
  const grow = () => {
    const next = findings.slice(shown, shown + 50);
    list.append(...next.map(findingItem));
    shown += next.length;
    more.textContent = 'Show more (' + number(findings.length - shown) + ' left)';
    more.hidden = shown === findings.length;
  };
  more.addEventListener('click', grow);
  grow();
  return [list, more];
}

function ruleDetails(rule, name, findings, open) {
  const summary = make('summary', {}, level(name), ' ', make('strong', {}, rule.id), ': ');
  summary.append(...withCode(rule.title), ' ', make('span', { class: 'soft' }, '(' + number(findings.length) + ')'));
  const details = make('details', {}, summary);
  const fill = () => {
    if (details.childElementCount > 1) return;
    const content = make('div', {});
    if (rule.advice !== '') content.append(make('p', {}, make('strong', {}, 'Remedy: '), ...withCode(rule.advice)));
    if (rule.explanation !== null) content.append(...explain(rule.explanation));
    content.append(...growingList(findings));
    details.append(content);
  };
  details.addEventListener('toggle', fill);
  if (open) {
    fill();
    details.open = true;
  }
  return details;
}

function groupFindings(findings) {
  const groups = new Map();
  for (const finding of findings) {
    const key = finding[1] + ' ' + finding[0];
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return [...groups.values()];
}

function showFindings() {
  const text = byId('finding-search').value.toLowerCase();
  const rule = byId('finding-rule').value;
  const shown = data.findings.filter(
    ([index, name, message, about]) =>
      byId('level-' + name).checked &&
      (rule === '' || String(index) === rule) &&
      (text === '' || message.toLowerCase().includes(text) || about.toLowerCase().includes(text)),
  );
  byId('finding-count').textContent =
    data.findings.length === 0 ? 'No findings' : number(shown.length) + ' of ' + plural(data.findings.length, 'finding');
  const groups = groupFindings(shown);
  byId('finding-list').replaceChildren(
    ...groups.map((group) => ruleDetails(rules[group[0][0]], group[0][1], group, groups.length < 4)),
  );
}

function showAccepted() {
  if (data.accepted.length === 0) return;
  byId('accepted-list').append(
    make('h3', {}, 'Accepted by exceptions'),
    ...groupFindings(data.accepted).map((group) => ruleDetails(rules[group[0][0]], group[0][1], group, false)),
  );
}

showHead();
showCoverage();
for (const [index, rule] of rules.entries()) option(byId('finding-rule'), index, rule.id);
for (const form of document.forms) form.addEventListener('submit', (event) => event.preventDefault());
byId('finding-filter').addEventListener('input', showFindings);
showFindings();
showAccepted();
`;
