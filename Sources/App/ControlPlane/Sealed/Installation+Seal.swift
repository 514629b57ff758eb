import AccessModel
import AuditTrail
import Definitions
import Foundation
import Lifecycle

/// What is to be sealed, as it is asked for.
public struct SealedWish: Sendable {
    public var group: String
    public var person: String
    public var target: String
    public var duration: Span
    public var validUntil: Instant
    public var reason: String

    public init(
        group: String, person: String, target: String, duration: Span, validUntil: Instant, reason: String
    ) {
        self.group = group
        self.person = person
        self.target = target
        self.duration = duration
        self.validUntil = validUntil
        self.reason = reason
    }
}

extension Installation {
    /// A grant for admins to sign, by the definitions in force and the people who are here now. Nothing is kept of it.
    public func seal(_ wish: SealedWish) async throws -> SealedNote {
        guard let definitions = try await definitionsInForce() else {
            throw InstallationError(
                code: .missing, operation: "seal", message: "no definitions were applied yet; `tenure apply DIR` does")
        }
        guard wish.validUntil > now, let target = Slug(wish.target) else {
            throw refusal("`--valid-until` must be to come, and `--target` the name of a target")
        }
        let organization = definitions.organization
        let now = now
        let roster = try await database.read { session in
            try PeopleArchive(session).roster(at: now, in: definitions)
        }
        let state = try roster.find(wish.person)
        guard state.presence == .active else { throw refusal("\(state.person.id) is not active") }
        let group = try find(wish.group, in: organization)
        let grant = SealedGrant(
            id: "sealed-\(context.newID())", organization: organization.platform.organization, group: group,
            groupSlug: organization.slug(of: group), person: state.person.id, addresses: state.person.addresses,
            target: target, duration: wish.duration, reason: wish.reason, sealedAt: now, sealedBy: context.actor,
            validUntil: wish.validUntil)
        let note = SealedNote(grant)
        try check(note, organization, roster)
        return note
    }

    /// Everything that will be asked when it is used, but for the signatures; and that keys are of different people.
    private func check(_ note: SealedNote, _ organization: Organization, _ roster: Roster) throws {
        try SealedRules(organization).checkUnsigned(note)
        var people: Set<PersonID> = []
        for key in organization.platform.breakGlass?.sealed?.keys ?? [] {
            let id = try roster.find(key.person.email.text).person.id
            guard people.insert(id).inserted else {
                throw refusal("two keys under `break_glass.sealed` are of one person, \(id); each needs a person")
            }
        }
    }

    private func find(_ text: String, in organization: Organization) throws -> Group {
        let group = Group(text) ?? organization.groups.first { organization.slug(of: $0) == text }
        guard let group, organization.groups.contains(group) else {
            throw refusal("there is no group `\(text)`; write it as `payments/live/admin`")
        }
        return group
    }

    private func refusal(_ message: String) -> InstallationError {
        InstallationError(code: .usage, operation: "seal", message: message)
    }
}
