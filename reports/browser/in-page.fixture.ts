/*
 * Functions that run inside the page. Each is sent there as its text, so none may use anything outside itself.
 */

/** Sizes of the charts' texts as they are drawn, in CSS pixels: each text that is smaller than `least`. */
export function smallChartTexts(least: number): readonly string[] {
  return [...document.querySelectorAll<SVGTextElement>('svg.chart text')].flatMap((text) => {
    if (!text.checkVisibility()) return [];
    // The title of an axis at the side is turned.
    const { a, b } = text.getScreenCTM() ?? { a: 1, b: 0 };
    const scale = Math.hypot(a, b);
    const size = Number.parseFloat(getComputedStyle(text).fontSize) * scale;
    return size >= least ? [] : [`${size.toFixed(1)} px: ${text.textContent}`];
  });
}

/** What is wider than its place: the page, or a part of it that scrolls sideways. */
export function sidewaysScrollers(): readonly string[] {
  const found: string[] = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) found.push(`page: ${scrollWidth} px in ${clientWidth} px`);
  for (const element of document.querySelectorAll('body *')) {
    if (!element.checkVisibility() || element.closest('svg') !== null) continue;
    const { overflowX } = getComputedStyle(element);
    if (['auto', 'scroll'].includes(overflowX) && element.scrollWidth > element.clientWidth + 1) {
      found.push(
        `${element.tagName}.${element.className}: ${element.scrollWidth} px in ${element.clientWidth} px`,
      );
    }
  }
  return found;
}

/**
 * Words of the first screen outside its table. A drawing and the key of the matrix are parts of the table. Links of the
 * contents and buttons are not read, and what only a screen reader is told takes no room.
 */
export function firstScreenWords(): number {
  const end = document.querySelector('h2');
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const elsewhere = 'nav, button, table, figure, .legend-line, script, style';
  let count = 0;
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (end !== null && (end.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0) break;
    if (parent === null || end?.contains(node) || parent.closest(elsewhere) !== null) continue;
    if (!parent.checkVisibility() || parent.getBoundingClientRect().width <= 1) continue;
    count += (node.textContent ?? '').split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
  }
  return count;
}

/** Marks of charts and of their legends that stand out less than `least` : 1 from the page. */
export function faintMarks(least: number): readonly string[] {
  type Rgb = readonly [red: number, green: number, blue: number];
  function parsed(color: string): { readonly rgb: Rgb; readonly alpha: number } | undefined {
    const [red, green, blue, alpha = 1] = (color.match(/[\d.]+/g) ?? []).map(Number);
    if (!color.startsWith('rgb') || red === undefined || green === undefined || blue === undefined)
      return undefined;
    return { rgb: [red, green, blue], alpha };
  }
  function luminance(rgb: Rgb): number {
    const [red = 0, green = 0, blue = 0] = rgb.map((it) => {
      const share = it / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }
  const paper = parsed(getComputedStyle(document.body).backgroundColor)?.rgb ?? [255, 255, 255];
  function contrast(color: string, opacity: number): number {
    const found = parsed(color);
    if (found === undefined) return 1;
    const share = found.alpha * opacity;
    const [red, green, blue] = found.rgb.map((it, index) => it * share + (paper[index] ?? 0) * (1 - share));
    const [light = 1, dark = 1] = [luminance([red ?? 0, green ?? 0, blue ?? 0]), luminance(paper)].sort(
      (a, b) => b - a,
    );
    return (light + 0.05) / (dark + 0.05);
  }
  function opacityOf(element: Element): number {
    let opacity = 1;
    for (let it: Element | null = element; it !== null; it = it.parentElement) {
      opacity *= Number(getComputedStyle(it).opacity);
    }
    return opacity;
  }
  const marks = document.querySelectorAll(
    'svg.chart :is(path, line, rect), .legend svg :is(path, line, rect)',
  );
  return [...marks].flatMap((mark) => {
    // Grid, frame and ticks of an axis order what is drawn, and say nothing themselves.
    if (mark.closest('[class*="role-axis"], clipPath, defs') !== null || !mark.checkVisibility()) return [];
    const { fill, stroke } = getComputedStyle(mark);
    if (fill === 'none' && stroke === 'none') return [];
    const opacity = opacityOf(mark);
    const best = Math.max(contrast(fill, opacity), contrast(stroke, opacity));
    if (best >= least) return [];
    return [`${best.toFixed(2)}: ${mark.parentElement?.getAttribute('class')} fill ${fill} stroke ${stroke}`];
  });
}

/** The focused element: a name for it, and why it is a stop, or `undefined` where the page has the focus. */
export function focusedStop(): { readonly name: string; readonly purpose: string } | undefined {
  const focused = document.activeElement;
  if (focused === null || focused === document.body || focused === document.documentElement) return undefined;
  const name = `${focused.outerHTML.slice(0, 100)}`;
  const purpose = () => {
    if (focused instanceof HTMLAnchorElement) {
      const href = focused.getAttribute('href') ?? '';
      if (href === '') return 'none: a link to nowhere';
      if (href.startsWith('#') && document.getElementById(decodeURIComponent(href.slice(1))) === null) {
        return `none: nothing has the id ${href}`;
      }
      return focused.textContent?.trim() === '' ? 'none: a link without a text' : 'link';
    }
    if (focused.tagName === 'SUMMARY') {
      const folded = focused.parentElement?.textContent?.length ?? 0;
      return folded > (focused.textContent?.length ?? 0) ? 'fold' : 'none: nothing is folded';
    }
    if (['BUTTON', 'SELECT', 'INPUT'].includes(focused.tagName)) return 'control';
    if (focused.scrollWidth > focused.clientWidth || focused.scrollHeight > focused.clientHeight)
      return 'scroll';
    return 'none: it does nothing';
  };
  return { name, purpose: purpose() };
}

/** Pieces of text inside folded parts that are not shown, but for those of the path evidence. */
export function hiddenFolds(): readonly string[] {
  return [...document.querySelectorAll('details')].flatMap((details) => {
    if ((details.closest('section')?.querySelector('#evidence') ?? null) !== null) return [];
    const walker = document.createTreeWalker(details, NodeFilter.SHOW_TEXT);
    const hidden: string[] = [];
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const text = node.textContent?.trim() ?? '';
      const range = document.createRange();
      range.selectNodeContents(node);
      const drawn = [...range.getClientRects()].some(({ width, height }) => width > 0 && height > 0);
      const seen =
        drawn &&
        node.parentElement?.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true });
      if (text !== '' && seen !== true) hidden.push(text.slice(0, 80));
    }
    return hidden.slice(0, 3);
  });
}

/** The words of the folded parts, but for those of the path evidence. */
export function foldedWords(): readonly string[] {
  const words = [...document.querySelectorAll('details')]
    .filter((it) => (it.closest('section')?.querySelector('#evidence') ?? null) === null)
    .flatMap((it) => it.innerText.match(/\p{L}{4,}/gu) ?? []);
  return [...new Set(words.map((it) => it.toLowerCase()))];
}

/** The headings in their order: level and text. */
export function headings(): readonly { readonly level: number; readonly text: string }[] {
  return [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map((it) => ({
    level: Number(it.tagName.slice(1)),
    text: it.textContent?.replace(/\s+/g, ' ').trim() ?? '',
  }));
}

/** Texts of a picture that reach out of it, or into each other. */
export function clashingTexts(): readonly string[] {
  const root = document.querySelector('svg')?.getBoundingClientRect();
  if (root === undefined) return ['no picture'];
  const texts = [...document.querySelectorAll('text')].map((it) => ({
    text: it.textContent,
    box: it.getBoundingClientRect(),
  }));
  const outside = texts
    .filter(
      ({ box }) =>
        box.left < root.left || box.right > root.right || box.top < root.top || box.bottom > root.bottom,
    )
    .map(({ text }) => `outside: ${text}`);
  const clashes = texts.flatMap((one, index) =>
    texts.slice(index + 1).flatMap((other) => {
      const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
      const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
      // Boxes of lines hold room for letters with tails, and may touch where letters do not.
      return across > 1.5 && down > 5 ? [`“${one.text}” and “${other.text}”`] : [];
    }),
  );
  return [...outside, ...clashes];
}
