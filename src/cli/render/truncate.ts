import { characterWidth, displayWidth } from '../../base/display-width.ts';

/** The text, or as much of it as fits with an ellipsis into `width` columns. */
export function truncateToWidth(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const character of text) {
    used += characterWidth(character);
    if (used > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}
