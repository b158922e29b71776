import { html, type Markup } from "./markup.ts";
import { styleSheet } from "./style.ts";

/** The page asks nobody for anything: no script, no font, no picture, no request. */
const contentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

export interface PageOptions {
  readonly title: string;
  /** Beside the style that all pages have. */
  readonly style?: string;
}

/** A self-contained page around what is in its `main`. */
export function page({ title, style = "" }: PageOptions, main: Markup): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${{ markup: styleSheet + style }}</style>
</head>
<body>
<main>
${main}
</main>
</body>
</html>
`.markup;
}
