import Ajv from "ajv";
import Ajv2020 from "ajv/dist/2020";
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FINDING_CODES } from "../lib/findings/codes";
import { Files } from "./command-support";
import { vnet, zoneLink } from "./addresses";
import { type Json, type Part, FORMS, planOf, stateOf, synthesized, without } from "./forms";
import { perSpoke, selfRegistered, sharedZone } from "./networks";

const files = new Files();
const PACKAGE = join(__dirname, "..");
const LINK = zoneLink("spoke2", "spoke2");
const NETWORK = vnet("spoke2");
const withoutLink = without(perSpoke(), LINK);

const wrong = files.write("wrong.json", synthesized(withoutLink));
const right = files.write("right.json", synthesized(perSpoke()));
const state = files.write("state.json", stateOf(withoutLink));

function schema(path: string): object {
  return JSON.parse(readFileSync(path, "utf8")) as object;
}

/** The wrong configuration, in which a network has another name. */
function withName(name: string): string {
  return JSON.stringify(synthesized(withoutLink)).replaceAll("vnet-spoke2", JSON.stringify(name).slice(1, -1));
}

/** A run of the command with a format. */
const shownAs = (format: string, ...args: string[]) => files.run(...args, "--format", format);

/** The line on which a text stands in a file, from 1. */
function lineOf(file: string, text: string): number {
  return (
    readFileSync(file, "utf8")
      .split("\n")
      .findIndex((line) => line.includes(text)) + 1
  );
}

describe("--format json", () => {
  const validate = new Ajv({ strict: false }).compile(schema(join(PACKAGE, "preview.schema.json")));

  test.each([
    ["a preview with findings", [wrong, "--json"]],
    ["a preview without findings", [right, "--format", "json"]],
    ["a comparison", [wrong, "--compare", right, "--format", "json"]],
    ["a comparison the other way", [right, "--compare", wrong, "--json"]],
    ["a file that is not there", ["missing.json", "--json"]],
    ["a wrong option", ["--nonsense", "--json"]],
  ])("%s is as the schema says", async (_, args) => {
    const { stdout } = await files.run(...args);
    validate(JSON.parse(stdout));
    expect(validate.errors).toBeNull();
  });

  test("the schema refuses another version, and an answer without a member", async () => {
    const json = JSON.parse((await files.run(wrong, "--json")).stdout) as { version: number; answers: Json[] };
    expect(validate({ ...json, version: 2 })).toBe(false);
    delete json.answers[0]!.reachable;
    expect(validate(json)).toBe(false);
  });
});

/** What the tests look at in SARIF. */
interface Sarif {
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: { id: string; helpUri?: string }[] } };
    readonly automationDetails: { readonly id: string };
    readonly results: readonly SarifResult[];
  }[];
}
interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string };
      readonly region: { readonly startLine: number };
    };
    readonly logicalLocations?: readonly { readonly fullyQualifiedName: string }[];
  }[];
  readonly relatedLocations?: readonly object[];
  readonly partialFingerprints: Record<string, string>;
  readonly suppressions?: readonly { readonly justification: string }[];
}

describe("--format sarif", () => {
  // The formats that the schema names. A relative reference has no blanks and no control characters.
  const formats = {
    uri: (text: string) => URL.canParse(text),
    "uri-reference": /^[!-~]*$/,
    "date-time": true,
    uuid: true,
  } as const;
  const validate = new Ajv2020({ strict: false, formats }).compile(
    schema(join(__dirname, "schemas", "sarif-2.1.0.json")),
  );

  async function sarif(...args: string[]): Promise<Sarif> {
    const { stdout } = await shownAs("sarif", ...args);
    const log = JSON.parse(stdout) as Sarif;
    validate(log);
    expect(validate.errors).toBeNull();
    return log;
  }

  const resultsOf = async (...args: string[]) => (await sarif(...args)).runs[0]!.results;

  test.each([
    ["no findings", synthesized(perSpoke())],
    ["an error", synthesized(withoutLink)],
    ["errors and warnings of a plan", planOf(selfRegistered())],
    ["a shared zone", stateOf(sharedZone())],
    ["nothing at all", { resource: {} }],
  ])("is valid for a file with %s", async (name, content) => {
    const results = await resultsOf(files.write(`${name}.json`, content), "--pages", "https://example.com/findings.md");
    const { findings } = JSON.parse((await files.run(`${name}.json`, "--json")).stdout) as Record<string, Json[]>;
    expect(results.map(({ ruleId }) => ruleId).sort()).toEqual(findings!.map(({ code }) => code).sort());
  });

  test("the schema refuses what is not SARIF", async () => {
    const log = await sarif(wrong);
    expect(validate({ ...log, version: "2.0.0" })).toBe(false);
    expect(validate({ ...log, runs: [{ results: [] }] })).toBe(false);
  });

  test("every code is a rule with a page, and each result leads to its rule", async () => {
    const { tool, results } = (await sarif(wrong, "--pages", "https://example.com/findings.md")).runs[0]!;
    const { rules } = tool.driver;
    expect(rules.map(({ id }) => id)).toEqual(Object.keys(FINDING_CODES));
    expect(rules.find(({ id }) => id === "no-zone")).toMatchObject({
      helpUri: "https://example.com/findings.md#no-zone",
      help: { text: expect.stringContaining(FINDING_CODES["no-zone"].fix) as string },
      defaultConfiguration: { level: "error" },
    });
    expect(results).toHaveLength(1);
    expect(rules[results[0]!.ruleIndex]!.id).toBe(results[0]!.ruleId);
    // Without an address of the pages there is no link that leads nowhere.
    expect((await sarif(wrong)).runs[0]!.tool.driver.rules.filter(({ helpUri }) => helpUri)).toEqual([]);
  });

  test("names the file and line of the resource in a configuration, and the other resources", async () => {
    const [result] = await resultsOf("wrong.json");
    const line = lineOf(wrong, '"azurerm_virtual_network": {');
    const { physicalLocation, logicalLocations } = result!.locations[0]!;
    expect(physicalLocation.artifactLocation.uri).toBe("wrong.json");
    expect(physicalLocation.region.startLine).toBeGreaterThan(line);
    expect(readFileSync(wrong, "utf8").split("\n")[physicalLocation.region.startLine - 1]).toMatch(/^ +"spoke2": \{$/);
    expect(logicalLocations!.map((one) => one.fullyQualifiedName)).toContain(NETWORK);
    expect(result!.relatedLocations).toHaveLength(logicalLocations!.length - 1);
  });

  test("names the line in the folder of the configuration for a state, through modules with a local source", async () => {
    const folder = join(files.folder, "terraform");
    mkdirSync(join(folder, "modules", "network"), { recursive: true });
    writeFileSync(
      join(folder, "main.tf"),
      '/* resource "azurerm_virtual_network" "spoke2" {\n*/\nresource "azurerm_virtual_network" "spoke2" {\n}\nmodule "local" {\n  source = "./modules/network"\n}\nmodule "remote" {\n  source = "registry/network"\n}\n',
    );
    writeFileSync(
      join(folder, "modules", "network", "main.tf.json"),
      '{"resource":\n{"azurerm_virtual_network":{\n"inner":{}}}}',
    );
    const place = async (args: string[]) => {
      const [result] = await resultsOf(...args);
      const { artifactLocation, region } = result!.locations[0]!.physicalLocation;
      return `${artifactLocation.uri}:${region.startLine}`;
    };
    expect(await place([state, "--source", "terraform"])).toBe("terraform/main.tf:3");
    const asState = JSON.stringify(stateOf(withoutLink));
    const moved = (address: string) =>
      files.write("moved.json", asState.replaceAll(`"${NETWORK}"`, JSON.stringify(address)));
    const local = moved('module.local["a"].azurerm_virtual_network.inner[0]');
    expect(await place([local, "--source", "terraform"])).toBe("terraform/modules/network/main.tf.json:3");
    const remote = moved("module.remote.module.deeper.azurerm_virtual_network.inner");
    expect(await place([remote, "--source", "terraform"])).toBe("terraform/main.tf:8");
    // What can't be located is shown at the file itself.
    expect(await place(["state.json"])).toBe("state.json:1");
    truncateSync(join(files.folder, "terraform", "main.tf"), 9 * 2 ** 20);
    const { stderr } = await files.run(state, "--source", "terraform", "--format", "sarif");
    expect(stderr).toBe(
      "--source: terraform/main.tf is left out: with it, the configuration would have more than 8 MiB.\n",
    );
    expect((await files.run(state, "--source", "nowhere")).stderr).toBe("--source: there is no folder nowhere.\n");
  });

  test.each(["./wrong.json", "./././wrong.json", join(files.folder, "wrong.json")])(
    "the path %p is as seen from the current folder",
    async (path) => {
      const [result] = await resultsOf(path);
      expect(result!.locations[0]!.physicalLocation.artifactLocation.uri).toBe("wrong.json");
    },
  );

  test("an alert is recognized again when its message or its line changes, and not when its resources do", async () => {
    const fingerprint = async (content: Json) =>
      (await resultsOf(files.write("one.json", content)))[0]!.partialFingerprints;
    const before = await fingerprint(synthesized(withoutLink));
    const renamed = JSON.parse(withName("vnet-other")) as Json;
    expect(await fingerprint({ locals: { more: 1 }, ...renamed })).toEqual(before);
    const other = JSON.stringify(synthesized(withoutLink)).replaceAll('"spoke2"', '"spoke3"');
    expect(await fingerprint(JSON.parse(other.replaceAll("network.spoke2.", "network.spoke3.")) as Json)).not.toEqual(
      before,
    );
  });

  test("what is ignored is suppressed, with the reason", async () => {
    files.write("ignore.json", { ignore: [{ code: "no-zone", reason: "It has no machines." }] });
    const [byFile] = await resultsOf(wrong, "--ignore-file", "ignore.json");
    expect(byFile!.suppressions).toEqual([
      { kind: "external", status: "accepted", justification: "It has no machines." },
    ]);
    const [byOption] = await resultsOf(wrong, "--ignore", "no-zone");
    expect(byOption!.suppressions).toHaveLength(1);
    expect((await resultsOf(wrong))[0]).not.toHaveProperty("suppressions");
  });

  test("each file is a category of its own, and its path is a URI", async () => {
    const { automationDetails, results } = (await sarif(files.write("a plan #1.json", stateOf(withoutLink)))).runs[0]!;
    expect(automationDetails.id).toBe("private-link-preview/a plan #1.json/");
    expect(results[0]!.locations[0]!.physicalLocation.artifactLocation.uri).toBe("a%20plan%20%231.json");
  });
});

describe("--format junit", () => {
  const junit = async (content: Json | string, ...args: string[]) => {
    const { status, stdout } = await shownAs("junit", files.write("junit.json", content), ...args);
    const cases = [...stdout.matchAll(/<testcase classname="([^"]*)" name="([^"]*)"[^>]*?(\/>|>([^]*?)<\/testcase>)/g)];
    const [, tests, failures, skipped] =
      /<testsuites [^>]*tests="(\d+)" failures="(\d+)" errors="0" skipped="(\d+)"/.exec(stdout)!;
    return {
      status,
      stdout,
      counts: [tests, failures, skipped].map(Number),
      cases: cases.map(([, suite, name, , inside = ""]) => ({ suite: suite!, name: name!, inside })),
    };
  };

  test("has a test case for each network and service, and fails the ones that an error concerns", async () => {
    const { status, counts, cases } = await junit(synthesized(withoutLink));
    expect([status, counts]).toEqual([1, [3, 1, 0]]);
    expect(cases.map(({ suite, name }) => `${suite} ${name}`).sort()).toEqual(
      ["hub", "spoke1", "spoke2"].map((key) => `vnet-${key} acmeacr`),
    );
    expect(cases.filter(({ inside }) => inside.includes("<failure"))).toEqual([
      expect.objectContaining({ suite: "vnet-spoke2", inside: expect.stringContaining("no-zone: ") as string }),
    ]);
  });

  test("skips what is not known, and what is ignored, with the reason", async () => {
    files.write("ignore.json", { ignore: [{ code: "no-zone", reason: "It has <no> machines." }] });
    const ignored = await junit(synthesized(withoutLink), "--ignore-file", "ignore.json");
    expect([ignored.status, ignored.counts]).toEqual([0, [3, 0, 1]]);
    expect(ignored.stdout).toContain('<skipped message="It has &lt;no&gt; machines.; ');
  });

  const networks: [string, Part[]][] = [
    ["one zone for each spoke", perSpoke()],
    ["a missing link", withoutLink],
    ["a shared zone", sharedZone()],
    ["endpoints that register themselves", selfRegistered()],
    ["no records", without(perSpoke(), "azurerm_private_dns_a_record.spoke1-login")],
  ];
  test.each(networks.flatMap(([name, parts]) => FORMS.map(([, form]) => [name, form(parts)] as const)))(
    "has a failure exactly where the exit status is 1: %s",
    async (_, content) => {
      const { status, counts } = await junit(content);
      expect(counts[1]! > 0).toBe(status === 1);
    },
  );

  test("names can't break the XML", async () => {
    const name = '<a href="x">&\u0007]]></failure>';
    const { stdout, cases } = await junit(withName(name));
    expect(stdout).not.toMatch(/[^\n -\u{10ffff}]/u);
    expect(cases.map(({ suite }) => suite)).toContain("&lt;a href=&quot;x&quot;&gt;&amp;\\u0007]]&gt;&lt;/failure&gt;");
    expect(stdout.replace(/<(\/?(testsuites|testsuite|testcase|failure|skipped)\b|\?xml)/g, "")).not.toContain("<");
  });
});

describe("--format markdown", () => {
  test("shows the counts, the findings with a link, and the answers to click on", async () => {
    const { status, stdout } = await shownAs("markdown", "wrong.json", "--pages", "https://example.com/f.md");
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /^### ❌ DNS of private endpoints: `wrong\.json`\n\n3 networks, 9 answers: 6 reachable, 3 not\./,
    );
    expect(stdout).toContain("❌ **[no-zone](https://example.com/f.md#no-zone)**: vnet-spoke2 is linked to no ");
    expect(stdout).toMatch(/^- `azurerm_virtual_network\.spoke2`, in `wrong\.json:\d+`$/m);
    expect(stdout).toContain("<details><summary>What each network's DNS returns</summary>");
    expect((await shownAs("markdown", right)).stdout).toMatch(/^### ✅ /);
  });

  test("fits into a comment, however much there is", async () => {
    const parts = Array.from({ length: 300 }, (_, i) => ({
      ...withoutLink[0]!,
      address: `azurerm_virtual_network.n${i}`,
      body: { name: `vnet-${"x".repeat(60)}-${i}`, resource_group_name: "rg", location: "uksouth", address_space: [] },
    }));
    const { stdout } = await shownAs("markdown", files.write("many.json", synthesized([...withoutLink, ...parts])));
    expect(stdout.length).toBeGreaterThan(10_000);
    expect(stdout.length).toBeLessThan(65_536);
  });
});

test("--format html is a page that names the file", async () => {
  const { status, stdout } = await files.run("wrong.json", "--format", "html", "--output", "page.html");
  expect([status, stdout]).toEqual([1, ""]);
  const page = readFileSync(join(files.folder, "page.html"), "utf8");
  expect(page).toMatch(/^<!doctype html>\n/);
  expect(page).toContain("wrong.json");
});

describe("--format github", () => {
  test("is one command for each finding, at the line of its resource", async () => {
    const { status, stdout } = await shownAs("github", "wrong.json");
    expect(status).toBe(1);
    expect(stdout).toMatch(/^::error file=wrong\.json,line=\d+,title=no-zone::vnet-spoke2 is linked to no /);
    expect(stdout.trim().split("\n")).toHaveLength(2);
  });

  test("values can't end the command, nor begin another one", async () => {
    const name = "100%\n::error::,:x\r";
    const { stdout } = await shownAs("github", files.write("a,b:c%.json", withName(name)));
    expect(stdout.split("\n").filter((line) => line.startsWith("::"))).toHaveLength(1);
    expect(stdout).toMatch(
      /^::error file=a%2Cb%3Ac%25\.json,line=\d+,title=no-zone::100%25\\u000a::error::,:x\\u000d is/,
    );
  });

  test("ignored findings and notices do not look like errors", async () => {
    const entries = { "no-zone": "Known.", "no-record": "Old." };
    files.write("ignore.json", { ignore: Object.entries(entries).map(([code, reason]) => ({ code, reason })) });
    const { status, stdout } = await shownAs("github", wrong, "--ignore-file", "ignore.json");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^::notice file=[^,]*,line=\d+,title=no-zone::Ignored: Known\. /);
    expect(stdout).toMatch(
      /^::warning title=private-link-preview::ignore\.json: ignore\[1\] \(no-record\) matches no /m,
    );
  });
});

describe("conditions that failed, and actions that an apply invokes", () => {
  const file = files.write("checked.json", {
    ...(planOf(perSpoke()) as Json),
    checks: [
      { status: "pass", instances: [{ status: "pass", address: { to_display: "check.good" } }] },
      {
        address: { to_display: "check.open" },
        status: "fail",
        instances: [{ status: "fail", problems: [{ message: "The port is\nopen <b>." }] }],
      },
      { address: { to_display: "azurerm_subnet.a" }, status: "error" },
    ],
    action_invocations: [{ address: "action.azurerm_vm_power.off" }],
    deferred_action_invocations: [{ action_invocation: { address: "action.x.y" } }],
  });

  test.each(["table", "json", "sarif", "junit", "markdown", "html", "github"])(
    "are said by --format %s",
    async (format) => {
      const { status, stdout } = await shownAs(format, file);
      const text = stdout.replaceAll(/\\(?=[_<.])/g, "");
      expect(status).toBe(0);
      expect(text).toMatch(/A check of the configuration failed: check\.open\. The port is open (<|&lt;|&#60;)b/);
      expect(text).toContain("A check of the configuration could not be evaluated: azurerm_subnet.a.");
      expect(text).toContain("The apply invokes action.azurerm_vm_power.off. What that changes is not in the plan");
      expect(text).toContain("The apply invokes action.x.y.");
      expect(text).not.toMatch(/check\.good|of the configuration failed: check\.open\.[^<]*<b>\.<\/p>/);
    },
  );
});
