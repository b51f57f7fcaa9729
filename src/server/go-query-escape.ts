/** A text as Go's url.QueryEscape writes it: blanks are plus signs, all but `-_.~` is escaped. */
export function goQueryEscape(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%20', '+')
    .replaceAll(
      /[!'()*]/g,
      (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    );
}
