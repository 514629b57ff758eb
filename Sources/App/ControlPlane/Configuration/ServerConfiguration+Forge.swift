import AccessModel
import ConnectorKit
import Definitions
import Forges
import Notices

extension ServerConfiguration {
    private var repositoryURL: String? {
        if case .repository(let url, _, _)? = definitions { url } else { nil }
    }

    /// GitHub or GitLab: as it is said, else as the host's name begins.
    var forgeKind: ForgePlace.Kind? {
        if let text = text(.forge) { return ForgePlace.Kind(rawValue: text) }
        guard let host = repositoryURL.flatMap(ForgePlace.host) else { return nil }
        return ForgePlace.Kind.allCases.first { host == "\($0).com" || host.hasPrefix("\($0).") }
    }

    /// Where the repository's pull requests are; nil where that is not known.
    public var forgePlace: ForgePlace? {
        guard let url = repositoryURL, let kind = forgeKind,
            let project = text(.forgeProject) ?? ForgePlace.project(of: url), let api = forgeURL(kind, of: url)
        else { return nil }
        return ForgePlace(kind: kind, url: api, project: project)
    }

    private func forgeURL(_ kind: ForgePlace.Kind, of url: String) -> String? {
        if let text = text(.forgeURL) { return text }
        guard let host = ForgePlace.host(of: url) else { return nil }
        if host == "\(kind).com" { return kind.standardURL }
        var authority = host
        if url.hasPrefix("https://") {
            authority = String(url.dropFirst(8).prefix { $0 != "/" })
            if let at = authority.lastIndex(of: "@") { authority = String(authority[authority.index(after: at)...]) }
        }
        return "https://\(authority)" + (kind == .github ? "/api/v3" : "/api/v4")
    }

    public func forgeToken(_ environment: [String: String]) throws(ConnectorError) -> SecretText? {
        try secret(.forgeToken, environment)
    }

    /// What git shows to the repository's own host: the forge's token, where both are one host, and it is not told
    /// otherwise in the address.
    public func gitCredential(_ environment: [String: String]) throws(ConnectorError) -> GitProgram.Credential? {
        guard let place = forgePlace, let url = repositoryURL, url.hasPrefix("https://"),
            !url.dropFirst(8).prefix(while: { $0 != "/" }).contains("@"), let host = ForgePlace.host(of: url),
            let api = ForgePlace.host(of: place.url), api == host || host == "github.com" && api == "api.github.com",
            let token = try forgeToken(environment)
        else { return nil }
        return GitProgram.Credential(remote: url, authorization: place.kind.gitAuthorization(token))
    }

    /// What a forge's push hook is believed by; nil where none is taken.
    public func forgeHook(_ environment: [String: String]) throws -> ForgeHook? {
        let secrets = try secrets(.hookSecret, environment)
        guard !secrets.isEmpty, let kind = forgeKind else { return nil }
        return try ForgeHook(kind, secrets: secrets)
    }

    /// The file of those whose signatures count; nil where none is asked for.
    public var signers: String? { path(.signers) }

    // MARK: Findings

    var forgeFindings: [Diagnostic] {
        var found: [Diagnostic] = []
        let own = [Setting.forge, .forgeURL, .forgeProject, .forgeToken, .hookSecret, .signers]
            .filter { self[$0].content != nil }
        if repositoryURL == nil, let setting = own.first {
            found.append(
                finding("incomplete-forge", setting, "`\(setting.name)` needs a git repository as `definitions.source`")
            )
            return found
        }
        let speaking = own.first { $0 == .forgeToken || $0 == .hookSecret }
        if let speaking, forgeKind == nil {
            found.append(
                finding(
                    "incomplete-forge", speaking,
                    "whose forge it is cannot be told from the repository's address; give `definitions.forge`"))
        } else if self[.forgeToken].content != nil, forgePlace == nil {
            found.append(
                finding(
                    "incomplete-forge", .forgeToken,
                    "where the forge is cannot be told from the repository's address; give `definitions.forge_url` and "
                        + "`definitions.forge_project`"))
        }
        if let project = text(.forgeProject), !ForgePlace.isPath(project) || !project.contains("/") {
            found.append(
                finding("bad-value", .forgeProject, "`definitions.forge_project` is the repository's `owner/name`"))
        }
        return found
    }
}
