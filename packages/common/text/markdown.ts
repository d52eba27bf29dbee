import { printable } from "../util/words";

/** Text of a foreign file as code, on one line; it can't end the code, nor the cell of a table that it is in. */
export function code(text: string): string {
  const plain = printable(text);
  const longest = [...plain.matchAll(/`+/g)].reduce((most, [run]) => Math.max(most, run.length), 0);
  const fence = "`".repeat(longest + 1);
  const space = plain.startsWith("`") || plain.endsWith("`") ? " " : "";
  return `${fence}${space}${plain.replace(/\|/g, "\\|")}${space}${fence}`;
}

/** Text with names of a foreign file in it: nothing in it is syntax, a link, or a mention of a person. */
export function prose(text: string): string {
  return (
    printable(text)
      .replace(/[\\`*_{}[\]<>#|~$&]/g, "\\$&")
      // GitHub and Azure DevOps make links of numbers of issues and pull requests, and of addresses, and pictures of words.
      .replace(/(?:\\#|!)(?=\d)|\bGH-(?=\d)|@|:(?=\/\/|[\w+-]+:)|\bwww(?=\.)/gi, "$&<!-- -->")
  );
}

/** A block of code, which nothing in it can end. */
export function fenced(language: string, text: string): string {
  const longest = [...text.matchAll(/`+/g)].reduce((most, [run]) => Math.max(most, run.length), 2);
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text.trimEnd()}\n${fence}`;
}

/** A table, a row in each line. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** A part that is shown when its title is clicked. */
export function details(title: string, content: string): string {
  return `<details><summary>${title}</summary>\n\n${content}\n\n</details>`;
}

/** Most characters of a Markdown report. A comment on GitHub takes 65,536, one in Azure DevOps 150,000. */
const MOST_CHARACTERS = 60_000;

/** Parts of a page, up to the size that a comment can have; what is left out is said. */
export function page(parts: readonly string[]): string {
  const kept: string[] = [];
  let length = 0;
  for (const part of parts) {
    length += part.length + 2;
    if (length > MOST_CHARACTERS) {
      kept.push("The rest is left out, because a comment can't hold it. `--format json` has all of it.");
      break;
    }
    kept.push(part);
  }
  return kept.join("\n\n");
}
