import AccessModel

/// Whether the subject of a workload's token means exactly one workload.
enum WorkloadSubject {
    struct Problem {
        let severity: Diagnostic.Severity
        let code: String
        let message: String

        init(_ code: String, _ message: String, severity: Diagnostic.Severity = .error) {
            self.code = code
            self.message = message
            self.severity = severity
        }
    }

    static func problem(of subject: String, issuer: String?, isLive: Bool) -> Problem? {
        if subject.utf8.contains(where: { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }) {
            return Problem("wildcard-subject", "a subject is exact; `*` and `?` would let others in")
        }
        guard subject.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return Problem("inexact-subject", "a subject is printable ASCII without spaces")
        }
        let host = issuer.flatMap { Self.host(of: $0) }
        if subject.hasPrefix("repo:") || host == "token.actions.githubusercontent.com" {
            return gitHub(subject, isLive: isLive)
        }
        if subject.hasPrefix("project_path:") || host == "gitlab.com" { return gitLab(subject) }
        if subject.hasPrefix("system:") { return kubernetes(subject) }
        return nil
    }

    /// The host of an https address in lower case; nil for anything else, and where it has a user, a query, a
    /// fragment or a wildcard.
    static func host(of issuer: String) -> String? {
        guard issuer.hasPrefix("https://"), issuer.utf8.count <= 2_048,
            issuer.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"?#@*\\\"<>`{|}^".utf8.contains($0) })
        else { return nil }
        let authority = issuer.dropFirst("https://".count).prefix { $0 != "/" }
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.count == 1 || UInt16(parts[1]).map({ $0 > 0 }) == true else { return nil }
        let labels = parts[0].utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isHost = labels.allSatisfy { label in
            !label.isEmpty && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
                && label.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "-") }
        }
        return isHost ? parts[0].lowercased() : nil
    }

    private static func gitHub(_ subject: String, isLive: Bool) -> Problem? {
        let inexact = Problem(
            "inexact-subject",
            "a GitHub subject is `repo:OWNER/REPOSITORY:environment:NAME` or `repo:OWNER/REPOSITORY:ref:REF`; a whole "
                + "repository is not exact")
        let parts = subject.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[0] == "repo", isPath(parts[1], parts: 2...2) else { return inexact }
        switch (parts[2], parts.count) {
        case ("pull_request", 3):
            return Problem(
                "pull-request-subject",
                "any pull request would hold this; name an environment or a ref"
                    + (isLive ? ", a live tier takes nothing less" : ""), severity: isLive ? .error : .warning)
        case ("ref", 4), ("environment", 4): return parts[3].isEmpty ? inexact : nil
        default: return inexact
        }
    }

    private static func gitLab(_ subject: String) -> Problem? {
        let parts = subject.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        if parts.count == 6, parts[0] == "project_path", isPath(parts[1], parts: 2...20), parts[2] == "ref_type",
            parts[3] == "branch" || parts[3] == "tag", parts[4] == "ref", !parts[5].isEmpty
        {
            return nil
        }
        return Problem(
            "inexact-subject",
            "a GitLab subject is `project_path:GROUP/PROJECT:ref_type:branch:ref:NAME`, or with `tag` for `branch`")
    }

    private static func kubernetes(_ subject: String) -> Problem? {
        let parts = subject.split(separator: ":", omittingEmptySubsequences: false)
        func isName(_ part: Substring, dots: Bool) -> Bool {
            !part.isEmpty && part.utf8.count <= (dots ? 253 : 63) && part.first != "-" && part.last != "-"
                && part.utf8.allSatisfy {
                    $0.isLowercaseLetter || $0.isDigit || $0 == UInt8(ascii: "-") || (dots && $0 == UInt8(ascii: "."))
                }
        }
        if parts.count == 4, parts[1] == "serviceaccount", isName(parts[2], dots: false), isName(parts[3], dots: true) {
            return nil
        }
        return Problem("inexact-subject", "a Kubernetes subject is `system:serviceaccount:NAMESPACE:NAME`")
    }

    private static func isPath(_ text: Substring, parts wanted: ClosedRange<Int>) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return wanted.contains(parts.count)
            && parts.allSatisfy { part in
                !part.isEmpty
                    && part.allSatisfy { $0.isLetter || $0.isDigit || "-_.".utf8.contains($0) }
            }
    }
}
