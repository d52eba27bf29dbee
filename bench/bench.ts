import Table from "cli-table3";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../packages/common/util";
import { MAX_MESH_SPOKES } from "../src/limits";
import { EXIT } from "../commands/cli/command";
import { program } from "../commands/cli/program";
import { run } from "../commands/cli/run";
import { parseSettings } from "../src/settings/load";
import { stackInMemory } from "../commands/synth/stack-in-memory";
import { writeFloor } from "./floor";
import { largePlan } from "./large-plan";

const PROJECT = join(__dirname, "..");
const DOCS = join(PROJECT, "docs", "bench.md");

/** The largest mesh that the settings accept. */
const MESH = `${MAX_MESH_SPOKES} spokes in a mesh`;

/** Arguments of Node, or a command line that is run in the project's folder. */
type Program = readonly string[] | string;

type Case = readonly [name: string, program: Program, settings: object];

interface Measured {
  /** Median run time of the whole process, in milliseconds. */
  readonly time: number;
  /** Maximum memory of all runs, in megabytes; 0 for a command line, of which it is not measured. */
  readonly memory: number;
}

run(() => {
  const command = program("bench", "The exit status is 1 if a measurement is over its limit.")
    .option("--runs <number>", "number of runs of each case", "11")
    .option("--write", "write the result to docs/bench.md");

  const { runs, write } = command
    .parse(process.argv.slice(2), { from: "user" })
    .opts<{ runs: string; write?: boolean }>();
  if (!/^[1-9]\d*$/.test(runs)) throw new UsageError(`--runs: found ${runs}, allowed: a whole number, 1 or more`);
  const floor = writeFloor(
    JSON.parse(JSON.stringify(stackInMemory(parseSettings({})).toTerraform())) as Parameters<typeof writeFloor>[0],
    join(PROJECT, "node_modules", ".cache", "bench"),
  );
  checkFloor(floor);
  const { app } = JSON.parse(readFileSync(join(PROJECT, "cdktf.json"), "utf8")) as { app: string };
  const synth = ["--require", join(PROJECT, "typescript.cjs"), join(PROJECT, "main.ts")];
  const preview = ["--require", join(PROJECT, "typescript.cjs"), join(PROJECT, "commands", "main.ts"), "preview"];
  const plans = mkdtempSync(join(tmpdir(), "bench-plans-"));
  const cases: Case[] = [
    ["minimal app, 2 spokes", [floor], {}],
    ["default, 2 spokes", synth, {}],
    ["default, by npm run synth", "npm run --silent synth", {}],
    ["default, by the app of cdktf.json", app, {}],
    ["10 spokes", synth, withSpokes(10)],
    ["50 spokes", synth, withSpokes(50)],
    ["100 spokes", synth, withSpokes(100)],
    ["200 spokes", synth, withSpokes(200)],
    [MESH, synth, { ...withSpokes(MAX_MESH_SPOKES), spokePeering: "mesh" }],
    ["20 spokes, 5 replicas", synth, withSpokes(20, 5)],
    ["200 spokes, 5 replicas", synth, withSpokes(200, 5)],
    ["preview of 200 spokes", preview, withSpokes(200)],
    ...(["own", "shared"] as const).map((design): Case => {
      const file = join(plans, `${design}.json`);
      writeFileSync(file, JSON.stringify(largePlan(design, 2000, 10_000)));
      return [planName(design), [join(PROJECT, "packages", "private-link-preview", "bin.js"), file], {}];
    }),
  ];
  const measured = measure(cases, Number(runs));
  rmSync(plans, { recursive: true });
  const of = (name: string) => measured.get(name)!;
  const ratio = (a: string, b: string) => of(a).time / of(b).time;
  const rows = cases.map(([name, program]) => {
    const { time, memory } = of(name);
    return [name, `${time.toFixed(0)} ms`, typeof program === "string" ? "not measured" : `${memory.toFixed(0)} MB`];
  });
  const limits: [what: string, found: string, limit: string, holds: boolean][] = [
    limit("default / minimal app", ratio("default, 2 spokes", "minimal app, 2 spokes"), 1.4),
    // 198 more spokes in the time of 98 more, if the time grows in proportion: 2.02.
    limit(
      "(200 spokes - default) / (100 spokes - default)",
      (of("200 spokes").time - of("default, 2 spokes").time) / (of("100 spokes").time - of("default, 2 spokes").time),
      2.1,
    ),
    limit("200 spokes / 20 spokes, with 5 replicas", ratio("200 spokes, 5 replicas", "20 spokes, 5 replicas"), 8),
    limit(
      "app of cdktf.json / npm run synth",
      ratio("default, by the app of cdktf.json", "default, by npm run synth"),
      1.4,
    ),
    limit("time of the preview of 200 spokes, in s", of("preview of 200 spokes").time / 1000, 4),
    ...(["own", "shared"] as const).flatMap((design) => [
      limit(`time of the ${planName(design)}, in s`, of(planName(design)).time / 1000, 5),
      limit(`memory of the ${planName(design)}, in MB`, of(planName(design)).memory, 500),
    ]),
    limit("memory of the default settings, in MB", of("default, 2 spokes").memory, 250),
    limit("time of 200 spokes, in s", of("200 spokes").time / 1000, 8),
    limit("memory of 200 spokes, in MB", of("200 spokes").memory, 500),
    limit(`time of ${MESH}, in s`, of(MESH).time / 1000, 8),
    limit(`memory of ${MESH}, in MB`, of(MESH).memory, 500),
  ];
  console.log(table(["Case", "Median time", "Maximum memory"], rows));
  console.log(
    table(
      ["Measurement", "Result", "Limit"],
      limits.map(([what, found, limit, holds]) => [what, found, `${limit}${holds ? "" : "  exceeded"}`]),
    ),
  );
  if (write) writeFileSync(DOCS, markdown(rows, limits, Number(runs)));
  return limits.some(([, , , holds]) => !holds) ? EXIT.wrong : EXIT.done;
});

function planName(design: "own" | "shared"): string {
  return `preview of a plan with 2,000 networks and 10,000 names, ${design} zones`;
}

/** Runs the cases in turn, so that other load on the machine affects all of them. */
function measure(cases: readonly Case[], runs: number): Map<string, Measured> {
  const samples = cases.map(() => [] as Measured[]);
  for (let i = 0; i <= runs; i++) {
    if (process.stderr.isTTY) process.stderr.write(`\rrun ${i} of ${runs}`);
    cases.forEach(([, program, settings], index) => {
      const sample = runOnce(program, settings);
      // The first run fills the disk cache and is not counted.
      if (i > 0) samples[index]!.push(sample);
    });
  }
  if (process.stderr.isTTY) process.stderr.write("\r".padEnd(20) + "\r");
  return new Map(
    cases.map(([name], index) => [
      name,
      {
        time: median(samples[index]!.map(({ time }) => time)),
        memory: Math.max(...samples[index]!.map(({ memory }) => memory)),
      },
    ]),
  );
}

function runOnce(program: Program, settings: object): Measured & { directory: string } {
  const directory = mkdtempSync(join(tmpdir(), "bench-"));
  writeFileSync(join(directory, "cdktf.json"), "{}");
  const shell = typeof program === "string";
  const [command, args] = shell
    ? [program, []]
    : [process.execPath, ["--require", join(__dirname, "memory.cjs"), ...program]];
  const start = performance.now();
  const { status, output, stderr } = spawnSync(command, args, {
    cwd: shell ? PROJECT : directory,
    env: {
      PATH: process.env.PATH,
      CDKTF_OUTDIR: join(directory, "cdktf.out"),
      CDKTF_CONTEXT_JSON: JSON.stringify({ privateRegistry: settings }),
    },
    shell,
    stdio: ["ignore", "ignore", "pipe", "pipe"],
    encoding: "utf8",
  });
  const time = performance.now() - start;
  if (status !== 0) throw new Error(`${[command, ...args].join(" ")} failed: ${stderr}`);
  return { time, memory: Number(output[3]) / 1024, directory };
}

/** @throws Error if the minimal app does not write the same resources as the stack */
function checkFloor(floor: string): void {
  const { directory } = runOnce([floor], {});
  const made = JSON.parse(
    readFileSync(join(directory, "cdktf.out/stacks/private-registry/cdk.tf.json"), "utf8"),
  ) as object;
  const wanted = stackInMemory(parseSettings({})).toTerraform();
  const [a, b] = [made, wanted].map((json) => JSON.stringify(sorted((json as { resource: unknown }).resource)));
  if (a !== b) throw new Error("the minimal app does not write the same resources as the stack");
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, member]) => key !== "//" && member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}

function withSpokes(spokes: number, replicas = 1): object {
  const regions = ["switzerlandnorth", "northeurope", "westeurope", "francecentral", "uksouth"];
  return {
    registry: { replicas: regions.slice(0, replicas) },
    hub: { addressSpace: "10.255.0.0/16" },
    spokes: Array.from({ length: spokes }, (_, i) => ({
      name: `spoke${i}`,
      location: regions[i % regions.length],
      addressSpace: `10.${i}.0.0/16`,
    })),
  };
}

function limit(what: string, found: number, most: number): [string, string, string, boolean] {
  return [what, found.toFixed(2), String(most), found <= most];
}

function median(numbers: number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
}

function table(head: string[], rows: string[][]): string {
  const made = new Table({ head, style: { head: [], border: [] } });
  made.push(...rows);
  return made.toString();
}

function markdown(rows: string[][], limits: [string, string, string, boolean][], runs: number): string {
  const exceeded = limits.flatMap(([what, found, most, holds]) => (holds ? [] : [`${what}: ${found}, limit ${most}`]));
  const lines = [["Case", "Median time", "Maximum memory"], ["---", "---", "---"], ...rows];
  return `# Benchmark

How much time and memory a synthesis and a preview take, by the number of spokes. Written by \`npm run bench -- --write\` on ${new Date().toISOString().slice(0, 10)}: Node ${process.versions.node}, ${cpus().length} cores (${cpus()[0]?.model.trim() ?? "unknown"}), medians of ${runs} runs of the whole process. The times depend on the machine, so compare the ratios.

The minimal app creates the same resources with the same imports in plain JavaScript. The app of \`cdktf.json\` is what \`npx cdktf synth\` runs. What the default settings take beyond the minimal app is loading zod, loading this project, and the preview, a third each; Node.js 22 keeps compiled code and is faster.

${lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n")}

\`npm run bench\` exits with status 1 if a limit is exceeded. Exceeded in this run: ${exceeded.join("; ") || "none"}.

## Next steps

- [Architecture](architecture.md): what runs during a synthesis.
- [Rehearsal](rehearsal.md): how long a deployment takes.
`;
}
