# Counting for script tests; sourced. Ends with `closing_line`: N passed, N failed, N skipped.
passed=0 failed=0 skipped=0

# test_that NAME COMMAND…: passes where the command succeeds. What it says goes nowhere.
test_that() {
    local name=$1
    shift
    if "$@" > /dev/null 2>&1; then
        passed=$((passed + 1))
        echo "ok    $name"
    else
        failed=$((failed + 1))
        echo "FAIL  $name"
        # What the last command of the test said, where the script keeps it there.
        [ ! -s "${work:-}/out" ] || sed 's/^/        /' "$work/out" | tail -n 30
    fi
}

# skip NAME REASON
skip() {
    skipped=$((skipped + 1))
    echo "SKIP  $1: $2"
}

closing_line() {
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" -eq 0 ]
}
