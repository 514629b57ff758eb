extension Checker {
    /// Reports when the whole expression is not of the type that is wanted of it.
    mutating func require(_ found: CELType, _ wanted: CELType, at position: CELPosition) {
        if !unifier.accepts(found, as: wanted) {
            _ = report("the expression gives a \(show(found)); a \(wanted) is expected here", at: position)
        }
    }
}
