import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../lib/command";

/** What a run of the command printed, and how it ended. */
export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command in this process. */
export async function run(...args: string[]): Promise<Ran> {
  const lines = { stdout: "", stderr: "" };
  const to = (stream: keyof typeof lines) => (text: unknown) => {
    lines[stream] += String(text).replace(/\n?$/, "\n");
    return true;
  };
  const spies = [
    jest.spyOn(process.stdout, "write").mockImplementation(to("stdout")),
    jest.spyOn(process.stderr, "write").mockImplementation(to("stderr")),
  ];
  try {
    return { status: await main(args), ...lines };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

/** Files in a temporary folder. */
export class Files {
  public readonly folder = mkdtempSync(join(tmpdir(), "private-link-preview-"));

  /** Writes a file, as JSON unless its content is text or bytes, and returns its path. */
  public write(name: string, content: unknown): string {
    const path = join(this.folder, name);
    const isWhole = typeof content === "string" || Buffer.isBuffer(content);
    writeFileSync(path, isWhole ? content : JSON.stringify(content, null, 2));
    return path;
  }

  /** Runs the command in the folder. */
  public async run(...args: string[]): Promise<Ran> {
    const before = process.cwd();
    process.chdir(this.folder);
    try {
      return await run(...args);
    } finally {
      process.chdir(before);
    }
  }
}
