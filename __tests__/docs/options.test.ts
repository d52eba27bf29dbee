import { readFileSync } from "node:fs";
import { join } from "node:path";
import { main as emulator } from "../../packages/azure-emulator/lib/command";
import { main as preview } from "../../packages/private-link-preview/lib/command";
import { folder, PROJECT, runIn } from "../support/programs";

/** Options that every command has, or that are described elsewhere. */
const COMMON = ["--help", "--version"];

/** What a command prints for `--help`. */
async function helpOf(command: (args: readonly string[]) => Promise<number>): Promise<string> {
  let text = "";
  const spy = jest.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  try {
    await command(["--help"]);
    return text;
  } finally {
    spy.mockRestore();
  }
}

test.each([
  ["docs/preview.md", async () => (await runIn(folder(), "preview", ["--help"])).stdout],
  ["docs/plan.md", async () => (await runIn(folder(), "plan", ["--help"])).stdout],
  ["docs/rehearsal.md", async () => (await runIn(folder(), "rehearse", ["--help"])).stdout],
  ["packages/private-link-preview/README.md", () => helpOf(preview)],
  ["packages/azure-emulator/README.md", () => helpOf(emulator)],
])("%s has a row for each option of its command, and for no other", async (page, help) => {
  const optionsIn = (text: string, row: RegExp) =>
    [...text.matchAll(row)].map(([, option = ""]) => option).filter((option) => !COMMON.includes(option));
  const inHelp = optionsIn(await help(), /^ {2}(--[\w-]+)/gm);
  const inPage = optionsIn(readFileSync(join(PROJECT, page), "utf8"), /^\| `(?:-- )?(--[\w-]+)/gm);
  expect(inHelp.length).toBeGreaterThan(0);
  expect(inPage.sort()).toEqual(inHelp.sort());
});
