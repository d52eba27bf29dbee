// Writes a comment on a pull request of GitHub or Azure DevOps, or updates the one that it has written before:
//   node pipelines/steps/comment.cjs FILE KEY
// FILE is Markdown. A comment is found again by its author, which is the one of the token, and by the key, which is in its
// first line as a comment of HTML: a person could write that line too.
const { readFileSync } = require("node:fs");

/** Statuses of a token that may not comment, as that of a pull request from a fork. */
const NOT_ALLOWED = [401, 403, 404];

const [file, key = ""] = process.argv.slice(2);
const { env } = process;
const marker = `<!-- private-link-preview: ${key.replace(/[^\w./ ]+/g, "-")} -->`;
const text = `${marker}\n${readFileSync(file, "utf8")}`;

/** Sends a request, and returns what the answer holds. */
async function send(method, url, authorization, body) {
  const response = await globalThis.fetch(url, {
    method,
    headers: { authorization, accept: "application/json", "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw Object.assign(new Error(`${method} ${response.status}`), { status: response.status });
  return response.json();
}

/**
 * @see https://docs.github.com/en/rest/issues/comments
 * @see https://docs.github.com/en/graphql/reference/queries#viewer
 */
async function commentOnGitHub() {
  const authorization = `Bearer ${env.GH_TOKEN}`;
  const repository = `${env.GITHUB_API_URL}/repos/${env.GITHUB_REPOSITORY}`;
  const comments = `${repository}/issues/${env.PULL_REQUEST}/comments`;
  // The token of a job may not ask for its user in any other way.
  const { data } = await send("POST", env.GITHUB_GRAPHQL_URL, authorization, { query: "{ viewer { login } }" });
  const { login } = data.viewer;
  for (let page = 1; ; page++) {
    const found = await send("GET", `${comments}?per_page=100&page=${page}`, authorization);
    const own = found.find(({ body, user }) => user?.login === login && body?.startsWith(marker));
    if (own) return send("PATCH", `${repository}/issues/comments/${own.id}`, authorization, { body: text });
    if (found.length < 100) return send("POST", comments, authorization, { body: text });
  }
}

/** @see https://learn.microsoft.com/en-us/rest/api/azure/devops/git/pull-request-threads */
async function commentOnAzureDevOps() {
  const authorization = `Bearer ${env.SYSTEM_ACCESSTOKEN}`;
  const pullRequest = `pullRequests/${env.SYSTEM_PULLREQUEST_PULLREQUESTID}`;
  const threads = `${env.SYSTEM_COLLECTIONURI}${env.SYSTEM_TEAMPROJECTID}/_apis/git/repositories/${env.BUILD_REPOSITORY_ID}/${pullRequest}/threads`;
  const version = "api-version=7.1";
  const connection = `${env.SYSTEM_COLLECTIONURI}_apis/connectionData?${version}-preview.1`;
  const { authenticatedUser } = await send("GET", connection, authorization);
  const { value } = await send("GET", `${threads}?${version}`, authorization);
  const isOwn = ({ author, content }) => author?.id === authenticatedUser.id && content?.startsWith(marker);
  const own = value.find(({ isDeleted, comments: [first] = [] }) => !isDeleted && first && isOwn(first));
  if (own) {
    const comment = `${threads}/${own.id}/comments/${own.comments[0].id}?${version}`;
    return send("PATCH", comment, authorization, { content: text });
  }
  // A thread that is active could keep the pull request from being completed.
  const thread = { status: "closed", comments: [{ parentCommentId: 0, commentType: "text", content: text }] };
  return send("POST", `${threads}?${version}`, authorization, thread);
}

const isAzureDevOps = env.SYSTEM_COLLECTIONURI !== undefined;
const isFork = isAzureDevOps
  ? env.SYSTEM_PULLREQUEST_ISFORK === "True"
  : (env.HEAD_REPOSITORY ?? env.GITHUB_REPOSITORY) !== env.GITHUB_REPOSITORY;
(isAzureDevOps ? commentOnAzureDevOps() : commentOnGitHub()).then(
  () => console.log("The comment on the pull request is up to date."),
  (error) => {
    const isRefused = NOT_ALLOWED.includes(error.status);
    const what = isRefused
      ? `The token may not comment on the pull request (${error.message}). On GitHub the job needs the permission pull-requests: write, which pull requests from forks don't get. In Azure DevOps the build service needs Contribute to pull requests.`
      : `The comment could not be written: ${error.message}`;
    // A comment that stays as it was would speak of an earlier commit. A fork has none, and can't have one.
    const level = isRefused && isFork ? "warning" : "error";
    console.log(isAzureDevOps ? `##vso[task.logissue type=${level}]${what}` : `::${level}::${what}`);
    process.exitCode = level === "warning" ? 0 : 3;
  },
);
