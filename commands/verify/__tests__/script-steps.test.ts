import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CLOUD_INIT } from "../../../src/test-vms/cloud-init";
import { CHECKS } from "../checks";
import { scriptFor } from "../script";
import { describeUnless, testUnless, which } from "../../../__tests__/support/skips";
import { ARCHITECTURE, DATA_ENDPOINTS, LOGIN_SERVER, REGIONAL_ENDPOINTS, REPOSITORY, sha256 } from "./registry-fake";
import type { Report } from "./reports";
import { missingTools, scriptFile } from "./vm-fake";

const HELLO = join(__dirname, "..", "..", "..", "docker-hello");
const LAYER = sha256("layer");
const MANIFEST = JSON.stringify({
  layers: [
    { size: 9, digest: sha256("bigger") },
    { size: 2, digest: LAYER },
    { size: 1, digest: sha256("foreign"), urls: ["https://elsewhere.test/"] },
  ],
});
const INDEX = JSON.stringify({
  manifests: [{ digest: sha256(MANIFEST), platform: { os: "linux", architecture: ARCHITECTURE } }],
});

/** Packs files of the hello as a build context. */
const packed = (file: string) => spawnSync("tar", ["-czf", "-", "-C", HELLO, file]).stdout.toString("base64");

/** Variables of the cases, which stand in what they print too. */
const VALUES: Readonly<Record<string, string>> = {
  ...{ ARCHITECTURE, LAYER, MANIFEST, INDEX },
  MANIFEST_DIGEST: sha256(MANIFEST),
  MANIFEST_SHORT: sha256(MANIFEST).slice("sha256:".length, 19),
  WRONG_LAYER: JSON.stringify({ layers: [{ size: 1, digest: 'sha256:"\noutput = "/tmp/x' }] }),
  INDEX_DIGEST: sha256(INDEX),
  CONFIGURATION: JSON.stringify({ config: { digest: sha256("configuration") } }),
  DATA: DATA_ENDPOINTS.swedencentral,
  GEO: REGIONAL_ENDPOINTS.swedencentral,
  IMAGE: `${LOGIN_SERVER}/${REPOSITORY}:v1`,
  PACKAGES: /packages:\n([^]*)/
    .exec(Buffer.from(CLOUD_INIT, "base64").toString())![1]!
    .match(/[\w.]+/g)!
    .join(" "),
  CONTEXT: packed("."),
  WITHOUT_DOCKERFILE: packed("hello.sh"),
};

type Task = "probe" | "push";

/**
 * What replaces the commands that take time or need a network, so that steps of the scripts can run one by one: a clock
 * that only a pause moves, and the function `answer NAME URL`, which sets what curl finds and writes the body.
 */
const STAND_INS = `
now_ms=0
uptime() { uptime=$now_ms; }
sleep() { milliseconds "$1"; now_ms=$((now_ms + ms)); }
limited() {
  given=$2
  shift 2
  "$@" <"$given"
}
timeout() { shift; "$@"; }
getent() { echo "10.0.0.4 STREAM $2"; }
request() {
  curl_exit=0 status=200 address= tls_seconds=0 verified= redirect=
  : >"$1.head"
  echo "$1" >>asked
  answer "$1" "$3" >"$1.body"
}
docker() {
  echo "$*" >>docker.log
  "docker_$1" "$@"
}
docker_rm() { :; }
# Whether it is asked for the first times, as many as the argument.
first() {
  times=$((\${times:-0} + 1))
  [ "$times" -le "$1" ]
}
# What a command prints as an error before it fails.
error() {
  echo "$1" >&2
  return "\${2:-1}"
}
# The only commands that there are: this one, and those that were there before.
command_is() {
  mkdir -p bin later
  printf '#!/bin/sh\\n%s\\n' "\${2:-}" >"bin/$1"
  cp "bin/$1" later/jq
  chmod +x "bin/$1" later/jq
}
only_these() {
  unset -f docker
  mkdir -p bin
  PATH=$PWD/bin
}
# A body of an answer, and the one with a token.
body() { printf %s "$1"; }
tokens() {
  case $1 in exchange) echo '{"refresh_token":"r"}' ;; token) echo '{"access_token":"a"}' ;; esac
}
facts() {
  while IFS='	' read -r path type value; do
    case $path in failed | failed/step | failed/reason | */ms | */status | */retries) ;; *) echo "$path $value" ;; esac
  done <facts
}
# Runs a step as the script does, and prints what came of it.
try() {
  step=$1
  run_until_allowed
  echo "\${failed:-passed}\${failed:+: $reason}"
  [ ! -e facts ] || facts
  [ -z "$detail" ] || echo "detail $detail"
  [ "$error_body" = /dev/null ] || echo "error in $error_body"
  [ "$retries" -eq 0 ] || echo "$retries retries in $waited s"
}
# Looks for the data endpoint of what was pushed, and prints it with what was asked.
after_push() {
  retry_limit=60 role_limit=600 digest=$LAYER data_endpoint=
  : >asked
  find_data_endpoint
  echo "\${data_endpoint:-none} after $(tr '\\n' ' ' <asked)"
}
${Object.entries(VALUES)
  .map(([name, value]) => `${name}='${value}'`)
  .join("\n")}
login_server=${LOGIN_SERVER} repository=${REPOSITORY} tag=v1 layer=$LAYER
image=$repository:$tag
hosts='${[...Object.values(DATA_ENDPOINTS), ...Object.values(REGIONAL_ENDPOINTS)].join(" ")}'
deadline=100000000 retry_limit=0 role_limit=0
step=push failed= reason= detail= error_body=/dev/null child= checks= container= wanted= retries=0 cloud_init=0
`;

/** Runs cases of shell code in one shell, each with the functions of a script, in a subshell and a folder of its own. */
function outputsOf(task: Task, cases: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), "script-steps-"));
  const [script = ""] = scriptFor(task).split('\nmain "$@"\n');
  const blocks = cases.map((code, index) => {
    mkdirSync(join(folder, String(index)));
    return `(\ncd '${join(folder, String(index))}' || exit\nwork=$PWD/work\n${code}\n) >'${folder}/${index}/output' 2>&1\n`;
  });
  writeFileSync(join(folder, "cases.sh"), [script, STAND_INS, ...blocks].join("\n"));
  const options = { encoding: "utf8", env: { PATH: process.env.PATH } } as const;
  const { stderr } = spawnSync("/bin/sh", [join(folder, "cases.sh")], options);
  const outputOf = (index: number) => readFileSync(join(folder, String(index), "output"), "utf8");
  const outputs = cases.map((_, index) => outputOf(index).replace(/ +$/gm, "").trimEnd());
  rmSync(folder, { recursive: true });
  if (stderr !== "") throw new Error(stderr);
  return outputs;
}

/** The cases in a file: `## NAME`, lines of code, and lines `#: TEXT` of what it prints, with the values of `VALUES`. */
function casesIn(file: string) {
  const [, ...blocks] = readFileSync(join(__dirname, file), "utf8").split(/^## /m);
  return blocks.map((block) => {
    const [name = "", ...lines] = block.trimEnd().split("\n");
    const prints = lines.filter((line) => line.startsWith("#: ")).map((line) => line.slice(3));
    const expected = prints.join("\n").replace(/\$([A-Z_]+)/g, (_, value: string) => VALUES[value]!);
    return { name, code: lines.filter((line) => !line.startsWith("#: ")).join("\n"), expected };
  });
}

/** Has a test for each case in a file. They run in one shell. */
function testCases(task: Task): void {
  const cases = casesIn(`${task}-steps.sh`);
  let outputs: string[] = [];
  beforeAll(() => {
    outputs = outputsOf(
      task,
      cases.map(({ code }) => code),
    );
  });
  test.each(cases.map((one, index) => ({ ...one, index })))("$name", ({ index, expected }) => {
    expect(outputs[index]).toBe(expected);
  });
}

test("the scripts wait as long as the table of checks says, and have the time to", () => {
  const seconds = (pattern: RegExp) => Number(pattern.exec(scriptFor("probe"))![1]);
  const forReplica = seconds(/PROBE_RETRY_LIMIT:-(\d+)/);
  expect(CHECKS.manifest.takes).toContain(`repeated for up to ${forReplica} seconds`);
  const forRole = seconds(/PROBE_ROLE_LIMIT:-(\d+)/);
  expect(forRole + forReplica).toBeLessThan(seconds(/prepare "\$1" "\$2" (\d+)/));
});

testUnless(
  which("shellcheck") ? undefined : "shellcheck is not installed",
  "shellcheck finds nothing in the scripts and in the hello",
  () => {
    const files = [scriptFile("probe"), scriptFile("push"), join(HELLO, "hello.sh")];
    const { stdout } = spawnSync("shellcheck", ["--shell=sh", ...files], { encoding: "utf8" });
    expect(stdout).toBe("");
    return Promise.resolve();
  },
);

describeUnless(missingTools(), "a step of the probe with", () => {
  testCases("probe");
});

describeUnless(missingTools(), "a step of the push with", () => {
  testCases("push");
});

describeUnless(missingTools(), "the report", () => {
  const MANY = Array.from({ length: 60 }, (_, index) => `hello-of-a-long-region-${index}.data.azurecr.io`);
  const ALL = [LOGIN_SERVER, ...MANY];
  const LONG = "response: ".repeat(30);
  const lines = (count: number, line: (n: number) => string) =>
    Array.from({ length: count }, (_, n) => line(n)).join("\n");
  /** The facts about many hosts. */
  const many = (addresses: number, tls: string) =>
    lines(ALL.length, (index) => {
      const host = `hosts/${index}`;
      const facts = `text ${host}/host ${ALL[index]!}; text ${host}/tls ${tls}; json ${host}/dnsMs 10; json ${host}/tlsMs 10\n`;
      return facts + lines(addresses, (n) => `text ${host}/addresses/${n} 10.100.${100 + n}.${100 + index}`);
    });
  const others = lines(7, (n) => `text steps/challenge/fact${n} ${"f".repeat(150)}`);
  const failure = (reason: string, detail: string, error = "") =>
    `began=0 step=exchange; fail ${reason} '${detail}'\n${error && `error_body=error; printf '%s' '${error}' >error`}\nreport`;
  const SECRET = "s".repeat(80);
  const registryError = JSON.stringify({
    errors: [{ code: "DENIED", message: `not ${SECRET} at\nhttps://a.test/?sig=abc` }],
  });
  const tokenError = JSON.stringify({ error: "invalid_request", error_description: "Identity not found" });
  const CODES: Readonly<Record<Task, Readonly<Record<string, string>>>> = {
    probe: {
      many: `began=0\n${many(1, "ok")}\n${others}\nreport`,
      failing: `began=0\n${many(20, "curl-60-")}\nreport`,
      docker: failure("exit-1", `failed to register layer: ${LONG}no space left on device`),
      address: failure("exit-1", 'Get "https://data.test/blob?sig=abc&se=1": i/o timeout'),
      registry: failure("http-403", "", registryError),
      identity: failure("http-400", "", tokenError),
      withoutJq: "began=0 reason=no-jq; jq() { return 1; }\ntext a b; report",
    },
    push: {
      pushed: `digest=${sha256("x")} data_endpoint=; report; data_endpoint=a.test; report`,
      docker: `waited=0\n${failure("exit-1", `docker: Error ${LONG}exec: exec format error: unknown.`)}`,
      registry: `retries=3 waited=45\n${failure("http-403", "", registryError)}`,
      withoutJq: "failed=tools reason=no-jq waited=0; jq() { return 1; }\nreport",
    },
  };
  const outputs = { probe: {}, push: {} } as Record<Task, Record<string, string>>;

  beforeAll(() => {
    for (const task of ["probe", "push"] as const) {
      const names = Object.keys(CODES[task]);
      const all = outputsOf(task, Object.values(CODES[task]));
      names.forEach((name, index) => (outputs[task][name] = all[index]!));
    }
  });

  const reportOf = (name: string) => JSON.parse(outputs.probe[name]!) as Report;

  test("contains all addresses of 60 data endpoints, and stays short", () => {
    const { hosts, omitted, failed } = reportOf("many");
    expect(failed).toBeNull();
    expect(omitted).toEqual(["host", "ms", "ok"]);
    expect(hosts).toEqual(ALL.map((_, index) => ({ addresses: [`10.100.100.${100 + index}`] })));
    expect(Buffer.byteLength(outputs.probe.many!)).toBeLessThanOrEqual(3500);
  });

  test("lists what was left out of 60 data endpoints that have 20 addresses each and all fail", () => {
    const { hosts, omitted } = reportOf("failing");
    expect(omitted).toEqual(["host", "ms", "ok", "status", "addresses", "hosts"]);
    expect(hosts).toHaveLength(40);
    expect(hosts[39]).toEqual({ addresses: ["10.100.100.139"], more: 19, tls: "curl-60-" });
    expect(Buffer.byteLength(outputs.probe.failing!)).toBeLessThanOrEqual(3500);
  });

  test.each<[name: string, failed: Readonly<Record<string, string>>]>([
    ["docker", { reason: "exit-1", detail: `...${`${LONG}no space left on device`.slice(-157)}` }],
    ["address", { reason: "exit-1", detail: 'Get "https://data.test/blob?...": i/o timeout' }],
    ["registry", { reason: "http-403", code: "DENIED", detail: "not ... at https://a.test/?..." }],
    ["identity", { reason: "http-400", code: "invalid_request", detail: "Identity not found" }],
  ])("has what is known of a failure, and nothing secret (%s)", (name, failed) => {
    expect(reportOf(name).failed).toEqual({ step: "exchange", ...failed });
  });

  test("of a push has the digest, and the data endpoint if it is known", () => {
    const image = `"image":"${LOGIN_SERVER}/${REPOSITORY}:v1"`;
    const [without, having] = outputs.push.pushed!.split("\n");
    expect(without).toBe(`{"v":1,"digest":"${sha256("x")}",${image}}`);
    expect(having).toBe(`{"v":1,"digest":"${sha256("x")}",${image},"dataEndpoint":"a.test"}`);
  });

  test("of a push that failed has why, how often it was tried, and the clock", () => {
    const errorOf = (name: string) => {
      const { error, ...report } = JSON.parse(outputs.push[name]!) as { error: object };
      expect(report).toEqual({ v: 1, clock: expect.any(Number) as number });
      return error;
    };
    const detail = `...${`${LONG}exec: exec format error: unknown.`.slice(-157)}`;
    expect(errorOf("docker")).toEqual({ step: "exchange", reason: "exit-1", detail });
    expect(errorOf("registry")).toEqual({
      ...{ step: "exchange", reason: "http-403", code: "DENIED", detail: "not ... at https://a.test/?..." },
      ...{ retries: 3, seconds: 45 },
    });
  });

  test("can be made where jq fails", () => {
    expect(reportOf("withoutJq").failed).toEqual({ step: "tools", reason: "no-report" });
    expect(outputs.push.withoutJq).toBe('{"v":1,"error":{"step":"tools","reason":"no-jq"}}');
  });
});
