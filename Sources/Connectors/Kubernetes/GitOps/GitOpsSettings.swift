import AccessModel
import ConnectorKit
import Forges

/// Where changes are proposed instead of made: a repository from which somebody else keeps the cluster.
struct GitOpsSettings: Sendable {
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
        let place: ForgePlace
        let token: CredentialReference
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
        guard ForgePlace.isBranch(text) else {
            throw reader.error(
                "`\(name)` is no branch: letters, digits and `-_./`, as in `tenure/shop-live`", about: name)
        }
        return text
    }

    private static func path(
        _ reader: inout SettingsReader, default standard: String
    ) throws(ConnectorError) -> String {
        let text = try reader.optionalString("path") ?? standard
        guard ForgePlace.isPath(text) else {
            throw reader.error("`path` is a folder of the repository: `clusters/shop-live/tenure`", about: "path")
        }
        return text
    }

    private static func forge(
        _ reader: SettingsReader, _ configuration: ConnectorConfiguration, _ repository: String
    ) throws(ConnectorError) -> ForgeSettings {
        var reader = reader
        let kind = try reader.choice("kind", default: ForgePlace.Kind.github)
        let url = try reader.optionalString("url") ?? kind.standardURL
        do throws(ConnectorError) {
            try HTTPSession.Configuration.check(url: url)
        } catch {
            throw reader.error("`url` is not usable: \(error.message)", about: "url")
        }
        guard let project = try reader.optionalString("project") ?? ForgePlace.project(of: repository),
            ForgePlace.isPath(project),
            project.contains("/")
        else {
            throw reader.error("`project` is the repository's name at the forge: `owner/name`", about: "project")
        }
        let token = try CredentialReference(try reader.string("token"), target: configuration.target)
        let authorities = try reader.optionalString("ca_file").map { path in
            path.hasPrefix("/") ? path : configuration.baseDirectory + "/" + path
        }
        try reader.finish()
        return ForgeSettings(
            place: ForgePlace(kind: kind, url: url, project: project, authorities: authorities), token: token)
    }
}
