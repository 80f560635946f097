# steps.sh -- What the scripts of servers share: steps with a result, and waiting for answers.
#
# SPDX-License-Identifier: Apache-2.0
step() {
  name=$1; shift
  echo "@@ $name"
  "$@" 2>&1 </dev/null
  echo "@@ exit $?"
}
until_answers() {
  for unused in $(seq 400); do "$@" >/dev/null 2>&1 && return; timeout 0.05 tail -f /dev/null; done
  echo "no answer from: $*"
}
