/** A field, quoted or not, and what ends it. */
const field = /(?:"([^"]*(?:""[^"]*)*)"|([^",]*))(,|$)/y;

/** The fields of one line of CSV (RFC 4180, but for line ends within quotes), or why it has none. */
export function csvRow(line: string): string[] | "has a quote that does not enclose a whole field" {
  if (!line.includes('"')) return line.split(",");
  const fields: string[] = [];
  for (field.lastIndex = 0; ; ) {
    const found = field.exec(line);
    if (found === null) return "has a quote that does not enclose a whole field";
    fields.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? "");
    if (found[3] === "") return fields;
  }
}
