import AccessModel
import ConnectorKit

/// Where changes are proposed instead of made: a repository from which somebody else keeps the cluster.
struct GitOpsSettings: Sendable {
    enum ForgeKind: String, CaseIterable, Sendable {
        case github, gitlab
    }

    /// `https://...`, or `file:///...` on this machine.
    let repository: String
    /// What the cluster is kept from.
    let base: String
    /// Tenure's own; nobody else writes to it.
    let branch: String
    /// The folder with one file a namespace, without slashes at its ends.
    let path: String
    let author: GitAuthor
    let forge: ForgeSettings
    /// How often to look whether a proposal was taken up.
    let lookAgainAfter: Span
    /// How long a refusal stands before the same is proposed anew.
    let proposeAgainAfter: Span
    /// For one run of git.
    let timeout: Span

    struct ForgeSettings: Sendable {
        let kind: ForgeKind
        /// Of the API.
        let url: String
        /// `owner/name`
        let project: String
        let token: CredentialReference
        /// PEM file of authorities to trust instead of the system's.
        let authorities: String?
    }

    init(
        _ reader: SettingsReader, _ configuration: ConnectorConfiguration
    ) throws(ConnectorError) {
        var reader = reader
        repository = try Self.repository(&reader)
        base = try Self.branch("base", default: "main", &reader)
        branch = try Self.branch("branch", default: "tenure/\(configuration.target)", &reader)
        guard branch != base else {
            throw reader.error("`branch` is the branch that changes are to be merged into", about: "branch")
        }
        path = try Self.path(&reader, default: "tenure/\(configuration.target)")
        let text = try reader.optionalString("author") ?? "Tenure <tenure@localhost>"
        guard let author = GitAuthor(text) else {
            throw reader.error("`author` is written as `Name <address>`", about: "author")
        }
        self.author = author
        lookAgainAfter = try reader.span("look_again", default: .seconds(30))
        proposeAgainAfter = try reader.span("propose_again_after", default: .minutes(60))
        timeout = try reader.span("timeout", default: .seconds(20))
        guard lookAgainAfter > .seconds(0), timeout > .seconds(0) else {
            throw reader.error("`look_again` and `timeout` are longer than nothing", about: "look_again")
        }
        guard let forge = try reader.nested("forge") else {
            throw reader.error("`forge` is missing: `{kind: github, token: env:NAME}`", about: "forge")
        }
        self.forge = try Self.forge(forge, configuration, repository)
        try reader.finish()
    }

    private static func repository(_ reader: inout SettingsReader) throws(ConnectorError) -> String {
        let text = try reader.string("repository")
        let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") }
        if text.hasPrefix("file:///"), isPlain { return text }
        do throws(ConnectorError) {
            try HTTPSession.Configuration.check(url: text)
        } catch {
            throw reader.error("`repository` is not usable: \(error.message)", about: "repository")
        }
        return text
    }

    private static func branch(
        _ name: String, default standard: String, _ reader: inout SettingsReader
    ) throws(ConnectorError) -> String {
        let text = try reader.optionalString(name) ?? standard
        guard isPath(text), !text.hasSuffix(".lock"), !text.hasSuffix(".") else {
            throw reader.error(
                "`\(name)` is no branch: letters, digits and `-_./`, as in `tenure/shop-live`", about: name)
        }
        return text
    }

    private static func path(
        _ reader: inout SettingsReader, default standard: String
    ) throws(ConnectorError) -> String {
        let text = try reader.optionalString("path") ?? standard
        guard isPath(text) else {
            throw reader.error("`path` is a folder of the repository: `clusters/shop-live/tenure`", about: "path")
        }
        return text
    }

    /// Segments with slashes between them, none of which leads elsewhere or could be taken for an option.
    private static func isPath(_ text: String) -> Bool {
        let segments = text.split(separator: "/", omittingEmptySubsequences: false)
        return text.utf8.count <= 200
            && segments.allSatisfy { segment in
                guard let first = segment.utf8.first, first.isLetter || first.isDigit || first == UInt8(ascii: "_")
                else { return false }
                return segment.utf8.allSatisfy { $0.isLetter || $0.isDigit || "-_.".utf8.contains($0) }
                    && !segment.contains("..")
            }
    }

    private static func forge(
        _ reader: SettingsReader, _ configuration: ConnectorConfiguration, _ repository: String
    ) throws(ConnectorError) -> ForgeSettings {
        var reader = reader
        let kind = try reader.choice("kind", default: ForgeKind.github)
        let standard = kind == .github ? "https://api.github.com" : "https://gitlab.com/api/v4"
        let url = try reader.optionalString("url") ?? standard
        do throws(ConnectorError) {
            try HTTPSession.Configuration.check(url: url)
        } catch {
            throw reader.error("`url` is not usable: \(error.message)", about: "url")
        }
        guard let project = try reader.optionalString("project") ?? project(of: repository), isPath(project),
            project.contains("/")
        else {
            throw reader.error("`project` is the repository's name at the forge: `owner/name`", about: "project")
        }
        let token = try CredentialReference(try reader.string("token"), target: configuration.target)
        let authorities = try reader.optionalString("ca_file").map { path in
            path.hasPrefix("/") ? path : configuration.baseDirectory + "/" + path
        }
        try reader.finish()
        return ForgeSettings(kind: kind, url: url, project: project, token: token, authorities: authorities)
    }

    private static func project(of repository: String) -> String? {
        guard repository.hasPrefix("http"), let scheme = repository.firstRange(of: "://") else { return nil }
        let path = repository[scheme.upperBound...].drop { $0 != "/" }.dropFirst()
        let trimmed = path.hasSuffix("/") ? path.dropLast() : path
        return String(trimmed.hasSuffix(".git") ? trimmed.dropLast(4) : trimmed)
    }
}

/// Whose name commits bear.
struct GitAuthor: Hashable, Sendable, CustomStringConvertible {
    let name: String
    let address: String

    /// `Name <address>`
    init?(_ text: String) {
        guard text.hasSuffix(">"), let bracket = text.firstIndex(of: "<") else { return nil }
        name = String(text[..<bracket].reversed().drop { $0 == " " }.reversed())
        address = String(text[text.index(after: bracket)...].dropLast())
        let parts = Array(name.utf8) + Array(address.utf8)
        guard !name.isEmpty, !address.isEmpty, parts.allSatisfy({ $0 >= 0x20 && $0 != 0x7F && !"<>".utf8.contains($0) })
        else { return nil }
    }

    var description: String { "\(name) <\(address)>" }
}
