import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CommandName, COMMANDS, NEEDS } from "../../src/cli/catalogue";
import { folder, runIn } from "../support/programs";

/** Arguments without which a command asks for more. */
const ARGUMENTS: Partial<Record<CommandName, string[]>> = { failover: ["swedencentral"] };

/** Commands that are programs of their own, that work on this project alone, or that only ask Azure. */
const OTHERS = ["adopt", "emulator", "test", "fuzz", "lint", "format", "docs", "bench"];

const names = [...COMMANDS.keys()].filter((name) => !OTHERS.includes(name)) as CommandName[];

test.each(names)("%s needs an engine if docs/commands.md says so, and none otherwise", async (name) => {
  const directory = folder();
  // From a folder in which something was deployed.
  mkdirSync(join(directory, "cdktf.out", "stacks", "private-registry", ".terraform"), { recursive: true });
  const PATH = mkdtempSync(join(tmpdir(), "no-engine-"));
  const { status, stderr } = await runIn(directory, name, ARGUMENTS[name], { PATH });
  if (NEEDS[name]?.engine) expect([status, stderr]).toEqual([3, expect.stringContaining("Neither terraform nor tofu")]);
  else expect(status).toBe(0);
});
