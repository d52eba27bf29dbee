import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { folder, PROJECT, spawnIn } from "./support/programs";

const FILE = "cdktf.out/stacks/private-registry/cdk.tf.json";

test("the app of cdktf.json and npm run synth write the same JSON", () => {
  const [app, command] = [folder({ owner: "team" }), folder({ owner: "team" })];
  expect(spawnIn(app, ["main.ts"])).toMatchObject({ status: 0, stdout: "", stderr: "" });
  expect(spawnIn(command, ["commands/main.ts", "synth"]).status).toBe(0);
  expect(readFileSync(join(app, FILE), "utf8")).toBe(readFileSync(join(command, FILE), "utf8"));
});

test.each(["main.ts", "commands/main.ts synth"])("%s reports wrong settings alone, and writes nothing", (program) => {
  const directory = folder({ dns: "none", recordTtl: 0 });
  const { status, stdout, stderr } = spawnIn(directory, program.split(" "));
  expect([status, stdout, stderr.split("\n").length]).toEqual([2, "", 4]);
  expect(stderr).toContain("privateRegistry.recordTtl: found 0");
  expect(existsSync(join(directory, "cdktf.out"))).toBe(false);
});

test("main.ts is the app: below 40 lines, with settings, App, stack and synth, and nothing of the commands", () => {
  const text = readFileSync(join(PROJECT, "main.ts"), "utf8");
  expect(text.split("\n").length).toBeLessThan(40);
  expect(text).not.toContain("./commands/");
  for (const step of ["loadSettings(", "new App(", "new PrivateRegistryStack(", "app.synth()"])
    expect(text).toContain(step);
});
