# An entry is a line: day, person, what for, amount.
function amount() {
    return $4 + 0
}
