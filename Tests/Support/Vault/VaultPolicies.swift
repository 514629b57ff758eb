/// What policies allow on paths: the most specific rule counts, and `deny` beats everything.
struct VaultPolicies {
    private struct Rule {
        let pattern: String
        var capabilities: Set<String>
    }

    private var rules: [Rule] = []

    /// The rules of policies' texts; nil where one is not as the server reads them.
    init?(_ texts: [String]) {
        for text in texts {
            let code = text.split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("#") }.joined(
                separator: "\n")
            var rest = Substring(code)
            let rule = #/\s*path\s+"([^"]*)"\s*\{\s*capabilities\s*=\s*\[([^\]]*)\]\s*\}\s*/#
            while !rest.allSatisfy(\.isWhitespace) {
                guard let match = rest.prefixMatch(of: rule) else { return nil }
                let words = match.2.split(separator: ",").map { $0.filter { $0 != "\"" && !$0.isWhitespace } }
                let known: Set<String> = [
                    "create", "read", "update", "patch", "delete", "list", "sudo", "deny", "subscribe", "recover",
                ]
                let capabilities = Set(words.filter { !$0.isEmpty })
                guard capabilities.isSubset(of: known) else { return nil }
                add(Rule(pattern: String(match.1), capabilities: capabilities))
                rest = rest[match.range.upperBound...]
            }
        }
    }

    /// The same path in several policies is allowed what any of them allows.
    private mutating func add(_ rule: Rule) {
        if let index = rules.firstIndex(where: { $0.pattern == rule.pattern }) {
            rules[index].capabilities.formUnion(rule.capabilities)
        } else {
            rules.append(rule)
        }
    }

    func allows(_ capabilities: Set<String>, on path: String, isList: Bool) -> Bool {
        // What is listed has a slash at its end; only a rule without a wildcard is found without that too.
        let asked = isList ? path + "/" : path
        let exact = rules.first { $0.pattern == asked } ?? rules.first { isList && $0.pattern == path }
        guard let best = exact ?? rules.filter({ Self.matches($0.pattern, asked) }).max(by: Self.isWeaker) else {
            return false
        }
        return !best.capabilities.contains("deny") && capabilities.isSubset(of: best.capabilities)
    }

    private static func matches(_ pattern: String, _ path: String) -> Bool {
        let isPrefix = pattern.hasSuffix("*")
        let wanted = (isPrefix ? String(pattern.dropLast()) : pattern).split(
            separator: "/", omittingEmptySubsequences: false)
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard isPrefix ? parts.count >= wanted.count : parts.count == wanted.count else { return false }
        for (index, word) in wanted.enumerated() {
            if word == "+" { continue }
            let isLast = index == wanted.count - 1
            guard isPrefix && isLast ? parts[index].hasPrefix(word) : parts[index] == word else { return false }
        }
        return true
    }

    /// By the documentation: the first wildcard that comes earlier loses, then the prefix, then more `+`, then the shorter.
    private static func isWeaker(_ left: Rule, _ right: Rule) -> Bool {
        func rank(_ rule: Rule) -> (Int, Int, Int, Int) {
            let first = rule.pattern.firstIndex { $0 == "+" || $0 == "*" }
            let at = first.map { rule.pattern.distance(from: rule.pattern.startIndex, to: $0) } ?? .max
            let pluses = rule.pattern.count { $0 == "+" }
            return (at, rule.pattern.hasSuffix("*") ? 0 : 1, -pluses, rule.pattern.count)
        }
        return rank(left) < rank(right)
    }
}
