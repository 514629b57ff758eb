import AccessModel
import Definitions
import Foundation
import SignIn
import StrictJSON

/// Why a runner's token would be exchanged or refused, by the definitions of a folder or of a state. Nothing is exchanged
/// and nothing is recorded.
public struct TokenInspection: Sendable {
    public let verdict: TokenVerdict
    /// The workload that it is, where it is accepted.
    public let workload: Workload?

    /// - Parameters:
    ///   - jwks: The issuer's keys; nil to ask the issuer, where it is declared.
    public static func inspect(
        _ text: String, organization: Organization, jwks: [UInt8]?, group: Group?, at now: Instant
    ) async throws -> TokenInspection {
        let token: SignedToken
        do {
            token = try SignedToken(text)
        } catch {
            return TokenInspection(verdict: .malformed(error), workload: nil)
        }
        let issuer = TokenClaims(token)?.issuer ?? ""
        let isDeclared = organization.workloads.contains { $0.issuer.utf8.elementsEqual(issuer.utf8) }
        var settings = IssuerSettings(issuer)
        if let jwks { settings.keys = .given(jwks) }
        let keys = IssuerKeys(now: { now })
        let set = isDeclared ? try await keys.keys(of: settings, holding: token.keyID) : KeySet()
        let match = WorkloadMatch(
            token, of: organization.workloads, group: group, keys: set, algorithms: settings.algorithms, at: now)
        return TokenInspection(verdict: match.verdict, workload: match.workload)
    }

    /// The definitions of a folder, or those in force; where there is no state, those of the folder that one is in.
    public static func organization(_ directory: String?, _ state: StateFolder) async throws -> Organization {
        if let directory { return try read(directory) }
        let installation: Installation
        do {
            installation = try await Installation.open(state, as: nil, creating: false)
        } catch let error as InstallationError where error.code == .missing {
            guard FileManager.default.fileExists(atPath: "platform.yaml") else { throw error }
            return try read(".")
        }
        let organization = try await installation.definitionsInForce()?.organization
        try await installation.close()
        guard let organization else {
            throw InstallationError(
                code: .missing, operation: "read the definitions in force",
                message: "nothing was applied yet; name a folder with --definitions DIR")
        }
        return organization
    }

    private static func read(_ directory: String) throws -> Organization {
        guard let definitions = try Installation.read(directory).definitions else {
            throw InstallationError(
                code: .file, operation: "read the definitions",
                message: "they have errors; `tenure validate \(directory)` says which")
        }
        return definitions.organization
    }

    /// The verdict's, with `workload` and `group`: null where it is refused.
    public var json: JSONValue {
        var object = verdict.json.object ?? JSONObject()
        object["workload"] = workload.map { .string($0.identity.description) } ?? .null
        object["group"] = group.map { .string($0.description) } ?? .null
        return .object(object)
    }

    public var group: Group? { workload.map { Group(tenant: $0.tenant, tier: $0.tier, role: .operator) } }
}
