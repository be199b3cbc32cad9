#!/bin/sh
# Runs every test; ends with 1 when one of them fails.
set -u
cd "$(dirname "$0")" || exit 1
failed=0
for test in tests/*.test.sh; do
    if said=$(sh "$test" 2>&1); then
        echo "ok      $test"
    else
        failed=1
        echo "FAILED  $test: $said"
    fi
done
exit $failed
