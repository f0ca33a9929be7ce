import { type Content, type Html, html, trusted } from './markup.ts';

interface Page {
  readonly title: string;
  /** The command that makes the page. */
  readonly command: string;
  /** The style sheet itself, or the name of a file beside the page. */
  readonly style: { readonly sheet: string } | { readonly file: string };
  /** The only script that may run, and its hash. Absent: none may. */
  readonly script?: { readonly text: string; readonly hash: string };
  readonly body: Content;
}

/** A page that opens offline. Its policy forbids whatever it does not need: it cannot load or send anything. */
export function page({ title, command, style, script, body }: Page): Html {
  const styles = 'file' in style ? "'self' file: 'unsafe-inline'" : "'unsafe-inline'";
  const scripts = script === undefined ? '' : ` script-src '${script.hash}';`;
  const policy = `default-src 'none'; style-src ${styles};${scripts} font-src data:; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title} · ${command}</title>
${'file' in style ? html`<link rel="stylesheet" href="${style.file}">` : html`<style>${trusted(style.sheet)}</style>`}
</head>
<body>
${body}
${script === undefined ? undefined : html`<script>${trusted(script.text)}</script>\n`}</body>
</html>
`;
}
