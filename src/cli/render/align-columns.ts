import { displayWidth } from '../../base/display-width.ts';

const LEAST_WIDTH = 10;
const PADDING = 3;

/**
 * Lines with tab-separated cells become aligned columns, as docker prints them.
 *
 * A column is as wide as max(10, its longest cell + 3); text after a line's last tab is not padded
 * and does not widen. A column lives only in consecutive lines that have it.
 * @source Go text/tabwriter (behaviour), minwidth 10, padding 3
 */
export function alignColumns(text: string): string {
  const rows = text.split('\n').map((line) => line.split('\t'));
  const widths: number[][] = rows.map(() => []);
  const columns = Math.max(...rows.map((row) => row.length)) - 1;
  for (let column = 0; column < columns; column += 1) {
    for (const [start, end] of blocksOf(rows, column)) {
      const block = rows.slice(start, end);
      const longest = Math.max(...block.map((row) => displayWidth(row[column] ?? '')));
      const width = Math.max(LEAST_WIDTH, longest + PADDING);
      for (let row = start; row < end; row += 1) widths[row]?.push(width);
    }
  }
  return rows.map((row, at) => padCells(row, widths[at] ?? [])).join('\n');
}

/** Runs of consecutive rows that have a tab after `column`. */
function blocksOf(rows: readonly (readonly string[])[], column: number): [number, number][] {
  const blocks: [number, number][] = [];
  for (const [at, row] of rows.entries()) {
    if (row.length <= column + 1) continue;
    const last = blocks.at(-1);
    if (last?.[1] === at) last[1] = at + 1;
    else blocks.push([at, at + 1]);
  }
  return blocks;
}

function padCells(row: readonly string[], widths: readonly number[]): string {
  return row
    .map((cell, column) => {
      const width = widths[column];
      return width === undefined ? cell : cell + ' '.repeat(width - displayWidth(cell));
    })
    .join('');
}
