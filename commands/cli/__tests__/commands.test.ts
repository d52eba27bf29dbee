import { execSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { COMMANDS, DEVELOPMENT } from "../catalogue";
import { lineOf } from "../invocation";
import { PROJECT, folder, runIn, spawnIn } from "../../../__tests__/support/programs";
import { DEFINITIONS } from "../../../__tests__/support/schemas";

const preview = (directory: string, ...args: string[]) => runIn(directory, "preview", args);
/** The commands that the project's own program runs. */
const PROGRAMS = ["docs", "help", ...[...COMMANDS.keys()].filter((name) => !DEVELOPMENT.has(name))];

const STACK = "cdktf.out/stacks/private-registry/cdk.tf.json";

/** A block of a page. What it shows is generated, and docs.test.ts compares it with that. */
const shownIn = (page: string, info: string) =>
  readFileSync(join(PROJECT, page), "utf8").split(`\n\`\`\`${info}\n`)[1]!.split("```")[0];

describe("synth", () => {
  test("writes the Terraform JSON, and says on stderr which endpoint each network's DNS returns", async () => {
    const directory = folder();
    const { status, stdout, stderr } = await runIn(directory, "synth");
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
    expect(stderr).toBe(shownIn("README.md", "text synth"));
    expect(JSON.parse(readFileSync(join(directory, STACK), "utf8"))).toHaveProperty(
      "resource.azurerm_container_registry",
    );
  });

  test("writes the same bytes wherever the project lies, and leaves them when the settings go bad", async () => {
    const [here, there] = [folder(), folder()];
    const written = (directory: string) => readFileSync(join(directory, STACK), "utf8");
    for (const directory of [here, there]) await runIn(directory, "synth");
    const before = written(here);
    expect(written(there)).toEqual(before);
    expect(JSON.parse(before)).toHaveProperty(
      "terraform.backend.local.path",
      "../../../terraform.private-registry.tfstate",
    );
    writeFileSync(join(here, "cdktf.json"), "{");
    expect((await runIn(here, "synth")).status).toBe(2);
    expect(written(here)).toEqual(before);
  });

  test("refuses bad settings without a stack trace, and writes nothing", async () => {
    const directory = folder({ recordTtl: 0, dns: "none" });
    const { status, stdout, stderr } = await runIn(directory, "synth");
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatchInlineSnapshot(`
           "2 errors in the settings (cdktf.json):
             privateRegistry.dns: found "none", allowed: "per-spoke", "shared" or "external"
             privateRegistry.recordTtl: found 0, allowed: a whole number of seconds, 1 to 2147483647
           "
        `);
    expect(existsSync(join(directory, "cdktf.out"))).toBe(false);
  });

  test("tells of a folder that can't be made, without a stack trace", async () => {
    // Below a file nothing can be made.
    const { status, stderr } = await runIn(folder(), "synth", [], { CDKTF_OUTDIR: "cdktf.json/out" });
    expect(status).toBe(3);
    expect(stderr.trim().split("\n")).toEqual([expect.stringMatching(/^E[A-Z]+: .*cdktf\.json/)]);
  });

  test("names a long list of networks in part", async () => {
    const spokes = Array.from({ length: 14 }, (_, i) => ({ name: `s${i}`, addressSpace: `10.${i}.0.0/16` }));
    const settings = {
      hub: { addressSpace: "10.255.0.0/16" },
      spokes: spokes.map((one) => ({ ...one, location: "uksouth" })),
    };
    const { stderr } = await runIn(folder(settings), "synth");
    expect(stderr.split("\n").slice(-2)).toEqual(["  and 3 more networks: npm run preview", ""]);
  });
});

describe("preview", () => {
  test("shows the answers of the settings, in 100 columns, and writes nothing", async () => {
    const directory = folder();
    const { status, stdout } = await preview(directory);
    expect(status).toBe(0);
    expect(stdout).toBe(shownIn("docs/preview.md", "text preview"));
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(existsSync(join(directory, "cdktf.out"))).toBe(false);
  });

  test("gives machines the answers as JSON", async () => {
    const { answers, findings } = JSON.parse((await preview(folder(), "--json")).stdout) as Record<string, object[]>;
    expect([findings, answers!.length]).toEqual([[], 9]);
    expect(answers).toContainEqual(
      expect.objectContaining({
        virtualNetwork: "vnet-spoke2-dev",
        host: "xyzdfdacrdev.azurecr.io",
        zone: "azurerm_private_dns_zone.spoke2_dns_zone",
        endpoints: ["azurerm_private_endpoint.spoke2_endpoint"],
        addresses: [],
        reachable: true,
      }),
    );
  });

  test("finds what is wrong in a file, says so and exits 1", async () => {
    const directory = folder();
    await runIn(directory, "synth");
    const stack = JSON.parse(readFileSync(join(directory, STACK), "utf8")) as {
      resource: Record<string, Record<string, unknown>>;
    };
    delete stack.resource.azurerm_private_dns_zone_virtual_network_link!["spoke2_zone-link"];
    writeFileSync(join(directory, "wrong.json"), JSON.stringify(stack));
    const { status, stdout } = await preview(directory, "--stack", "wrong.json");
    expect(status).toBe(1);
    expect(stdout.slice(stdout.indexOf("│ vnet-spoke2-dev"))).toMatchInlineSnapshot(`
      "│ vnet-spoke2-dev │ none                   │ all 3 names: the public address, which    │ no        │
      │                 │                        │ refuses clients                           │           │
      └─────────────────┴────────────────────────┴───────────────────────────────────────────┴───────────┘

      error no-zone
        vnet-spoke2-dev is linked to no private DNS zone with the names of xyzdfdacrdev, so the names
        resolve to the public address, which refuses clients. The records are in
        azurerm_private_dns_zone.spoke2_dns_zone, linked to no network. Link it to a zone
        privatelink.azurecr.io whose endpoint it reaches.
        - azurerm_virtual_network.spoke2_network
        - azurerm_container_registry.registry

      3 networks, 9 answers: 6 reachable, 3 not. 1 error, 0 warnings.
      "
    `);
  });

  test.each([
    ["preview --json --stack missing.json", {}, 3, /^There is no file missing\.json\.$/],
    ["preview --format json --stack x --state y", {}, 2, /^Give one of --settings, .* and --azure, not several\.$/],
    ["preview --json --stack cdktf.json", {}, 2, /^cdktf\.json has settings\. Give it to --settings\.$/],
    ["preview --json --nonsense", {}, 2, /^unknown option '--nonsense'$/],
    ["plan --json --file cdktf.json", {}, 3, /^cdktf\.json is not a plan\./],
    ["verify --json", {}, 3, /./],
    ["preview --json", { CDKTF_CONTEXT_JSON: "{" }, 2, /^CDKTF_CONTEXT_JSON is not JSON, at line 1/],
  ] as const)(
    "an error of %s is JSON too, and on standard error as text in one line",
    async (line, env, exit, message) => {
      const [name, ...args] = line.split(" ");
      const { status, stdout, stderr } = await runIn(folder(), name, args, env);
      const { version, error } = JSON.parse(stdout) as { version: number; error: { message: string } };
      expect([status, version, error]).toEqual([exit, 1, { message: expect.stringMatching(message) as string }]);
      expect(stderr).toContain(error.message);
      // An error about an option is followed by how to show all options.
      if (!args.includes("--nonsense")) expect(stderr).toBe(`${error.message}\n`);
      const asText = args.filter((arg) => !/^(--json|--format|json)$/.test(arg));
      expect(await runIn(folder(), name, asText, env)).toEqual({ status, stdout: "", stderr });
    },
  );

  test("every command shows the version", async () => {
    const { version } = JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8")) as { version: string };
    for (const name of ["preview", "plan", "verify", "deploy"])
      expect(await runIn(folder(), name, ["--version"])).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
  });

  test("help is not an error, with --json neither", async () => {
    const { status, stdout } = await preview(folder(), "--json", "--help");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Usage: npm run preview -- /);
  });
});

describe("diagram", () => {
  test("draws the network as a Mermaid flowchart", async () => {
    expect(await runIn(folder(), "diagram")).toMatchObject({ status: 0, stdout: shownIn("README.md", "mermaid") });
  });

  test("draws pictures too, as SVG and as PNG", () => {
    const directory = folder();
    const files = ["--svg", "network.svg", "--png", "network.png"];
    // A process of its own, in which the files of the library and of its fonts are found as they are installed.
    expect(spawnIn(directory, ["commands/main.ts", "diagram", ...files])).toMatchObject({ status: 0 });
    expect(readFileSync(join(directory, "network.svg"), "utf8")).toMatch(/^<svg [^]*vnet-spoke2-dev/);
    expect(readFileSync(join(directory, "network.png")).toString("latin1", 1, 4)).toBe("PNG");
  });
});

describe.each(PROGRAMS)("%s", (command) => {
  test("explains itself", async () => {
    // In one line each, however long its description.
    const { status, stdout } = await runIn(folder(), command, ["--help"], { COLUMNS: "500" });
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: npm run ${command} -- \\[options`));
    const { example, does } = COMMANDS.get(command)!;
    expect(stdout).toContain(`\nExample:\n  ${lineOf(command, example, {})}\n`);
    expect(stdout.replace(/\s+/g, " ")).toContain(does);
    const options = [...stdout.matchAll(/^ {2}(--[\w-]+)(?: <([^>]+)>)?([^]*?)(?=\n {2}--|\n\n)/gm)];
    // The example has options that there are.
    const names = options.map(([, name]) => name);
    expect(names).toEqual(expect.arrayContaining(example.match(/--[\w-]+/g) ?? []));
    // Every option with a path says so, so that its path is understood as the user means it.
    const isPath = (text = "") => /\b(file|folder)\b/.test(text.replace("for a folder:", ""));
    const unclear = options.filter(([, , value, text]) => value && isPath(text) && !/^(file|folder)$/.test(value));
    expect(unclear.map(([, name]) => name)).toEqual([]);
    // hcl prints Terraform JSON, whose schema is Terraform's.
    expect(names.includes("--json")).toBe(["preview", "hcl", ...DEFINITIONS].includes(command));
  });

  test("refuses an option that it does not have, and does nothing", async () => {
    const directory = folder();
    const needed = command === "adopt" ? ["--hub", "x", "--spokes", "y"] : [];
    const { status, stdout, stderr } = await runIn(directory, command, [...needed, "--nonsense"]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^error: unknown option '--nonsense'\n/);
    expect(stderr).toContain(`npm run ${command} -- --help`);
    expect(existsSync(join(directory, "cdktf.out"))).toBe(false);
  });
});

test("npm run bench starts a program of its own", () => {
  expect(spawnIn(folder(), ["bench/bench.ts", "--help"]).stdout).toMatch(/^Usage: npm run bench -- /);
});

test("cdktf's CLI starts the same synthesis, by the app in cdktf.json", async () => {
  const { app } = JSON.parse(readFileSync(join(PROJECT, "cdktf.json"), "utf8")) as { app: string };
  const written = (folder: string) => readFileSync(join(folder, "stacks", "private-registry", "cdk.tf.json"), "utf8");
  const [own, theirs] = [join(folder(), "out"), join(folder(), "out")];
  await runIn(PROJECT, "synth", [], { CDKTF_OUTDIR: own });
  const { PATH } = process.env;
  execSync(app, { cwd: PROJECT, env: { PATH, CDKTF_OUTDIR: theirs }, stdio: "pipe" });
  expect(written(theirs)).toEqual(written(own));
});

test("a command that there is not, and an argument too many, are refused as well", async () => {
  const said = 'There is no command "nonsense". To list all commands: npm run help\n';
  expect(await runIn(folder(), "nonsense")).toEqual({ status: 2, stdout: "", stderr: said });
  const tooMany = expect.stringMatching(/^error: too many arguments/) as string;
  expect(await preview(folder(), "nonsense")).toMatchObject({ status: 2, stderr: tooMany });
});

test("help lists every script of package.json, and no other", async () => {
  const { scripts } = JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8")) as { scripts: object };
  expect([...COMMANDS.keys()].sort()).toEqual(Object.keys(scripts).sort());
  const { status, stdout } = await runIn(folder(), "help");
  expect(status).toBe(0);
  for (const [name, { example }] of COMMANDS) {
    expect(stdout).toMatch(new RegExp(`^  ${name} +[A-Z]`, "m"));
    expect(stdout).toContain(`  ${lineOf(name, example, {})}\n`);
  }
});
