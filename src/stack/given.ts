/** The text, unless it is empty or absent: an empty string of a stack file says nothing. */
export function given(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
