import AccessModel

extension SchemaDecoder {
    mutating func sealedBreakGlass(_ node: Int) -> SealedBreakGlassRule? {
        let shape = Shape(name: "`sealed`", required: ["keys", "threshold"], optional: ["max_validity"])
        guard let fields = fields(node, shape) else { return nil }
        let entries = fields["keys"].flatMap { self.entries($0, "`keys`") }
        let keys = (entries ?? []).compactMap { sealingKey($0) }
        refuseRepeated(keys.map(\.person), of: "keys")
        var verifiers: Set<String> = []
        for key in keys where !verifiers.insert(key.verifier).inserted {
            report(.error, "duplicate-key", key.place, "two people have the same key; each needs one of their own")
        }
        let threshold = fields["threshold"].flatMap { integer($0, "threshold", 2...100) }
        if let threshold, let node = fields["threshold"], let entries, threshold > entries.count {
            error("out-of-range", node, "`threshold` is \(threshold), and there are \(entries.count) keys")
        }
        var rule = SealedBreakGlassRule(keys: keys, threshold: threshold ?? 2)
        if let node = fields["max_validity"], let span = span(node, "max_validity") {
            if span < .hours(1) || span > .days(366) {
                error("out-of-range", node, "`max_validity` must be from 1h to 366d")
            }
            rule.maximumValidity = span
        }
        return threshold == nil ? nil : rule
    }

    private mutating func sealingKey(_ key: Int) -> SealedBreakGlassRule.Key? {
        guard let address = mailAddress(key, "keys") else { return nil }
        let node = key + 1
        guard let text = text(node, address.text, "a public key") else { return nil }
        guard Self.isVerifier(text) else {
            error(
                "bad-key", node,
                "the key of \(address.text.quoted) is not `NAME+ID+KEY` as `tenure break-glass key` prints it")
            return nil
        }
        return SealedBreakGlassRule.Key(
            person: ListedPerson(email: address, place: tree.place(key)), verifier: text, place: tree.place(node))
    }

    /// The form alone; whether there is a key in it is looked at where keys are known.
    private static func isVerifier(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "+"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[1].count == 8, parts[2].count == 44 else { return false }
        return parts[1].allSatisfy { $0.isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0) }
    }
}
