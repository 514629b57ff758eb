import AccessModel
import ConnectorKit
import Foundation

/// A repository at a forge: whose API to ask, and where. The token goes there and nowhere else.
public struct ForgePlace: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        case github, gitlab

        /// The public service's API.
        public var standardURL: String {
            switch self {
            case .github: "https://api.github.com"
            case .gitlab: "https://gitlab.com/api/v4"
            }
        }

        /// How git itself proves with the token who asks: a whole `Authorization` header's value.
        public func gitAuthorization(_ token: SecretText) -> SecretText {
            let user =
                switch self {
                case .github: "x-access-token"
                case .gitlab: "oauth2"
                }
            return SecretText("Basic " + Data("\(user):\(token.reveal())".utf8).base64EncodedString())
        }
    }

    public let kind: Kind
    /// Of the API.
    public let url: String
    /// `owner/name`
    public let project: String
    /// PEM file of authorities to trust instead of the system's.
    public let authorities: String?

    public init(kind: Kind, url: String, project: String, authorities: String? = nil) {
        self.kind = kind
        self.url = url
        self.project = project
        self.authorities = authorities
    }

    /// - Parameter token: An access token.
    public func connect(
        token: SecretText, clock: @escaping @Sendable () -> Instant
    ) throws(ConnectorError) -> any Forge {
        switch kind {
        case .github: try GitHubForge(self, token: token, clock: clock)
        case .gitlab: try GitLabForge(self, token: token, clock: clock)
        }
    }

    /// `owner/name` as an address of a repository says it; nil where it does not.
    public static func project(of repository: String) -> String? {
        var path: Substring
        if let scheme = repository.firstRange(of: "://") {
            guard !repository.hasPrefix("file:") else { return nil }
            path = repository[scheme.upperBound...].drop { $0 != "/" }.dropFirst()
        } else if let colon = repository.firstIndex(of: ":") {
            // `git@host:owner/name.git`
            path = repository[repository.index(after: colon)...]
        } else {
            return nil
        }
        while path.hasSuffix("/") { path = path.dropLast() }
        let project = String(path.hasSuffix(".git") ? path.dropLast(4) : path)
        return project.contains("/") && isPath(project) ? project : nil
    }

    /// The host of an address of a repository, in lower case; nil for one on this machine.
    public static func host(of repository: String) -> String? {
        var rest = Substring(repository)
        if let scheme = repository.firstRange(of: "://") {
            guard !repository.hasPrefix("file:") else { return nil }
            rest = repository[scheme.upperBound...].prefix { $0 != "/" }
        } else {
            rest = rest.prefix { $0 != ":" }
        }
        if let at = rest.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
        let host = rest.hasPrefix("[") ? rest : rest.prefix { $0 != ":" }
        return host.isEmpty ? nil : host.lowercased()
    }

    /// Segments with slashes between them, none of which leads elsewhere or could be taken for an option.
    public static func isPath(_ text: String) -> Bool {
        let segments = text.split(separator: "/", omittingEmptySubsequences: false)
        return text.utf8.count <= 200
            && segments.allSatisfy { segment in
                guard let first = segment.utf8.first, first.isLetter || first.isDigit || first == UInt8(ascii: "_")
                else { return false }
                return segment.utf8.allSatisfy { $0.isLetter || $0.isDigit || "-_.".utf8.contains($0) }
                    && !segment.contains("..")
            }
    }

    /// Whether it can be a branch's name.
    public static func isBranch(_ text: String) -> Bool {
        isPath(text) && !text.hasSuffix(".lock") && !text.hasSuffix(".")
    }
}
