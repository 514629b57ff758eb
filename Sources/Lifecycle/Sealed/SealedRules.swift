import AccessModel
import AuditTrail
import Definitions

/// Whether a sealed grant may be used, by the organisation's files alone.
public struct SealedRules: Sendable {
    let organization: Organization

    public init(_ organization: Organization) { self.organization = organization }

    /// Who has signed, once that is enough of them; what the files say now counts, not what they said when it was
    /// sealed.
    ///
    /// - Throws: ``LifecycleError`` `denied` with what is missing.
    public func check(_ note: SealedNote) throws -> [EmailAddress] {
        let grant = note.grant
        let sealed = try checkUnsigned(note)
        let signers = try note.signers(among: try Self.keys(of: sealed))
        guard signers.count >= sealed.threshold else {
            let names = signers.map(\.text).joined(separator: ", ")
            throw denied(
                grant,
                "\(sealed.threshold) have to sign, other than who it is for; "
                    + (signers.isEmpty ? "nobody has" : "so far: \(names)"))
        }
        return signers
    }

    /// The same without a look at the signatures. Returns whose would count.
    @discardableResult
    public func checkUnsigned(_ note: SealedNote) throws -> SealedBreakGlassRule {
        let grant = note.grant
        let rule = try rule(of: grant)
        guard grant.organization == organization.platform.organization else {
            throw denied(
                grant, "it is of `\(grant.organization)`, the files of `\(organization.platform.organization)`")
        }
        guard rule.people.contains(where: { grant.addresses.contains($0.email) }) else {
            throw denied(grant, "\(grant.addresses[0]) is not under `break_glass.people` of platform.yaml")
        }
        guard grant.duration <= rule.maximumDuration else {
            throw denied(grant, "\(grant.duration) is longer than break-glass may last, \(rule.maximumDuration)")
        }
        try checkPlace(grant)
        guard let sealed = rule.sealed else {
            throw denied(grant, "platform.yaml has no `break_glass.sealed`, so nobody's signature counts")
        }
        guard grant.validUntil - grant.sealedAt <= sealed.maximumValidity else {
            throw denied(grant, "it is valid for longer than `max_validity`, \(sealed.maximumValidity)")
        }
        return sealed
    }

    /// The keys that count.
    public static func keys(of rule: SealedBreakGlassRule) throws(AuditError) -> [SealedNote.Key] {
        var keys: [SealedNote.Key] = []
        for key in rule.keys {
            keys.append(
                SealedNote.Key(address: key.person.email, verifier: try CheckpointVerifier(vkey: key.verifier)))
        }
        return keys
    }

    /// The target that it is for.
    public func checkPlace(_ grant: SealedGrant) throws {
        guard grant.group.role == .admin || grant.group.role == .contributor else {
            throw denied(grant, "nobody is let into \(grant.group) by a window; it is for admin and contributor")
        }
        guard organization.groups.contains(grant.group), organization.slug(of: grant.group) == grant.groupSlug else {
            throw denied(grant, "\(grant.group) is not in the files, or is not called `\(grant.groupSlug)` any more")
        }
        guard let target = organization.target(grant.target), target.mode == .enforce else {
            throw denied(grant, "there is no target `\(grant.target)` in the files, or it is only reported on")
        }
    }

    private func rule(of grant: SealedGrant) throws -> BreakGlassRule {
        guard let rule = organization.platform.breakGlass else {
            throw denied(grant, "platform.yaml has no `break_glass`")
        }
        return rule
    }

    private func denied(_ grant: SealedGrant, _ message: String) -> LifecycleError {
        LifecycleError(code: .denied, operation: "use \(grant.id)", message: message)
    }
}
