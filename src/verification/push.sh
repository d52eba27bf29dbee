#!/bin/sh
# Builds an image on a VM and pushes it to a registry that only the VM's network reaches.
#
#   push.sh LOGIN_SERVER REPOSITORY:TAG BASE64_TAR_GZ_OF_BUILD_CONTEXT
#
# Prints a line a step, and a last line of JSON: the digest of what was pushed, or the step that failed and why. Exits
# with 0 if it could tell.
# Runs as root on a VM with curl, jq and docker, or whose cloud-init is still installing them, and a managed identity
# that may push.
#
# Tokens are kept in files that only root can read, in a folder that goes when the script ends. Commands are given the
# names of these files: what is in arguments or in the environment, every process of the machine can see.
#
# Settings from the environment:
#   PROBE_TIME_LIMIT     seconds for everything (480)
#   PROBE_RETRY_SECONDS  seconds between two looks for the docker daemon (5)
#   PROBE_RETRY_LIMIT    seconds after which it is no longer looked for (60)
#   PROBE_IMDS           base address of the instance metadata service
#   PROBE_CURL_OPTIONS   a curl configuration file, added to each request
set -u
umask 077
export LC_ALL=C

imds=${PROBE_IMDS:-http://169.254.169.254}
retry_seconds=${PROBE_RETRY_SECONDS:-5}
retry_limit=${PROBE_RETRY_LIMIT:-60}

# The user name that tells an Azure registry that the password is a token.
TOKEN_USER=00000000-0000-0000-0000-000000000000

main() {
  prepare "$@"
  for step in tools context identity exchange login build push; do
    echo "step: $step"
    if time_is_up; then fail time-limit; else "step_$step"; fi
    [ -z "$failed" ] || break
  done
  report
}

# --- Set-up ---

prepare() {
  [ $# -eq 3 ] || usage
  login_server=$1
  image=$2
  context=$3
  # These become parts of addresses and of curl's configuration.
  case $login_server in '' | *[!A-Za-z0-9.-]*) usage ;; esac
  case $image in *[!A-Za-z0-9._/:-]*) usage ;; ?*:?*) ;; *) usage ;; esac

  deadline=$(($(now) + $(milliseconds "${PROBE_TIME_LIMIT:-480}")))
  failed=
  reason=
  code=
  detail=
  child=
  # In memory where that can be: a script that is killed leaves its folder until the next start.
  work=$(mktemp -d -p "${TMPDIR:-/run}" 2>/dev/null || mktemp -d) || exit 1
  trap clean_up EXIT
  trap 'stop 129' HUP
  trap 'stop 130' INT
  trap 'stop 143' TERM
  cd "$work" || exit 1
  mkdir docker context
  export DOCKER_CONFIG="$work/docker"
}

usage() {
  echo 'usage: push.sh LOGIN_SERVER REPOSITORY:TAG BASE64_TAR_GZ_OF_BUILD_CONTEXT' >&2
  exit 2
}

# Ends what is under way, and the script.
stop() {
  [ -z "$child" ] || kill "$child" 2>/dev/null
  exit "$1"
}

clean_up() {
  cd /
  rm -rf "$work"
}

# --- Time ---

now() { date +%s%3N; }

# Seconds, of which there may be a fraction, in milliseconds.
milliseconds() { printf '%.0f' "${1}e3"; }

time_is_up() { [ "$(now)" -ge "$deadline" ]; }

# limited SECONDS INPUT COMMAND...: ends the command after these seconds, or when the script's time is up, with 124.
limited() {
  limit=$(milliseconds "$1")
  input=$2
  left=$((deadline - $(now)))
  [ "$limit" -le "$left" ] || limit=$left
  [ "$limit" -gt 0 ] || return 124
  shift 2
  # In the background, since a shell heeds no signal while it runs a command in the foreground.
  # With --foreground it stays in this process group, so that a signal to the group reaches the command too.
  timeout --foreground --kill-after=2 "$(printf '%.3f' "${limit}e-3")" "$@" <"$input" &
  child=$!
  wait "$child"
  ended=$?
  child=
  return "$ended"
}

timeout_reason() { if time_is_up; then echo time-limit; else echo timeout; fi; }

# --- Steps ---

# fail REASON [CODE [DETAIL]]
fail() {
  failed=$step
  reason=$1
  code=${2:-}
  detail=${3:-}
}

# Tools come with the VM's first start, which may still be going on.
step_tools() {
  if ! command -v jq >/dev/null || ! command -v docker >/dev/null; then
    ! command -v cloud-init >/dev/null || limited 300 /dev/null cloud-init status --wait >/dev/null 2>&1
  fi
  if ! command -v jq >/dev/null; then
    fail no-jq
  elif ! command -v docker >/dev/null; then
    fail no-docker
  else
    wait_for_daemon
  fi
}

wait_for_daemon() {
  give_up=$(($(now) + $(milliseconds "$retry_limit")))
  until limited 20 /dev/null docker version >/dev/null 2>&1; do
    if [ $(($(now) + $(milliseconds "$retry_seconds"))) -ge "$give_up" ] || time_is_up; then
      fail no-daemon
      return
    fi
    limited "$retry_seconds" /dev/null sleep "$retry_seconds"
  done
}

step_context() {
  if ! printf %s "$context" | base64 -d >context.tar.gz 2>/dev/null; then
    fail bad-base64
  elif ! tar -xzf context.tar.gz -C context --no-same-owner 2>/dev/null; then
    fail bad-archive
  elif ! [ -f context/Dockerfile ]; then
    fail no-dockerfile
  fi
}

step_identity() {
  request identity 10 \
    "$imds/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fcontainerregistry.azure.net" \
    'header = "Metadata: true"'
  keep_token identity access_token
}

step_exchange() {
  request exchange 20 "https://$login_server/oauth2/exchange" 'data = "grant_type=access_token"' \
    "data-urlencode = \"service=$login_server\"" 'data-urlencode = "access_token@identity.token"'
  keep_token exchange refresh_token
}

step_login() {
  run_docker 30 exchange.token login --username "$TOKEN_USER" --password-stdin "$login_server"
}

step_build() {
  run_docker 240 /dev/null build --tag "$login_server/$image" context
}

step_push() {
  run_docker 120 /dev/null push "$login_server/$image"
  [ -z "$failed" ] || return
  digest=$(sed -n 's/.*digest: \(sha256:[0-9a-f]\{64\}\).*/\1/p' push.out | tail -n 1)
  [ -n "$digest" ] || fail no-digest
}

# --- Requests ---

# request NAME SECONDS URL [LINE OF CURL'S CONFIGURATION...]: leaves the answer in NAME.body.
request() {
  name=$1
  seconds=$2
  url=$3
  shift 3
  {
    # Nothing here may go through a proxy: neither the metadata service nor a private endpoint is behind one.
    printf '%s\n' silent 'noproxy = "*"' 'connect-timeout = 5' "max-time = $seconds" "url = \"$url\"" "output = \"$name.body\"" \
      'write-out = "%{http_code}\n"' "$@"
    cat "${PROBE_CURL_OPTIONS:-/dev/null}"
  } >"$name.conf"
  : >"$name.body"
  limited $((seconds + 1)) "$name.conf" curl --disable --config - >"$name.out" 2>/dev/null
  curl_exit=$?
  status=0
  read -r status <"$name.out"
}

# keep_token NAME FIELD: writes the token that an answer holds to NAME.token.
keep_token() {
  if [ "$curl_exit" -eq 124 ] || [ "$curl_exit" -eq 137 ]; then
    fail "$(timeout_reason)"
  elif [ "$curl_exit" -ne 0 ]; then
    fail "curl-$curl_exit"
  elif [ "$status" -ne 200 ]; then
    refuse "$1"
  else
    jq -j ".$2 // empty" "$1.body" >"$1.token" 2>/dev/null
    [ -s "$1.token" ] || fail no-token
  fi
}

# Fails with what the other side says of it.
refuse() {
  # Registries answer {"errors":[{code, message}]}, token services {"error", "error_description"}.
  jq -r '
    (.errors[0]? // {code: .error, message: .error_description}) | .code, .message
    | if type == "string" then gsub("\\s+"; " ") else "" end
  ' "$1.body" >"$1.said" 2>/dev/null
  said_code='' said=''
  {
    read -r said_code
    read -r said
  } <"$1.said"
  fail "http-$status" "$said_code" "$said"
}

# --- docker ---

# run_docker SECONDS INPUT ARGUMENT...: fails with a word for what docker says.
run_docker() {
  docker_seconds=$1
  docker_input=$2
  shift 2
  limited "$docker_seconds" "$docker_input" docker "$@" >"$step.out" 2>"$step.err"
  docker_exit=$?
  [ "$docker_exit" -eq 0 ] || fail "$(docker_reason)" '' "$(grep -v '^ *$' "$step.err" | tail -n 1)"
}

docker_reason() {
  if [ "$docker_exit" -eq 124 ] || [ "$docker_exit" -eq 137 ]; then
    timeout_reason
  elif grep -qi 'docker daemon' "$step.err"; then
    echo no-daemon
  elif grep -Eqi 'denied|unauthorized' "$step.err"; then
    echo denied
  else
    echo "exit-$docker_exit"
  fi
}

# --- The report ---

report() {
  if [ -z "$failed" ]; then
    printf '{"v":1,"digest":"%s","image":"%s"}\n' "$digest" "$login_server/$image"
    return
  fi
  printf '%s\n' "$failed" "$reason" "$code" "$detail" | jq -Rnc '
    # Of words by others: one line, short, nothing that could be a token or a signed address.
    def plain: gsub("[^ -~]"; "?") | if length > 160 then .[:157] + "..." else . end;
    def discreet: gsub("\\?[^ \"]+"; "?...") | gsub("[^ ]{80,}"; "...");
    [inputs]
    | {step: .[0], reason: .[1], code: (.[2] | discreet | plain), detail: (.[3] | discreet | plain)}
    | {v: 1, error: with_entries(select(.value != ""))}
  ' 2>/dev/null ||
    printf '{"v":1,"error":{"step":"%s","reason":"%s"}}\n' "$failed" "$reason"
}

main "$@"
