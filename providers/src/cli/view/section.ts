/** A titled table with remarks, before it is known whether a terminal or a page shows it. */
export interface Section {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly notes: readonly string[];
}

/** @param head names of the columns */
export function section(title: string, head: readonly string[], content: Pick<Section, "rows"> & Partial<Section>): Section {
  const { rows, notes = [] } = content;
  return { title, head, rows, notes: notes.filter((note) => note !== "") };
}
