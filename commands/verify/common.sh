#!/bin/sh
# Functions that probe.sh and push.sh use. This file comes first, and both form one script: cat common.sh probe.sh.
#
# The script runs as root on a VM with a managed identity, or in a pod without privileges. It needs curl, jq and docker.
# On a test VM, cloud-init may still be installing them.
#
# Tokens are stored in variables that are not exported, and in files that only root can read, in a folder that is deleted
# when the script ends. Commands get the names of these files, because every process on the machine can read the
# arguments of a command.
#
# Settings from the environment:
#   PROBE_TIME_LIMIT     time limit of the script, in seconds
#   PROBE_RETRY_SECONDS  seconds between two attempts (5)
#   PROBE_RETRY_LIMIT    seconds after which there are no further attempts (180 for an image that the replica does not
#                        have yet, 60 for a docker daemon that is not running yet)
#   PROBE_ROLE_SECONDS   seconds between two attempts while a role is missing (15)
#   PROBE_ROLE_LIMIT     seconds after which a missing role is a failure (600): Azure's limit for a new role assignment
#   PROBE_IDENTITY       workload: signs in with the federated token of a pod, which AZURE_FEDERATED_TOKEN_FILE names
#   PROBE_CLIENT_ID      client id of the managed identity, where the machine has several
#   PROBE_IMDS           base address of the instance metadata service
#   PROBE_CURL_OPTIONS   a curl configuration file that is added to each request
#
# The script that follows defines:
#   STEPS                          the steps in their order; step_NAME runs one
#   usage                          prints how the script is called, and exits with 2
#   fail REASON [DETAIL]           sets `failed` to the current step, and `reason`; its status is 1
#   note_answer                    records the answer to a request of the current step
#   note_retry                     records that the current step runs again, `retries` times so far
#
# Functions that run often return their result in a variable, because a command substitution starts a process.
set -u
umask 077
export LC_ALL=C

imds=${PROBE_IMDS:-http://169.254.169.254}
retry_seconds=${PROBE_RETRY_SECONDS:-5}
role_seconds=${PROBE_ROLE_SECONDS:-15}
role_limit=${PROBE_ROLE_LIMIT:-600}

# For curl. Neither the metadata service nor a private endpoint is behind a proxy.
NO_PROXY_AT_ALL='noproxy = "*"'
proxy=$NO_PROXY_AT_ALL

# With this user name, an Azure registry expects a token as the password.
TOKEN_USER=00000000-0000-0000-0000-000000000000

# For jq. Text from other sources becomes one short line, without anything that could be a token or a signed address.
WORDS='
  def printable: gsub("[^ -~]"; "?");
  def plain: printable | if length > 160 then .[:157] + "..." else . end;
  # Docker says last why something failed.
  def ending: printable | if length > 160 then "..." + .[-157:] else . end;
  def discreet: gsub("\\?[^ \"]+"; "?...") | gsub("[^ ]{80,}"; "...");
  # Code and message in the body of an answer. A registry returns {"errors":[{code, message}]}, a token service returns
  # {"error", "error_description"}.
  def error_in: [
    try (fromjson | (.errors[0]? // {code: .error, message: .error_description}) | .code, .message) catch empty
    | if type == "string" then gsub("\\s+"; " ") | discreet | plain else "" end
  ];'

# --- Set-up ---

# The values become parts of URLs and of curl's configuration.
is_host() { case $1 in '' | *[!A-Za-z0-9.-]*) return 1 ;; esac }
is_image() { case $1 in *[!A-Za-z0-9._/:-]*) return 1 ;; ?*:?*) ;; *) return 1 ;; esac }

# prepare LOGIN_SERVER REPOSITORY:TAG SECONDS: the time limit includes PROBE_ROLE_LIMIT.
prepare() {
  login_server=$1
  image=$2
  { is_host "$login_server" && is_image "$image"; } || usage

  uptime
  milliseconds "${PROBE_TIME_LIMIT:-$3}"
  deadline=$((uptime + ms))
  failed=
  reason=
  # The file with the answer that is the reason for the failure.
  error_body=/dev/null
  # What is running: a command, further processes, a container.
  child=
  checks=
  container=
  # In memory if possible. If the script is killed, its folder then remains only until the next start of the VM.
  work=$(mktemp -d -p "${TMPDIR:-/run}" 2>/dev/null || mktemp -d) || exit 1
  trap clean_up EXIT
  trap 'stop 129' HUP
  trap 'stop 130' INT
  trap 'stop 143' TERM
  cd "$work" || exit 1
  mkdir docker
  export DOCKER_CONFIG="$work/docker"
}

# Ends what is running, and the script.
stop() {
  # shellcheck disable=SC2086 # several ids
  [ -z "$child$checks" ] || kill $child $checks 2>/dev/null
  exit "$1"
}

clean_up() {
  # A container keeps running when the docker command that waits for it has ended.
  [ -z "$container" ] || timeout 10 docker rm --force "$container" >/dev/null 2>&1
  cd /
  rm -rf "$work"
}

# --- Time ---

# Sets `uptime` to the milliseconds since the VM started, in steps of ten. Setting the VM's clock does not change it.
uptime() {
  read -r uptime _ </proc/uptime
  uptime=${uptime%.*}${uptime#*.}0
}

# Sets `ms` to seconds, with or without a fraction, in milliseconds.
milliseconds() {
  case $1 in
    *.*) ms=$(printf '%.0f' "${1}e3") ;;
    *) ms=$(($1 * 1000)) ;;
  esac
}

# Whether so little time is left that nothing more can be done.
time_is_up() { uptime && [ "$((deadline - uptime))" -lt 50 ]; }

# Sets `allowed` to a number of seconds, or to the rest of the script's time if that is less. Fails if nothing is left.
allow() {
  milliseconds "$1"
  uptime
  [ "$ms" -le "$((deadline - uptime))" ] || ms=$((deadline - uptime))
  [ "$ms" -gt 0 ] || return 1
  fraction=$((1000 + ms % 1000))
  allowed=$((ms / 1000)).${fraction#1}
}

# interruptible INPUT COMMAND...: runs a command so that a signal ends it together with the script.
interruptible() {
  input=$1
  shift
  # In the background, because a shell does not handle signals while a command runs in the foreground.
  "$@" <"$input" &
  child=$!
  wait "$child"
  ended=$?
  child=
  return "$ended"
}

# limited SECONDS INPUT COMMAND...: ends the command after this time, or when the script's time is up, with 124.
limited() {
  allow "$1" || return 124
  input=$2
  shift 2
  # With --foreground the command stays in this process group, so that a signal to the group reaches it.
  interruptible "$input" timeout --foreground --kill-after=2 "$allowed" "$@"
}

# next_attempt UPTIME SECONDS LIMIT: waits some seconds until the next attempt. Fails if there is none, because it would
# be later than LIMIT seconds after the first one, which was at UPTIME.
next_attempt() {
  uptime
  milliseconds "$2"
  wait_until=$((uptime + ms))
  milliseconds "$3"
  [ "$wait_until" -lt "$(($1 + ms))" ] || return 1
  limited "$2" /dev/null sleep "$2"
  ! time_is_up
}

# --- Roles ---

# Runs the current step. While the registry refuses it for lack of a role, it is repeated with new tokens, because a token
# contains what its identity was allowed to do when it was issued. `waited` is set to the seconds that this took.
run_until_allowed() {
  uptime
  first_refusal=$uptime
  "step_$step"
  while lacks_role && next_attempt "$first_refusal" "$role_seconds" "$role_limit"; do
    [ "$retries" -gt 0 ] || echo "progress: waiting for up to $role_limit s until the VM's role takes effect"
    retries=$((retries + 1))
    failed=
    reason=
    error_body=/dev/null
    note_retry
    for repeated in $STEPS; do
      case $repeated in exchange | token | login | "$step") "step_$repeated" ;; esac
      if [ -n "$failed" ] || [ "$repeated" = "$step" ]; then break; fi
    done
  done
  uptime
  # shellcheck disable=SC2034 # for the report
  waited=$(((uptime - first_refusal) / 1000))
}

# Whether the current step was refused because the identity lacks a role. An address that the registry's firewall refuses,
# or an image that is locked, is not a matter of roles.
lacks_role() {
  case $step in exchange | token | manifest | blob | login | pull | push) ;; *) return 1 ;; esac
  case $reason in http-401 | http-403 | denied) ;; *) return 1 ;; esac
  ! grep -qs -e 'client with IP' -e disallowed "$error_body" "$step.err"
}

# --- Tools ---

has_tools() { command -v jq >/dev/null && command -v docker >/dev/null; }

# install_tools SECONDS: waits so long for cloud-init, which installs the tools when the VM starts for the first time. If
# that failed, for example because the network's DNS servers did not answer yet, cloud-init does not try again.
install_tools() {
  cloud_init=0
  has_tools && return
  if command -v cloud-init >/dev/null; then
    echo "progress: waiting for up to $1 s until cloud-init has installed docker and jq"
    limited "$1" /dev/null cloud-init status --wait >/dev/null 2>&1
    cloud_init=$?
  fi
  # 124: cloud-init is still running, and holds the lock of the package manager.
  ! has_tools && [ "$cloud_init" -ne 124 ] && command -v apt-get >/dev/null || return 0
  echo "progress: installing docker and jq, which cloud-init did not"
  export DEBIAN_FRONTEND=noninteractive
  {
    limited 60 /dev/null apt-get update
    limited 150 /dev/null apt-get install --yes --option DPkg::Lock::Timeout=60 docker.io jq
  } >/dev/null 2>&1
}

# need TOOL: fails if it is not installed, with what cloud-init has to do with that.
need() {
  ! command -v "$1" >/dev/null || return 0
  case $cloud_init in
    0) fail "no-$1" ;;
    124) fail cloud-init-running ;;
    *) fail cloud-init-failed ;;
  esac
}

# --- Requests ---

# request NAME SECONDS URL [LINE OF CURL'S CONFIGURATION...]: writes NAME.body and NAME.head.
request() {
  name=$1
  url=$3
  : >"$name.body"
  : >"$name.head"
  : >"$name.out"
  curl_exit=28
  if allow "$2"; then
    shift 3
    printf '%s\n' silent "$proxy" 'connect-timeout = 5' "max-time = $allowed" "url = \"$url\"" \
      "output = \"$name.body\"" "dump-header = \"$name.head\"" \
      'write-out = "%{http_code}\n%{remote_ip}\n%{time_appconnect}\n%{ssl_verify_result}\n%{redirect_url}\n"' "$@" >"$name.conf"
    interruptible /dev/null curl --disable --config "$name.conf" --config "${PROBE_CURL_OPTIONS:-/dev/null}" \
      >"$name.out" 2>/dev/null
    curl_exit=$?
  fi
  # shellcheck disable=SC2034 # each script reads what it needs
  status=0 address='' tls_seconds=0 verified='' redirect=''
  # shellcheck disable=SC2034
  {
    read -r status
    read -r address
    read -r tls_seconds
    read -r verified
    read -r redirect
  } <"$name.out"
}

answered() { [ "$curl_exit" -eq 0 ] && [ "$status" -eq "$1" ]; }

# expect STATUS NAME: records the answer of the current step, and fails if it has another status.
expect() {
  note_answer
  answered "$1" && return
  if [ "$curl_exit" -ne 0 ]; then fail "$(curl_reason)" || return; fi
  # shellcheck disable=SC2034 # for the report
  error_body=$2.body
  fail "http-$status"
}

curl_reason() {
  case $curl_exit in
    # A timeout.
    28) if time_is_up; then echo time-limit; else echo curl-28; fi ;;
    # A certificate that is not accepted, and OpenSSL's code for why.
    51 | 60) echo "curl-$curl_exit-$verified" ;;
    *) echo "curl-$curl_exit" ;;
  esac
}

# --- Tokens ---

step_identity() {
  if [ "${PROBE_IDENTITY:-}" = workload ]; then
    sign_in_workload
    return
  fi
  request identity 10 \
    "$imds/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fcontainerregistry.azure.net${PROBE_CLIENT_ID:+&client_id=$PROBE_CLIENT_ID}" \
    'header = "Metadata: true"'
  keep_token identity access_token
}

# Exchanges the pod's federated token for one of Microsoft Entra ID. The webhook of Azure Workload Identity sets AZURE_*.
sign_in_workload() {
  [ -r "${AZURE_FEDERATED_TOKEN_FILE:-}" ] || fail no-federated-token || return
  authority=${AZURE_AUTHORITY_HOST:-https://login.microsoftonline.com}
  # The sign-in is public, and may be behind the proxy of the cluster.
  proxy=
  request identity 20 "${authority%/}/${AZURE_TENANT_ID:-}/oauth2/v2.0/token" 'data = "grant_type=client_credentials"' \
    "data-urlencode = \"client_id=${AZURE_CLIENT_ID:-}\"" \
    'data-urlencode = "scope=https://containerregistry.azure.net/.default"' \
    'data-urlencode = "client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer"' \
    "data-urlencode = \"client_assertion@$AZURE_FEDERATED_TOKEN_FILE\""
  proxy=$NO_PROXY_AT_ALL
  keep_token identity access_token
  [ "$curl_exit" -eq 0 ] || fail "signin-$curl_exit"
}

step_exchange() {
  request exchange 20 "https://$login_server/oauth2/exchange" 'data = "grant_type=access_token"' \
    "data-urlencode = \"service=$login_server\"" 'data-urlencode = "access_token@identity.token"'
  keep_token exchange refresh_token
}

# keep_token NAME FIELD: sets `token` to the token in an answer, and writes it to NAME.token.
keep_token() {
  expect 200 "$1" || return
  read_token "$1" "$2"
  printf %s "$token" >"$1.token"
  [ -n "$token" ] || fail no-token
}

# Tokens contain nothing that JSON escapes. This takes a tenth of the time that jq takes to start.
read_token() { token=$(sed -n "s/.*\"$2\" *: *\"\([A-Za-z0-9._~+/=-]*\)\".*/\1/p" "$1.body"); }

# --- Images ---

# Every type of manifest, so that the registry returns the index if there is one.
ACCEPT='application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json'
ACCEPT="$ACCEPT, application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"

is_digest() {
  case $1 in sha256:*[!0-9a-f]*) return 1 ;; sha256:*) [ ${#1} -eq 71 ] ;; *) return 1 ;; esac
}

# Gets a token to pull the image, and writes it to `authorization`.
step_token() {
  request_token token "$login_server"
  keep_token token access_token
  [ -n "$failed" ] || printf 'Authorization: Bearer %s\n' "$token" >authorization
}

# request_token NAME HOST: asks the login server, or that of a region.
request_token() {
  repository=${image%:*}
  request "$1" 20 "https://$2/oauth2/token" 'data = "grant_type=refresh_token"' \
    "data-urlencode = \"service=$login_server\"" "data-urlencode = \"scope=repository:$repository:pull\"" \
    'data-urlencode = "refresh_token@exchange.token"'
}

# Sets `location` to the URL that the last request was redirected to, and `location_host` to its host. Fails if it is not
# a URL with TLS that can be written to curl's configuration.
read_location() {
  location=$redirect
  case $location in *[\"\\]* | *[[:space:]]*) return 1 ;; https://?*) ;; *) return 1 ;; esac
  location_host=${location#https://}
  location_host=${location_host%%[/?#]*}
  location_host=${location_host##*@}
  location_host=${location_host%%:*}
}

# --- docker ---

step_login() {
  run_docker 30 exchange.token login --username "$TOKEN_USER" --password-stdin "$login_server"
}

# run_docker SECONDS INPUT ARGUMENT...: fails with a reason that is taken from docker's error message.
run_docker() {
  docker_seconds=$1
  docker_input=$2
  shift 2
  need docker || return
  limited "$docker_seconds" "$docker_input" docker "$@" >"$step.out" 2>"$step.err"
  docker_exit=$?
  # The last line that is not a hint at docker's help.
  [ "$docker_exit" -eq 0 ] || fail "$(docker_reason)" "$(grep -v -e '^ *$' -e ' --help' "$step.err" | tail -n 1)"
}

docker_reason() {
  if [ "$docker_exit" -eq 124 ] || [ "$docker_exit" -eq 137 ]; then
    if time_is_up; then echo time-limit; else echo timeout; fi
  elif grep -qi 'docker daemon' "$step.err"; then
    echo no-daemon
  elif grep -Eqi 'denied|unauthorized' "$step.err"; then
    echo denied
  else
    echo "exit-$docker_exit"
  fi
}
