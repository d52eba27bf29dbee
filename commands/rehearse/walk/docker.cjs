// Stands in for docker on the machines of a rehearsal, which have no daemon. It signs in, pushes and pulls over the network
// as docker does, by curl. Of a Dockerfile it does COPY and ENTRYPOINT: there is no base image, because nothing leaves this
// machine. It runs the entrypoint without a container.
const { execFileSync, spawnSync } = require("node:child_process");
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { URL, URLSearchParams } = require("node:url");

const folder = process.env.DOCKER_CONFIG;
const path = (name) => join(folder, name);
const OCI = "application/vnd.oci.image";
const TYPES = { manifest: `${OCI}.manifest.v1+json`, config: `${OCI}.config.v1+json`, layer: `${OCI}.layer.v1.tar` };

/** Sends a request. What is secret is given to curl on its standard input. */
function http(method, url, { lines = [], file } = {}) {
  const given = [
    ...["silent", "show-error", 'noproxy = "*"', "connect-timeout = 5", "max-time = 60", `url = "${url}"`],
    ...(method === "HEAD" ? ["head"] : [`request = "${method}"`]),
    ...[`output = "${path("body")}"`, 'write-out = "%{http_code}\\n%header{location}\\n%header{www-authenticate}"'],
    ...(file ? [`data-binary = "@${file}"`] : []),
    ...lines,
  ];
  const args = ["--disable", "--config", process.env.PROBE_CURL_OPTIONS || "/dev/null", "--config", "-"];
  const { status, stdout, stderr } = spawnSync("curl", args, { input: given.join("\n"), encoding: "utf8" });
  if (status !== 0) throw new Error(`Error response from daemon: Get "${url.split("?")[0]}": ${stderr.trim()}`);
  const [code, location, challenge] = stdout.split("\n");
  return { code: Number(code), location, challenge, body: () => readFileSync(path("body")) };
}

/** Gets a token for what a challenge asks for. */
function tokenFor(challenge, scope) {
  const [, realm] = /realm="([^"]+)"/.exec(challenge) ?? [];
  const [, service] = /service="([^"]+)"/.exec(challenge) ?? [];
  const { user, password } = JSON.parse(readFileSync(path("login.json"), "utf8"));
  const query = new URLSearchParams({ service, ...(scope && { scope }) });
  const { code, body } = http("GET", `${realm}?${query}`, { lines: [`user = "${user}:${password}"`] });
  if (code !== 200) throw new Error(`Error response from daemon: Get "${realm}": ${errorIn(body())}`);
  return JSON.parse(body()).access_token;
}

function errorIn(body) {
  try {
    const [{ code, message }] = JSON.parse(body).errors;
    return `${code.toLowerCase()}: ${message}`;
  } catch {
    return "unexpected answer";
  }
}

/** A session with a repository: requests with a token of the scope. */
function session(image, actions) {
  const [, host, repository, tag] = /^([^/]+)\/(.+):([^:]+)$/.exec(image);
  const { code, challenge, body } = http("GET", `https://${host}/v2/`);
  if (code !== 401) throw new Error(`Error response from daemon: Get "https://${host}/v2/": ${errorIn(body())}`);
  const token = tokenFor(challenge, `repository:${repository}:${actions}`);
  const send = (method, url, { lines = [], ...more } = {}, ...expected) => {
    const bearer = [`header = "Authorization: Bearer ${token}"`, ...lines];
    const answer = http(method, new URL(url, `https://${host}/v2/${repository}/`).href, { ...more, lines: bearer });
    if (!expected.includes(answer.code)) throw new Error(errorIn(answer.body()));
    return answer;
  };
  return { send, tag };
}

const sha256 = (content) => `sha256:${createHash("sha256").update(content).digest("hex")}`;

/** Keeps content by its digest, and describes it as manifests do. */
function kept(mediaType, content) {
  const digest = sha256(content);
  writeFileSync(path(digest), content);
  return { mediaType, digest, size: content.length };
}

const COMMANDS = {
  version: () => console.log("0.0.0"),
  rm: () => undefined,
  image: () => undefined,

  login(_, user, __, host) {
    writeFileSync(path("login.json"), JSON.stringify({ user, password: readFileSync(0, "utf8") }), { mode: 0o600 });
    const { code, challenge, body } = http("GET", `https://${host}/v2/`);
    if (code !== 401) throw new Error(`Error response from daemon: Get "https://${host}/v2/": ${errorIn(body())}`);
    tokenFor(challenge);
    console.log("Login Succeeded");
  },

  build(_, image, context) {
    const lines = readFileSync(join(context, "Dockerfile"), "utf8").split("\n");
    const [root] = [path("root")];
    mkdirSync(root, { recursive: true });
    for (const [command, from, to] of lines.map((line) => line.split(/\s+/)))
      if (command === "COPY") execFileSync("cp", ["-r", join(context, from), join(root, to)]);
    const entrypoint = lines.find((line) => line.startsWith("ENTRYPOINT")) ?? "ENTRYPOINT []";
    const fixed = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"];
    const layer = execFileSync("tar", [...fixed, "-C", root, "-cf", "-", "."]);
    const config = JSON.stringify({
      ...{ architecture: process.arch === "x64" ? "amd64" : process.arch, os: "linux" },
      config: { Entrypoint: JSON.parse(entrypoint.slice("ENTRYPOINT".length)) },
      rootfs: { type: "layers", diff_ids: [sha256(layer)] },
    });
    const manifest = JSON.stringify({
      ...{ schemaVersion: 2, mediaType: TYPES.manifest, config: kept(TYPES.config, config) },
      layers: [kept(TYPES.layer, layer)],
    });
    writeFileSync(path("images.json"), JSON.stringify({ [image]: manifest }));
  },

  push(image) {
    const manifest = JSON.parse(readFileSync(path("images.json"), "utf8"))[image];
    const { send, tag } = session(image, "pull,push");
    const { config, layers } = JSON.parse(manifest);
    for (const { digest } of [config, ...layers]) {
      const { location } = send("POST", "blobs/uploads/", { lines: ['data = ""'] }, 202);
      const separator = location.includes("?") ? "&" : "?";
      const lines = ['header = "Content-Type: application/octet-stream"'];
      send("PUT", `${location}${separator}digest=${digest}`, { file: path(digest), lines }, 201);
    }
    const { digest } = kept(TYPES.manifest, manifest);
    send("PUT", `manifests/${tag}`, { file: path(digest), lines: [`header = "Content-Type: ${TYPES.manifest}"`] }, 201);
    console.log(`${tag}: digest: ${digest} size: ${manifest.length}`);
  },

  pull(image) {
    const { send, tag } = session(image, "pull");
    const manifest = send("GET", `manifests/${tag}`, { lines: [`header = "Accept: ${TYPES.manifest}"`] }, 200).body();
    const { config, layers } = JSON.parse(manifest);
    for (const { digest } of [config, ...layers]) {
      // The URL has its own permission: the token is not for the data endpoint.
      const { location } = send("GET", `blobs/${digest}`, {}, 307);
      const { code, body } = http("GET", location);
      if (code !== 200 || sha256(body()) !== digest) throw new Error(`failed to download ${digest}: status ${code}`);
      writeFileSync(path(digest), body());
    }
    writeFileSync(path("images.json"), JSON.stringify({ [image]: manifest.toString() }));
    console.log(`Digest: ${sha256(manifest)}\nStatus: Downloaded newer image for ${image}`);
  },

  run(...args) {
    const manifest = JSON.parse(JSON.parse(readFileSync(path("images.json"), "utf8"))[args.at(-1)]);
    const root = path("container");
    mkdirSync(root, { recursive: true });
    for (const { digest } of manifest.layers) execFileSync("tar", ["-xf", path(digest), "-C", root]);
    const [command, ...files] = JSON.parse(readFileSync(path(manifest.config.digest), "utf8")).config.Entrypoint;
    execFileSync(
      command,
      files.map((file) => join(root, file)),
      { stdio: "inherit" },
    );
  },
};

const [command, ...args] = process.argv.slice(2);
try {
  COMMANDS[command](...args);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
