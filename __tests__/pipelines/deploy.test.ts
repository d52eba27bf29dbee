import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { PROJECT } from "../support/programs";
import { testUnless, which } from "../support/skips";
import { FOLDER, azure, azureSteps, github, read } from "./deploy-files";

/** What a linter prints, and how it ends. */
async function lint(command: string, args: readonly string[], cwd: string) {
  const { PATH, HOME } = process.env;
  const ended: { stdout: string; stderr: string; code?: number | string } = await promisify(execFile)(command, args, {
    cwd,
    env: { PATH, HOME },
  }).catch((error: unknown) => error as { stdout: string; stderr: string; code: number | string });
  return { status: ended.code ?? 0, printed: ended.stdout + ended.stderr };
}

const CLEAN = { status: 0, printed: "" };

describe("the workflow for GitHub", () => {
  test("uses no secret, and may write nothing but the comment", () => {
    expect(read("github.yml")).not.toContain("secrets.");
    expect(github.jobs.plan.permissions).toEqual({ contents: "read", "id-token": "write", "pull-requests": "write" });
    for (const job of [github.jobs.deploy, github.jobs.drift])
      expect(job.permissions).toEqual({ contents: "read", "id-token": "write" });
  });

  test("applies only in the environment that is approved, and signs in there alone as the identity that may", () => {
    const applying = Object.entries(github.jobs).filter(([, { steps }]) =>
      steps.some(({ run = "" }) => run.includes("npm run deploy")),
    );
    expect(applying.map(([name]) => name)).toEqual(["deploy"]);
    expect(github.jobs.deploy.environment).toBe("production");
    const identities = Object.entries(github.jobs).map(([name, { env }]) => [name, env.ARM_CLIENT_ID]);
    expect(Object.fromEntries(identities)).toEqual({
      plan: "${{ vars.AZURE_PLAN_CLIENT_ID }}",
      deploy: "${{ vars.AZURE_DEPLOY_CLIENT_ID }}",
      drift: "${{ vars.AZURE_PLAN_CLIENT_ID }}",
    });
  });

  test("puts no expression into a script", () => {
    const steps = Object.values(github.jobs).flatMap((job) => job.steps);
    expect(steps.filter(({ run = "" }) => run.includes("${{"))).toEqual([]);
  });

  const noLinter = which("actionlint") ? undefined : "no actionlint on the PATH";
  if (noLinter && process.env.REQUIRE_SCANNERS) throw new Error(noLinter);
  testUnless(noLinter, "and those of this project: actionlint finds nothing", async () => {
    const repository = mkdtempSync(join(tmpdir(), "actionlint-"));
    const workflows = join(repository, ".github", "workflows");
    mkdirSync(workflows, { recursive: true });
    const own = join(PROJECT, ".github", "workflows");
    const files = [join(FOLDER, "github.yml"), ...readdirSync(own).map((file) => join(own, file))];
    await expect(lint("actionlint", ["-no-color", ...files], repository)).resolves.toEqual(CLEAN);
  });
});

describe("the pipeline for Azure DevOps", () => {
  test("uses no secret, and signs in to deploy only in the environment that is approved", () => {
    expect(read("azure-pipelines.yml")).not.toMatch(/\$\(.*(secret|password|key).*\)/i);
    const connections = azure.stages.map(({ stage, jobs: [job] }) => [
      stage,
      job!.environment,
      azureSteps(stage).flatMap(({ inputs }) => inputs?.azureSubscription ?? []),
    ]);
    expect(connections).toEqual([
      ["plan", undefined, ["${{ parameters.planConnection }}"]],
      ["deploy", "${{ parameters.environment }}", ["${{ parameters.deployConnection }}"]],
      ["drift", undefined, ["${{ parameters.planConnection }}"]],
    ]);
  });

  test("leaves no token in a clone, and installs in every job", () => {
    for (const { stage } of azure.stages) {
      expect(azureSteps(stage).filter(({ checkout }) => checkout === "self")).toEqual([
        { checkout: "self", persistCredentials: false },
      ]);
      expect(azureSteps(stage)).toContainEqual({ template: "install.yml" });
    }
    expect(existsSync(join(FOLDER, "install.yml"))).toBe(true);
  });
});

testUnless(which("shellcheck") ? undefined : "shellcheck is not installed", "shellcheck finds nothing", async () => {
  const files = ["plan.sh", "sign-in.sh"].map((file) => join(FOLDER, file));
  await expect(lint("shellcheck", files, FOLDER)).resolves.toEqual(CLEAN);
});

test("every file of the folder is used", () => {
  const used = ["github.yml", "azure-pipelines.yml"].flatMap((file) =>
    [...read(file).matchAll(/(?:pipelines\/deploy\/|template: )([\w-]+\.\w+)/g)].map(([, name]) => name!),
  );
  expect([...new Set([...used, "github.yml", "azure-pipelines.yml"])].sort()).toEqual(readdirSync(FOLDER).sort());
});
