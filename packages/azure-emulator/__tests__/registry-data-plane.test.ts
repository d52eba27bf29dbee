import { createHash } from "node:crypto";
import type { Json } from "../../common/util/json";
import { type PrivateEndpointProperties, setConnectionState } from "../lib/endpoint-addresses";
import { RegistryDataPlane } from "../lib/registry-data-plane";
import type { RegistryAnswer, RegistryRequest } from "../lib/registry-data-plane/registry-request";
import { ROLES } from "../lib/resource-types/role-definitions";
import { Azure, REGION, id } from "./azure";

const HOST = "hello.azurecr.io";
const [HOME, OTHER] = [REGION, "switzerlandnorth"];
const dataOf = (region: string) => `hello.${region}.data.azurecr.io`;
const geoOf = (region: string) => `hello.${region}.geo.azurecr.io`;
const REGISTRY = id("Microsoft.ContainerRegistry/registries/hello");
const VNET = "Microsoft.Network/virtualNetworks";
const PRINCIPAL = "11111111-aaaa-bbbb-cccc-555555555555";
const ADMIN = `Basic ${Buffer.from("hello:emulated").toString("base64")}`;
const PUBLIC = { address: "203.0.113.7" };
const MINUTE = 60_000;

let azure: Azure;
let plane: RegistryDataPlane;
let now: number;
let outages: Set<string>;
let throttleEvery: number | undefined;

beforeEach(() => {
  now = 0;
  outages = new Set();
  throttleEvery = undefined;
  azure = new Azure();
  azure.given(REGISTRY, { adminUserEnabled: true, dataEndpointEnabled: true, regionalEndpoints: "Enabled" }, PREMIUM);
  azure.given(`${REGISTRY}/replications/${OTHER}`, {}, { location: OTHER });
  start();
});
afterEach(() => {
  plane.close();
});

const PREMIUM = { sku: { name: "Premium" } };

function start(delay = 0): void {
  plane = new RegistryDataPlane({
    store: azure.manager.store,
    outages,
    replication: { clock: () => now, delay },
    tokenOf: (token) => ({ [`of ${PRINCIPAL}`]: { principal: PRINCIPAL, audience: "any" }, owner: OWNER })[token],
    isOwner: (principal) => principal === OWNER.principal,
    throttleEvery,
    retryAfter: "3",
  });
}
const OWNER = { principal: "owner", audience: "any" };

type Props = Partial<Omit<RegistryRequest, "body">> & { body?: string };

function ask(method: string, url: string, { body = "", ...props }: Props = {}): RegistryAnswer & { body: Json } {
  const request = { from: PUBLIC, host: HOST, headers: { authorization: ADMIN }, ...props };
  const answer = plane.answer({ ...request, method, url, body: Buffer.from(body) });
  if (!answer) return { status: 0, body: {} };
  const isJson = answer.headers?.["Content-Type"]?.includes("json") && answer.text !== undefined;
  return { ...answer, body: isJson ? (JSON.parse(answer.text) as Json) : {} };
}
const statusOf = (...props: Parameters<typeof ask>) => ask(...props).status;
const codeOf = (...props: Parameters<typeof ask>) => {
  const { status, body } = ask(...props);
  return `${status} ${(body.errors as { code: string }[] | undefined)?.[0]?.code ?? ""}`.trim();
};

const sha256 = (text: string) => `sha256:${createHash("sha256").update(text).digest("hex")}`;
const [BLOB, CONFIG] = ["a layer", "{}"];
const DIGEST = sha256(BLOB);
const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
const manifestWith = (more: Json = {}) =>
  JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: sha256(CONFIG), size: 2 },
    layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar", digest: DIGEST, size: BLOB.length }],
    ...more,
  });
const MANIFEST = manifestWith();
const put = (reference: string, body = MANIFEST, props: Props = {}) =>
  ask("PUT", `/v2/app/manifests/${reference}`, {
    ...props,
    body,
    headers: { authorization: ADMIN, "content-type": MANIFEST_TYPE },
  });
const upload = (content: string, props: Props = {}, name = "app") =>
  ask("POST", `/v2/${name}/blobs/uploads/?digest=${sha256(content)}`, { ...props, body: content });
function push(tag = "v1", props: Props = {}): void {
  for (const content of [BLOB, CONFIG]) upload(content, props);
  expect(put(tag, MANIFEST, props).status).toBe(201);
}
const at = (region: string): Props => ({ host: geoOf(region) });

function tokens(scope: string, props: Props = {}, identity = `of ${PRINCIPAL}`) {
  const post = (path: string, form: Record<string, string>) =>
    ask("POST", path, { ...props, headers: {}, body: new URLSearchParams({ service: HOST, ...form }).toString() });
  const exchange = post("/oauth2/exchange", { grant_type: "access_token", access_token: identity });
  const refresh = String(exchange.body.refresh_token);
  const token = post("/oauth2/token", { grant_type: "refresh_token", refresh_token: refresh, scope });
  const access = String(token.body.access_token);
  return { exchange, token, refresh, access, claims: token.status === 200 ? claimsOf(access) : {} };
}
const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString()) as Json;
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

function assign(role: string, more: Json = {}, name = "00000000-0000-0000-0000-000000000001", scope = REGISTRY): void {
  const roleDefinitionId = `/providers/Microsoft.Authorization/roleDefinitions/${ROLES[role]!}`;
  azure.manager.put(`${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`, {
    properties: { principalId: PRINCIPAL, roleDefinitionId, ...more },
  });
}

describe("the challenge", () => {
  const challengeOf = (url: string, props: Props = {}) =>
    ask("GET", url, { headers: {}, ...props }).headers?.["Www-Authenticate"];

  test("leads to the token service of the name that is asked, for the registry's login server", () => {
    expect(challengeOf("/v2/")).toBe(`Bearer realm="https://${HOST}/oauth2/token",service="${HOST}"`);
    expect(challengeOf("/v2/", at(OTHER))).toBe(
      `Bearer realm="https://${geoOf(OTHER)}/oauth2/token",service="${HOST}"`,
    );
  });

  test("says the scope that a request needs, and what its token lacks", () => {
    expect(challengeOf("/v2/app/manifests/v1")).toMatch(/,scope="repository:app:pull"$/);
    expect(challengeOf("/v2/_catalog")).toMatch(/,scope="registry:catalog:\*"$/);
    const { access } = tokens("repository:app:pull");
    const lacking = (props: Props) => challengeOf("/v2/app/manifests/v1", props)?.split(",error=")[1];
    expect(lacking(bearer(access))).toBe('"insufficient_scope"');
    expect(lacking(bearer(`${access}x`))).toBe('"invalid_token"');
  });
});

describe("a token", () => {
  test("is exchanged twice, and has what a role allows of the scope as its claim", () => {
    assign("AcrPull");
    push();
    const { claims, access } = tokens("repository:app:pull,push");
    expect(claims).toMatchObject({ aud: HOST, grant_type: "access_token", version: "2.0", sub: PRINCIPAL });
    expect(claims.access).toEqual([{ type: "repository", name: "app", actions: ["pull"] }]);
    expect(statusOf("GET", "/v2/app/manifests/v1", bearer(access))).toBe(200);
    expect(statusOf("GET", "/v2/other/manifests/v1", bearer(access))).toBe(401);
    expect(statusOf("PUT", "/v2/app/manifests/v1", bearer(access))).toBe(401);
    // In every region, and by every name of the registry.
    expect(statusOf("GET", "/v2/app/manifests/v1", { ...at(OTHER), ...bearer(access) })).toBe(200);
  });

  test("is given to docker, which sends the refresh token as the password of a user without a name", () => {
    assign("AcrPush");
    const { refresh } = tokens("");
    const login = (user: string, password: string) => ({
      headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` },
    });
    const url = `/oauth2/token?service=${HOST}&scope=repository:app:pull&scope=repository:two:push,pull`;
    const { body } = ask("GET", url, login("00000000-0000-0000-0000-000000000000", refresh));
    expect(claimsOf(String(body.access_token)).access).toEqual([
      { type: "repository", name: "app", actions: ["pull"] },
      { type: "repository", name: "two", actions: ["push", "pull"] },
    ]);
    expect(codeOf("GET", url, login("somebody", refresh))).toBe("401 UNAUTHORIZED");
    expect(codeOf("GET", url, login("hello", "wrong"))).toBe("401 UNAUTHORIZED");
    expect(codeOf("GET", url, { headers: {} })).toBe("401 UNAUTHORIZED");
    azure.send("PATCH", REGISTRY, { properties: { adminUserEnabled: false, anonymousPullEnabled: true } });
    expect(codeOf("GET", url, login("hello", "emulated"))).toBe("401 UNAUTHORIZED");
    expect(claimsOf(String(ask("GET", url, { headers: {} }).body.access_token)).access).toEqual([
      { type: "repository", name: "app", actions: ["pull"] },
      { type: "repository", name: "two", actions: ["pull"] },
    ]);
  });

  test("ends, and is of one registry and one kind", () => {
    assign("AcrPull");
    push();
    const { access, refresh } = tokens("repository:app:pull");
    const pull = (token: string, more: Props = {}) =>
      codeOf("GET", "/v2/app/manifests/v1", { ...bearer(token), ...more }).slice(0, 3);
    expect([pull(access), pull(refresh)]).toEqual(["200", "401"]);
    azure.given("Microsoft.ContainerRegistry/registries/second", {}, PREMIUM);
    expect(pull(access, { host: "second.azurecr.io" })).toBe("401");
    now += 74 * MINUTE;
    expect(pull(access)).toBe("200");
    now += MINUTE;
    expect(pull(access)).toBe("401");
  });

  test("needs a token of Microsoft Entra ID, for the registry that is asked", () => {
    expect(codeOf("GET", "/oauth2/exchange")).toBe("400 UNSUPPORTED");
    expect(tokens("", {}, "another").exchange.status).toBe(401);
    azure.send("PATCH", REGISTRY, {
      properties: { policies: { azureADAuthenticationAsArmPolicy: { status: "disabled" } } },
    });
    expect(tokens("").exchange.status).toBe(401);
  });

  test("has what was allowed when the identity was exchanged, where roles count for all repositories", () => {
    const { refresh } = tokens("");
    assign("AcrPull");
    const form = { service: HOST, grant_type: "refresh_token", refresh_token: refresh, scope: "repository:app:pull" };
    const { body } = ask("POST", "/oauth2/token", { body: new URLSearchParams(form).toString() });
    expect(claimsOf(String(body.access_token)).access).toEqual([]);
    expect(tokens("repository:app:pull").claims.access).toHaveLength(1);
  });
});

describe("what an identity may do", () => {
  const allowed = (repository = "app") => {
    const { access } = tokens(`repository:${repository}:*`).claims as { access: { actions: string[] }[] };
    return (access[0]?.actions ?? []).filter((action) => !action.startsWith("metadata")).join(" ");
  };
  const lists = () => (tokens("registry:catalog:*").claims.access as unknown[]).length > 0;

  test.each([
    ["AcrPull", "pull", true],
    ["AcrPush", "pull push", true],
    ["AcrDelete", "delete", false],
    ["Contributor", "delete pull push", true],
    ["Reader", "", false],
    ["Container Registry Repository Writer", "", false],
  ])("with the role %s for all repositories: %j", (role, actions, catalog) => {
    assign(role);
    expect([allowed(), lists()]).toEqual([actions, catalog]);
  });

  test.each([
    ["AcrPush", "", false],
    ["Container Registry Repository Reader", "pull", false],
    ["Container Registry Repository Writer", "pull push", false],
    ["Container Registry Repository Contributor", "delete pull push", false],
    ["Container Registry Repository Catalog Lister", "", true],
  ])("with the role %s, where permissions are for each repository: %j", (role, actions, catalog) => {
    azure.send("PATCH", REGISTRY, { properties: { roleAssignmentMode: "AbacRepositoryPermissions" } });
    assign(role);
    expect([allowed(), lists()]).toEqual([actions, catalog]);
  });

  test("is limited by a condition to repositories, and inherited from a resource group", () => {
    azure.send("PATCH", REGISTRY, { properties: { roleAssignmentMode: "AbacRepositoryPermissions" } });
    const condition = `((!(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/content/read'})) OR (@Request[Microsoft.ContainerRegistry/registries/repositories:name] StringStartsWithIgnoreCase 'team/'))`;
    assign("Container Registry Repository Reader", { condition, conditionVersion: "2.0" });
    expect([allowed("team/app"), allowed("app")]).toEqual(["pull", ""]);
    assign(
      "Container Registry Repository Writer",
      {},
      "00000000-0000-0000-0000-000000000002",
      REGISTRY.split("/providers")[0],
    );
    expect(allowed("app")).toBe("pull push");
  });

  test("is everything for an owner, unless permissions are for each repository", () => {
    const access = () => tokens("repository:app:pull,delete", {}, "owner").claims.access;
    expect(access()).toEqual([{ type: "repository", name: "app", actions: ["pull", "delete"] }]);
    azure.send("PATCH", REGISTRY, { properties: { roleAssignmentMode: "AbacRepositoryPermissions" } });
    expect(access()).toEqual([]);
  });
});

describe("an image", () => {
  test("is pulled by tag and by digest, by whom takes its type", () => {
    push();
    const digest = sha256(MANIFEST);
    for (const reference of ["v1", digest]) {
      const { status, headers } = ask("GET", `/v2/app/manifests/${reference}`);
      expect([status, headers!["Docker-Content-Digest"], headers!["Content-Type"]]).toEqual([
        ...[200, digest, MANIFEST_TYPE],
      ]);
    }
    const accept = (types: string) =>
      codeOf("GET", "/v2/app/manifests/v1", { headers: { authorization: ADMIN, accept: types } });
    expect(accept(`text/plain, ${MANIFEST_TYPE};q=0.5`)).toBe("200");
    expect(accept("application/vnd.docker.distribution.manifest.v2+json")).toBe("404 MANIFEST_UNKNOWN");
    expect(codeOf("GET", "/v2/app/manifests/v2")).toBe("404 MANIFEST_UNKNOWN");
  });

  test("is refused without its blobs, with another digest or type, and as something else than JSON", () => {
    expect(codeOf("PUT", "/v2/app/manifests/v1", { body: "no JSON" })).toBe("400 MANIFEST_INVALID");
    expect(put("v1").body.errors).toMatchObject([
      { code: "MANIFEST_BLOB_UNKNOWN", detail: { digest: sha256(CONFIG) } },
    ]);
    push();
    expect(put(DIGEST).body.errors).toMatchObject([{ code: "DIGEST_INVALID" }]);
    expect(put("v1", manifestWith({ mediaType: "text/plain" })).status).toBe(400);
    const index = { mediaType: "application/vnd.oci.image.index.v1+json", manifests: [{ digest: DIGEST }] };
    const headers = { authorization: ADMIN, "content-type": index.mediaType };
    expect(codeOf("PUT", "/v2/app/manifests/v1", { body: JSON.stringify(index), headers })).toBe(
      "404 MANIFEST_UNKNOWN",
    );
    const elsewhere = { digest: sha256("elsewhere"), urls: ["https://elsewhere.test/"] };
    expect(put("v2", manifestWith({ layers: [elsewhere] })).status).toBe(201);
  });

  test("is deleted by its digest alone, with its tags; then its repository is not known", () => {
    push();
    expect(codeOf("DELETE", "/v2/app/manifests/v1")).toBe("405 UNSUPPORTED");
    expect(ask("GET", "/v2/_catalog").body).toEqual({ repositories: ["app"] });
    expect(statusOf("DELETE", `/v2/app/manifests/${sha256(MANIFEST)}`)).toBe(202);
    expect(codeOf("GET", "/v2/app/manifests/v1")).toBe("404 MANIFEST_UNKNOWN");
    expect(codeOf("GET", "/v2/app/tags/list")).toBe("404 NAME_UNKNOWN");
    expect(ask("GET", "/v2/_catalog").body).toEqual({ repositories: [] });
  });

  test("is gone with its registry", () => {
    push();
    azure.manager.delete(REGISTRY);
    azure.given(REGISTRY, { adminUserEnabled: true }, PREMIUM);
    expect(codeOf("GET", "/v2/app/manifests/v1")).toBe("404 MANIFEST_UNKNOWN");
  });

  test("has tags, of which a page has so many as are asked for, with a link to the next", () => {
    for (const tag of ["b", "a", "c"]) push(tag);
    const page = ask("GET", "/v2/app/tags/list?n=2");
    expect(page.body).toEqual({ name: "app", tags: ["a", "b"] });
    expect(page.headers?.Link).toBe('</v2/app/tags/list?last=b&n=2>; rel="next"');
    const last = ask("GET", "/v2/app/tags/list?last=b&n=2");
    expect([last.body.tags, last.headers?.Link]).toEqual([["c"], undefined]);
    expect(codeOf("GET", "/v2/app/tags/list?n=x")).toBe("400 PAGINATION_NUMBER_INVALID");
  });

  test("has what refers to it, by type", () => {
    push();
    const subject = { mediaType: MANIFEST_TYPE, digest: sha256(MANIFEST), size: 1 };
    const signature = manifestWith({ subject, artifactType: "a/signature", annotations: { by: "me" } });
    expect(put(sha256(signature), signature).headers?.["OCI-Subject"]).toBe(subject.digest);
    const referrers = (type = "") => {
      const { body, headers } = ask("GET", `/v2/app/referrers/${subject.digest}${type && `?artifactType=${type}`}`);
      return [(body.manifests as unknown[]).length, headers?.["OCI-Filters-Applied"]];
    };
    expect([referrers(), referrers("a/signature"), referrers("other")]).toEqual([
      [1, undefined],
      [1, "artifactType"],
      [0, "artifactType"],
    ]);
  });
});

describe("a blob", () => {
  const begin = (query = "") => ask("POST", `/v2/app/blobs/uploads/${query}`).headers!;
  const send = (method: string, url: string, body: string, range?: string) =>
    ask(method, url, {
      body,
      headers: { authorization: ADMIN, ...(range !== undefined && { "content-range": range }) },
    });

  test("is uploaded in chunks, each of which begins where the last one ended", () => {
    const { Location = "" } = begin();
    expect(send("PATCH", Location, "a l", "0-2").headers).toMatchObject({ Range: "0-2" });
    const wrong = send("PATCH", Location, "yer", "4-6");
    expect([wrong.status, wrong.headers?.Range]).toEqual([416, "0-2"]);
    expect(ask("GET", Location).headers?.Range).toBe("0-2");
    expect(send("PATCH", Location, "ayer", "3-6").status).toBe(202);
    expect(send("PUT", `${Location}?digest=${DIGEST}`, "").status).toBe(201);
    expect(statusOf("HEAD", `/v2/app/blobs/${DIGEST}`)).toBe(200);
    expect(codeOf("GET", Location)).toBe("404 BLOB_UPLOAD_UNKNOWN");
  });

  test("is not kept with another digest, nor if its upload is cancelled", () => {
    const first = begin().Location!;
    expect(send("PUT", `${first}?digest=${DIGEST}`, "another").status).toBe(400);
    const second = begin().Location!;
    expect(statusOf("DELETE", second)).toBe(204);
    expect(codeOf("PUT", `${second}?digest=${DIGEST}`)).toBe("404 BLOB_UPLOAD_UNKNOWN");
    expect(codeOf("GET", `/v2/app/blobs/${DIGEST}`)).toBe("404 BLOB_UNKNOWN");
    expect(codeOf("GET", "/v2/app/blobs/sha256:1")).toBe("400 DIGEST_INVALID");
  });

  test("is mounted from another repository that the client may pull from, and deleted from one alone", () => {
    upload(BLOB, {}, "other");
    const mount = `/v2/app/blobs/uploads/?mount=${DIGEST}&from=other`;
    assign("AcrPush");
    const { access } = tokens("repository:app:pull,push");
    expect(statusOf("POST", mount, bearer(access))).toBe(202);
    expect(statusOf("POST", mount, bearer(tokens("repository:app:push repository:other:pull").access))).toBe(201);
    expect(statusOf("DELETE", `/v2/other/blobs/${DIGEST}`)).toBe(202);
    expect([statusOf("HEAD", `/v2/other/blobs/${DIGEST}`), statusOf("HEAD", `/v2/app/blobs/${DIGEST}`)]).toEqual([
      ...[404, 200],
    ]);
  });

  const locationOf = (props: Props = {}) => new URL(ask("GET", `/v2/app/blobs/${DIGEST}`, props).headers!.Location!);
  const download = ({ host, pathname, search }: URL, props: Props = {}) =>
    ask("GET", `${pathname}${search}`, { host, headers: {}, ...props });

  test("is at the data endpoint of the region that serves, for whom has the URL, for a while", () => {
    push();
    for (const region of [HOME, OTHER]) expect(locationOf(at(region)).host).toBe(dataOf(region));
    const location = locationOf();
    expect(download(location)).toMatchObject({ status: 200, headers: { "Content-Length": "7" } });
    expect(download(location, { headers: { range: "bytes=2-4" } })).toMatchObject({ status: 206, range: [2, 4] });
    expect(download(location, { host: dataOf(OTHER) }).status).toBe(403);
    expect(download(new URL(location.href.replace(/sig=./, "sig=~"))).status).toBe(403);
    now += 21 * MINUTE;
    expect(download(location).status).toBe(403);
  });

  test("is in a storage account, without data endpoints", () => {
    push();
    azure.send("PATCH", REGISTRY, { properties: { dataEndpointEnabled: false } });
    const location = locationOf();
    expect(location.host).toBe(`managed${HOME}.blob.core.windows.net`);
    expect(download(location).status).toBe(200);
  });
});

describe("a region", () => {
  const regionOf = (props: Props = {}) => {
    const { status, headers } = ask("GET", `/v2/app/blobs/${DIGEST}`, props);
    return status === 307 ? new URL(headers!.Location!).host.split(".")[1] : status;
  };

  test("learns of an image, and of its deletion, after the delay that is set", () => {
    start(30_000);
    push("v1", at(HOME));
    const known = (region: string) => codeOf("GET", "/v2/app/manifests/v1", at(region));
    expect([known(HOME), known(OTHER)]).toEqual(["200", "404 MANIFEST_UNKNOWN"]);
    now += 29_999;
    expect(known(OTHER)).toBe("404 MANIFEST_UNKNOWN");
    now += 1;
    expect(known(OTHER)).toBe("200");
    ask("DELETE", `/v2/app/manifests/${sha256(MANIFEST)}`, at(HOME));
    expect([known(HOME), known(OTHER)]).toEqual(["404 MANIFEST_UNKNOWN", "200"]);
    now += 30_000;
    expect(known(OTHER)).toBe("404 MANIFEST_UNKNOWN");
  });

  test("keeps a tag that is older until then", () => {
    start(30_000);
    push("v1", at(HOME));
    now += 60_000;
    const newer = manifestWith({ annotations: { newer: "yes" } });
    put("v1", newer, at(HOME));
    const digest = (region: string) =>
      ask("GET", "/v2/app/manifests/v1", at(region)).headers?.["Docker-Content-Digest"];
    expect([digest(HOME), digest(OTHER)]).toEqual([sha256(newer), sha256(MANIFEST)]);
  });

  test("does not know an upload that began in another", () => {
    const { Location = "" } = ask("POST", "/v2/app/blobs/uploads/", at(HOME)).headers!;
    expect(codeOf("PATCH", Location, { ...at(OTHER), body: "a" })).toBe("404 BLOB_UPLOAD_UNKNOWN");
  });

  test("serves the global name near to the client, unless it is drained, or down", () => {
    push();
    azure.given(`${VNET}/near`, { addressSpace: { addressPrefixes: ["10.1.0.0/24"] } }, { location: OTHER });
    const near = { from: { network: "near", ...PUBLIC } };
    expect([regionOf(), regionOf(near)]).toEqual([HOME, OTHER]);
    outages.add(OTHER);
    expect([regionOf(near), regionOf(at(OTHER))]).toEqual([HOME, 503]);
    outages.add(HOME);
    expect(codeOf("GET", "/v2/", near)).toBe("503 UNAVAILABLE");
    outages.clear();
    azure.send("PUT", `${REGISTRY}/replications/${OTHER}`, {
      location: OTHER,
      properties: { regionEndpointEnabled: false },
    });
    expect([regionOf(near), regionOf(at(OTHER))]).toEqual([HOME, OTHER]);
  });
});

describe("a client", () => {
  const DENIED = `client with IP '203.0.113.7' is not allowed access. Refer https://aka.ms/acr/firewall to grant access.`;
  const SUBNET = `${VNET}/spoke/subnets/endpoints`;

  function givenEndpoint(list = "privateLinkServiceConnections"): void {
    for (const [i, name] of ["spoke", "other"].entries())
      azure.given(`${VNET}/${name}`, { addressSpace: { addressPrefixes: [`10.${i}.0.0/24`] } });
    azure.given(SUBNET, { addressPrefix: "10.0.0.0/24" });
    const connection = { name: "c", properties: { privateLinkServiceId: REGISTRY, groupIds: ["registry"] } };
    azure.given("Microsoft.Network/privateEndpoints/pep", { subnet: { id: id(SUBNET) }, [list]: [connection] });
    azure.send("PATCH", REGISTRY, { properties: { publicNetworkAccess: "Disabled" } });
  }
  const addressOf = (host: string) =>
    (
      azure.properties("Microsoft.Network/privateEndpoints/pep").customDnsConfigs as {
        fqdn: string;
        ipAddresses: string[];
      }[]
    ).find(({ fqdn }) => fqdn === host)!.ipAddresses[0]!;
  const inNetwork = (network: string, to: string, host = HOST): Props => ({ from: { network }, to, host });

  test("from outside is refused in Azure's words, whatever it asks for", () => {
    azure.send("PATCH", REGISTRY, { properties: { publicNetworkAccess: "Disabled" } });
    for (const [method, url] of [
      ["GET", "/v2/"],
      ["POST", "/oauth2/exchange"],
    ] as const) {
      const { status, body } = ask(method, url, { headers: {} });
      expect([status, body.errors]).toMatchObject([403, [{ code: "DENIED", message: DENIED }]]);
    }
    expect(statusOf("GET", "/a", { host: dataOf(HOME) })).toBe(403);
  });

  test("in a network is served at the addresses of an endpoint that it reaches, and nowhere else", () => {
    givenEndpoint();
    const [login, data] = [addressOf(HOST), addressOf(dataOf(HOME))];
    expect(statusOf("GET", "/v2/", inNetwork("spoke", login))).toBe(200);
    expect(statusOf("GET", "/v2/", inNetwork("other", login))).toBe(0);
    expect(statusOf("GET", "/v2/", inNetwork("spoke", "10.0.0.99"))).toBe(0);
    expect(statusOf("GET", "/v2/", inNetwork("nobody", login))).toBe(0);
    expect(statusOf("GET", "/v2/", { from: PUBLIC, to: login })).toBe(0);
    // A record with the address of another host name.
    expect(statusOf("GET", "/v2/", inNetwork("spoke", data))).toBe(0);
    expect(statusOf("GET", "/v2/", { from: { network: "spoke" } })).toBe(403);
    expect(["spoke", "other"].map((network) => plane.behind({ from: { network }, to: data }))).toEqual([
      ...["data", undefined],
    ]);
  });

  test("is served by a region at the address of its regional endpoint, which answers to the global name", () => {
    givenEndpoint();
    const props = inNetwork("spoke", addressOf(geoOf(HOME)));
    push("v1", props);
    const { headers } = ask("GET", `/v2/app/blobs/${DIGEST}`, props);
    expect(new URL(headers!.Location!).host).toBe(dataOf(HOME));
    expect(codeOf("GET", "/v2/", { ...props, host: geoOf(HOME) })).toBe("200");
  });

  test("is served by an endpoint while its connection is approved", () => {
    givenEndpoint("manualPrivateLinkServiceConnections");
    const { store } = azure.manager;
    const endpoint = store.get<PrivateEndpointProperties>(id("Microsoft.Network/privateEndpoints/pep"))!;
    setConnectionState(endpoint, "Approved", store);
    const props = inNetwork("spoke", addressOf(HOST));
    const served = (["Approved", "Pending", "Rejected"] as const).map((state) => {
      setConnectionState(endpoint, state, store);
      return statusOf("GET", "/v2/", props);
    });
    expect(served).toEqual([200, 0, 0]);
  });

  test("asks for what there is not", () => {
    expect(statusOf("GET", "/v2/", { host: "nobody.azurecr.io" })).toBe(0);
    expect(codeOf("GET", "/acr/v1/_catalog")).toBe("501 UNSUPPORTED");
    expect(codeOf("GET", "/v2/app/nothing")).toBe("404 NOT_FOUND");
    expect(codeOf("PUT", "/v2/app/tags/list")).toBe("405 UNSUPPORTED");
    expect(codeOf("POST", "/v2/APP/blobs/uploads/")).toBe("400 NAME_INVALID");
  });

  test("is throttled at every n-th request", () => {
    throttleEvery = 3;
    start();
    expect([1, 2, 3, 4].map(() => statusOf("GET", "/v2/"))).toEqual([200, 200, 429, 200]);
    expect([1, 2].map(() => ask("GET", "/v2/").headers?.["Retry-After"])).toEqual([undefined, "3"]);
  });
});
