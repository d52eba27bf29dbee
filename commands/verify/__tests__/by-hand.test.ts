import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../../../__tests__/support/programs";
import { describeUnless } from "../../../__tests__/support/skips";
import { DATA_ENDPOINTS, DIGESTS, LOGIN_SERVER, SPOKES } from "./registry-fake";
import { RegistryForSuite, missingTools } from "./vm-fake";

const page = readFileSync(join(PROJECT, "docs", "by-hand.md"), "utf8");
const blocks = (info: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${info}\n([^]*?)^\`\`\``, "gm"))].map(([, text = ""]) => text);

test("the code in docs/by-hand.md is in the file that it is said to be from", () => {
  const quotes = [...page.matchAll(/From \[[^\]]+\]\(\.\.\/([^)]+)\):\n\n```ts\n([^]*?)```/g)];
  expect(quotes).toHaveLength(blocks("ts").length);
  for (const [, file = "", text = ""] of quotes) {
    const source = readFileSync(join(PROJECT, file), "utf8");
    const lines = text
      .trimEnd()
      .split("\n")
      .map((line) => line.trim());
    expect([file, lines.filter((line) => !source.includes(line))]).toEqual([file, []]);
  }
});

describeUnless(missingTools(), "the commands of docs/by-hand.md", () => {
  const suite = new RegistryForSuite();

  test("get tokens, read a manifest and follow a layer to its data endpoint", async () => {
    const vm = suite.vmIn("spoke1");
    const script = join(vm.folder, "by-hand.sh");
    const typed = blocks("sh")
      .join("")
      .replace("xyzdfdacrdev.azurecr.io", LOGIN_SERVER)
      .replace("http://169.254.169.254", suite.registry.metadata)
      // The image is for several platforms.
      .replace("TAG=v1", `TAG=${DIGESTS.amd64}`);
    writeFileSync(script, `curl() { command curl --disable --config "$PROBE_CURL_OPTIONS" "$@"; }\n${typed}`);
    const { stdout, stderr, exit } = await vm.run(script, []);
    expect({ stderr, exit }).toEqual({ stderr: "", exit: 0 });
    const { addresses } = SPOKES.spoke1;
    const lines = stdout.split("\n");
    expect(lines[0]).toBe(`${addresses[LOGIN_SERVER]!} STREAM ${LOGIN_SERVER}`);
    const digest = /sha256:(\w+)/.exec(stdout)![1]!;
    expect(lines).toEqual(
      expect.arrayContaining([
        DATA_ENDPOINTS.swedencentral,
        `${addresses[DATA_ENDPOINTS.swedencentral]!} STREAM ${DATA_ENDPOINTS.swedencentral}`,
        `${digest}  -`,
      ]),
    );
  });
});
