#!/bin/bash
# Sets up what is missing and runs every test; safe to run again.
#
#   bash Tests/run.sh [--full]
#
# --full runs the fault sweeps whole instead of seeded samples of them. Each part prints a heading
# and its own result; what it says at length goes to .build/test-logs. A part that fails does not
# keep the others from running. The last line is the sum: N passed, N failed, N skipped.
set -uo pipefail
cd "$(dirname "$0")/.."
source samples/packages.sh

full=() sweeps_limit=40m
case ${1:-} in
    '') ;;
    --full)
        full=(--full)
        # Some two hours and a half on two cores; more on slower ones.
        sweeps_limit=8h
        ;;
    *)
        echo "usage: bash Tests/run.sh [--full]" >&2
        exit 2
        ;;
esac
logs=.build/test-logs
mkdir -p "$logs"
passed=0 failed=0 skipped=0
failures=()

# count NAME PASSED FAILED SKIPPED: prints the part's result and adds it up.
count() {
    echo "   $2 passed, $3 failed, $4 skipped"
    passed=$((passed + $2)) failed=$((failed + $3)) skipped=$((skipped + $4))
    [ "$3" -eq 0 ] || failures+=("$1")
}

# run NAME LOG COMMAND…: the heading, then the command with all it says in the log. Its result is
# in `status` afterwards; where it failed, what the log says did, and its end.
run() {
    local name=$1 log=$logs/$2 begin=$SECONDS
    shift 2
    printf '\n== %s\n' "$name"
    timeout --kill-after=30s "${limit:-40m}" "$@" > "$log" 2>&1
    status=$?
    echo "   $((SECONDS - begin)) s, $log"
    [ $status -ne 0 ] || return 0
    grep -aE '^ *(FAIL|VIOLATION)|^   failed:' "$log" | cut -c 1-600 | head -n 30
    echo "   exit code $status; the end of the log:"
    tail -n "${tail:-40}" "$log"
}

# check NAME LOG COMMAND…: one test, passed where the command succeeds.
check() {
    run "$@"
    if [ $status -eq 0 ]; then count "$1" 1 0 0; else count "$1" 0 1 0; fi
}

# script NAME LOG COMMAND…: a test script that closes with a line N passed, N failed, N skipped.
script() {
    run "$@"
    local line
    line=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$logs/$2" | tail -n 1)
    if [ -z "$line" ]; then
        echo "   it ended without its closing line"
        count "$1" 0 1 0
        return
    fi
    # What was skipped is said with its reason.
    grep -E '^(SKIP|skipped?)\b' "$logs/$2" | sed 's/^/   /'
    local numbers
    read -ra numbers <<< "${line//[^0-9 ]/}"
    # A script that failed as a whole is a failure, whatever it counted.
    [ $status -eq 0 ] || [ "${numbers[1]}" -gt 0 ] || numbers[1]=1
    count "$1" "${numbers[@]}"
}

# swift_tests NAME LOG OPTION…: Swift Testing's own totals, out of what `swift test` wrote.
swift_tests() {
    tail=80 run "$1" "$2" swift test --skip-build --disable-xctest "${@:3}"
    local log=$logs/$2 total bad=0 skips=0
    total=$(sed -nE 's/^.*Test run with ([0-9]+) tests?.*$/\1/p' "$log" | tail -n 1)
    if [ -z "$total" ]; then
        # Not built, or the run died.
        count "$1" 0 1 0
        return
    fi
    grep -E '✘ .*(recorded an issue|failed after)' "$log" | head -n 60
    grep -E '➜ Test .* skipped' "$log" | sed 's/^/   /'
    bad=$(grep -cE '^[^ ]+ Test .* failed after' "$log")
    skips=$(grep -cE '^[^ ]+ Test .* skipped' "$log")
    # The run's own line starts alike: "Test run with N tests failed after".
    grep -qE 'Test run with .* failed after' "$log" && bad=$((bad - 1))
    [ $status -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
    count "$1" $((total - bad - skips > 0 ? total - bad - skips : 0)) "$bad" "$skips"
}

check_units() {
    # In the tree; package-test.sh verifies them again where the programs are installed.
    systemd-analyze verify systemd/*.service &&
        systemd-analyze security --offline=true --no-pager --threshold=15 \
            systemd/evidock.service systemd/evidock-witness.service
}
check_shell() {
    local file
    for file in .ci/run samples/*.sh systemd/*.sh Tests/*.sh Tests/*/*.sh; do
        [ ! -e "$file" ] || bash -n "$file" || return 1
    done
    for file in systemd/evidock-dock systemd/debian/p*; do sh -n "$file" || return 1; done
}
export -f check_units check_shell build_release

printf '== Set up\n'
need_swift || exit 1
need_packages "${build_packages[@]}" "${test_packages[@]}" > "$logs/setup.log" 2>&1 || {
    cat "$logs/setup.log"
    exit 1
}
# A reader of bags that we did not write; where it cannot be had its tests are skipped, and say so.
command -v bagit.py > /dev/null || python3 -m pip install -q bagit >> "$logs/setup.log" 2>&1 || true
# A browser, what drives it, and axe-core's rules: without them the pages are tested by HTTP alone.
need_packages "${browser_packages[@]}" >> "$logs/setup.log" 2>&1 || true
python3 -c 'import playwright, axe_playwright_python' 2> /dev/null ||
    python3 -m pip install -q playwright axe-playwright-python >> "$logs/setup.log" 2>&1 || true
command -v schemathesis > /dev/null || python3 -m pip install -q schemathesis >> "$logs/setup.log" 2>&1 || true

check "Format" format.log swift format lint --strict --recursive Sources Tests Package.swift
check "Shell syntax" shell.log bash -c check_shell
check "Debug build" debug-build.log swift build --build-tests
# Seasons take every core for minutes: beside them the others would wait, and some count seconds.
swift_tests "Unit tests" unit-tests.log --skip SeasonTests
swift_tests "Seasons" season-tests.log --filter SeasonTests
check "Release build" release-build.log bash -c build_release
check "systemd units" units.log bash -c check_units

# Every script test, in order. One that is not there yet is not run.
for test in \
    Tests/Commands/*.sh \
    Tests/Commands/*.py \
    Tests/Portal/*.py \
    Tests/Fuzz/run.py \
    Tests/Package/dock-test.sh \
    Tests/Package/quickstart-test.sh \
    Tests/Package/package-test.sh \
    Tests/Package/units-test.sh \
    Tests/Faults/run.py; do
    [ -e "$test" ] || continue
    name=${test#Tests/}
    case $test in
        */Faults/run.py) limit=$sweeps_limit script "$name" "${name//\//-}.log" python3 "$test" "${full[@]}" ;;
        *.py) script "$name" "${name//\//-}.log" python3 "$test" ;;
        *) script "$name" "${name//\//-}.log" bash "$test" ;;
    esac
done

printf '\n== Sum, after %d minutes\n' $((SECONDS / 60))
[ ${#failures[@]} -eq 0 ] || printf '   failed: %s\n' "${failures[@]}"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
