// Sections of results as text for a terminal, and as Markdown.

/** Columns aligned: the first to the left, the others to the right. */
export function textOf(sections) {
  return sections
    .map(({ title, says, goals = [], tables = [] }) =>
      [title.toUpperCase(), ...wrapped(says), ...goals.map(goalText), ...tables.map(tableText)].join("\n\n"),
    )
    .join("\n\n\n");
}

export function goalText({ goal, reached, isReached }) {
  return `${isReached === undefined ? "  --  " : isReached ? "REACHED" : "MISSED "}  ${goal}\n         ${reached}`;
}

function wrapped(text) {
  return text === undefined ? [] : [text];
}

function tableText({ caption, head, rows }) {
  const all = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, index) => Math.max(...all.map((row) => row[index]?.length ?? 0)));
  const pad = (cell, index) => (index === 0 ? cell.padEnd(widths[index]) : cell.padStart(widths[index]));
  return [caption, ...all.map((row) => row.map(pad).join("  ").trimEnd())].join("\n");
}

export function tableMarkdown({ caption, head, rows }) {
  const line = (cells) => `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
  const rule = head.map((_, index) => (index === 0 ? "---" : "---:"));
  return [`**${caption}**`, "", line(head), line(rule), ...rows.map(line)].join("\n");
}
