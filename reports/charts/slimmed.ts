/**
 * A drawing of Vega's without what says nothing to a browser: its own roles for screen readers, which make every
 * mark an image without a name, frames without a size, defaults, and digits of a pixel that nobody sees. What all
 * marks of a group share is told once, by the group. A drawing is about a third of its size afterwards.
 * @param svg the content of the root element, without its text content being touched.
 */
export function slimmed(svg: string): string {
  const said = svg
    .replace(/<path class="(?:background|foreground)"[^>]*?\/>/g, '')
    .replace(/<[^>]+>/g, slimTag);
  return withSharedAttributes(withoutBareGroups(withoutEmptyGroups(said)));
}

/** What Vega writes on every mark, and what a browser takes for granted or the page's style says for all charts. */
const unsaid =
  / (?:role|aria-[\w-]+|pointer-events|font-family|stroke-miterlimit|opacity="1"|font-weight="400"|stroke-width="1"|fill-opacity="1"|stroke-opacity="1")(?:="[^"]*")?(?=[ />])/g;

function slimTag(tag: string): string {
  return tag
    .replace(unsaid, '')
    .replace(/ transform="translate\(0,0\)"/, '')
    .replace(/ class="([^"]*)"/, (_, names: string) => classOf(names))
    .replace(/-?\d+\.\d{3,}(?:e-\d+)?/g, (number) => String(Math.round(Number(number) * 100) / 100))
    .replace(/px"/g, '"');
}

/** The name of a layer, an axis, and the role of its parts: what style sheet, script and tests know a group by. */
function classOf(names: string): string {
  const kept = names.split(' ').filter((it) => /_marks$|^role-axis/.test(it));
  return kept.length === 0 ? '' : ` class="${kept.join(' ')}"`;
}

/** From the inside outwards: a group of empty groups is empty. */
function withoutEmptyGroups(svg: string): string {
  const less = svg.replace(/<(?:g|text)(?: [^>]*)?\/>|<(g|text)(?: [^>]*)?(?<!\/)><\/\1>/g, '');
  return less === svg ? svg : withoutEmptyGroups(less);
}

/** A group without an attribute groups nothing. */
function withoutBareGroups(svg: string): string {
  const kept: boolean[] = [];
  return svg.replace(/<g( [^>]*)?>|<\/g>/g, (tag, attributes: string | undefined) => {
    if (tag !== '</g>') {
      kept.push(attributes !== undefined);
      return attributes === undefined ? '' : tag;
    }
    return kept.pop() === false ? '' : tag;
  });
}

/** Attributes that an element inherits from its group. */
const inherited = new Set([
  'text-anchor',
  'font-size',
  'font-weight',
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
]);

/** Groups that hold marks and no further group. */
const leafGroup = /<g( [^>]*)?>((?:<(?!\/?g[ >])[^>]*>|[^<])*)<\/g>/g;
const attribute = / ([\w-]+)="([^"]*)"/g;

function withSharedAttributes(svg: string): string {
  return svg.replace(leafGroup, (_, own: string | undefined, content: string) => {
    const marks = [...content.matchAll(/<[a-z]+((?: [\w-]+="[^"]*")*)\/?>/g)].map(([, text = '']) =>
      attributesOf(text),
    );
    const [first = new Map<string, string>()] = marks;
    const shared = [...first].filter(
      ([name, value]) =>
        inherited.has(name) &&
        own?.includes(` ${name}=`) !== true &&
        marks.every((it) => it.get(name) === value),
    );
    let slim = content;
    for (const [name, value] of shared) slim = slim.replaceAll(` ${name}="${value}"`, '');
    const told = shared.map(([name, value]) => ` ${name}="${value}"`).join('');
    return `<g${own ?? ''}${told}>${slim}</g>`;
  });
}

function attributesOf(text: string): ReadonlyMap<string, string> {
  return new Map([...text.matchAll(attribute)].map(([, name = '', value = '']) => [name, value]));
}
