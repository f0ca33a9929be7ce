import { createHash } from 'node:crypto';

/**
 * What a script adds, where one may run: tables that sort, values in per cent instead of their unit, and values under
 * the pointer in a chart. Without it all is there to read. It is one constant text, which the page's content policy
 * names by its hash: a browser runs no other.
 */
export const script = `(() => {
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const main = document.querySelector('main');
if (document.querySelector('.view-b')) {
  const button = document.createElement('button');
  const tell = () => {
    const other = main.classList.contains('swapped');
    const percentFirst = document.querySelector('.matrix') !== null;
    button.textContent = other === percentFirst ? 'Show per cent' : 'Show units';
  };
  button.type = 'button';
  button.onclick = () => { main.classList.toggle('swapped'); tell(); };
  tell();
  document.querySelector('.measured').append(' ', button);
}
const valueOf = (row, index) => {
  const cell = row.cells[index];
  return cell.dataset.v === undefined ? cell.textContent.trim() : Number(cell.dataset.v);
};
const compare = (a, b) => typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
for (const table of all('table[data-sort]')) {
  all('thead th', table).forEach((head, index) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...head.childNodes);
    head.append(button);
    button.onclick = () => {
      const down = head.getAttribute('aria-sort') === 'ascending';
      all('thead th', table).forEach((it) => it.removeAttribute('aria-sort'));
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      for (const body of table.tBodies) {
        const rows = [...body.rows].filter((row) => !row.classList.contains('group'));
        rows.sort((a, b) => (down ? -1 : 1) * compare(valueOf(a, index), valueOf(b, index)));
        body.append(...rows);
      }
    };
  });
}
addEventListener('hashchange', openTarget);
openTarget();
function openTarget() {
  const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  const folded = target && target.closest('details');
  if (folded) { folded.open = true; target.scrollIntoView(); }
}
/* What an axis says at a place: its labels are read, and the scale that fits them best is taken. */
const scales = [
  [(v) => v, (t) => t],
  [Math.log, Math.exp],
  [(v) => Math.log(1 + v / 100), (t) => 100 * (Math.exp(t) - 1)],
  [(v) => -Math.log(1 - v / 100), (t) => 100 * (1 - Math.exp(-t))],
];
function axisOf(group, along) {
  const labels = all('.role-axis-label text', group).map((text) => {
    const place = text.getScreenCTM();
    return { at: along === 'x' ? place.e : place.f, across: along === 'x' ? place.f : place.e,
      value: Number(text.textContent.replace('−', '-').replace(/[^\\d.-]/g, '')), text: text.textContent };
  });
  const [first, last] = [labels[0], labels.at(-1)];
  if (labels.length < 3 || first.across !== last.across || labels.some(({ value }) => Number.isNaN(value))) return undefined;
  const unit = first.text.includes('%') ? ' %' : (/\\(([^,)]+)/.exec(group.textContent) ?? ['', ''])[1].replace(/^/, ' ');
  const fits = scales.map(([to, from]) => {
    const [a, b] = [to(first.value), to(last.value)];
    const at = (value) => first.at + ((to(value) - a) / (b - a)) * (last.at - first.at);
    const miss = Math.max(...labels.map((it) => Math.abs(at(it.value) - it.at)));
    return { miss, read: (place) => from(a + ((place - first.at) / (last.at - first.at)) * (b - a)) };
  }).filter(({ miss }) => miss < 2);
  const [best] = fits.sort((a, b) => a.miss - b.miss);
  return best && ((place) => Number(best.read(place).toPrecision(3)).toLocaleString('en') + unit);
}
const tip = document.createElement('div');
tip.className = 'tip';
tip.hidden = true;
tip.setAttribute('aria-hidden', 'true');
document.body.append(tip);
for (const svg of all('svg.chart')) {
  svg.addEventListener('pointerleave', () => { tip.hidden = true; });
  svg.addEventListener('pointermove', ({ clientX, clientY }) => {
    const groups = all('.role-axis', svg);
    const read = (along, place) => groups.map((it) => axisOf(it, along)).find((it) => it !== undefined)?.(place);
    const told = [read('x', clientX), read('y', clientY)].filter((it) => it !== undefined);
    tip.hidden = told.length === 0;
    tip.textContent = told.join(' · ');
    tip.style.left = clientX + 14 + 'px';
    tip.style.top = clientY + 14 + 'px';
  });
}
})();`;

/** As a content security policy names the script. */
export const scriptHash = `sha256-${createHash('sha256').update(script).digest('base64')}`;
