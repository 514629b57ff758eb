import AccessModel
import AuditTrail
import Persistence
import StrictJSON

/// One write of one client, within its transaction: what is changed, what is recorded of it, and who is told.
struct WriteScope {
    let session: any SQLSession
    let client: SCIMClient
    let store: ResourceStore
    let intake: any SCIMPeopleIntake
    let now: Instant
    var records: [Record] = []

    // MARK: Making

    mutating func create(
        _ id: String, _ kind: ResourceKind, _ content: ResourceContent, _ text: ResourceText
    ) throws -> StoredResource {
        let person = try kind == .user ? self.person(of: id, content) : nil
        let resource = StoredResource(
            id: id, kind: kind, created: now, content: content, person: ownPerson(person))
        guard try store.insert(resource, text) else { throw try conflict(resource, text) }
        let members = content.members ?? []
        let added = members.isEmpty ? [] : try store.add(try checked(members, of: id), to: id)
        records.append(.scimResourceCreated(context(resource, person), mention(resource), members: added))
        try tell(.joined, resource, person, before: nil, after: content)
        return resource
    }

    /// Whose name is taken: the client's own, or, of a person, anybody's.
    private func conflict(_ resource: StoredResource, _ text: ResourceText) throws -> SCIMError {
        if let key = text.userNameKey, try store.isTaken(userName: key, except: resource.id) {
            return .taken("`userName` \(TextRule.quoted(resource.content.userName ?? "")) is taken")
        }
        return .taken("another user stands for the person \(TextRule.quoted(resource.person ?? "")) already")
    }

    // MARK: Changing

    /// Gives a resource other content; a group's members, and what lasts, stay where the content does not name them.
    mutating func replace(
        _ id: String, _ kind: ResourceKind, _ content: ResourceContent, if precondition: Precondition
    ) throws -> StoredResource {
        let before = try lock(id, kind, precondition)
        var content = content
        content.keepWhatLasts(of: before.content, kind)
        return try change(before, to: content, content.members.map { [.replace($0)] } ?? [])
    }

    mutating func patch(
        _ id: String, _ kind: ResourceKind, _ request: PatchRequest, if precondition: Precondition
    ) throws -> StoredResource {
        let before = try lock(id, kind, precondition)
        let run = try PatchRun.apply(request, to: before.content, kind)
        return try change(before, to: run.content, run.deltas)
    }

    private func lock(_ id: String, _ kind: ResourceKind, _ precondition: Precondition) throws -> StoredResource {
        guard let resource = try store.lock(id, kind) else { throw SCIMError.unknown(id) }
        try precondition.check(resource)
        return resource
    }

    private mutating func change(
        _ before: StoredResource, to content: ResourceContent, _ deltas: [MemberDelta]
    ) throws -> StoredResource {
        var moves = MemberMoves()
        for delta in deltas { try moves.apply(delta, to: before.id, in: store) { try checked($0, of: before.id) } }
        let attributes = Self.changed(before.content, content)
        // What changes nothing is no change, and nobody hears of it.
        guard !attributes.isEmpty || !moves.isEmpty else { return before }
        var after = before
        after.version += 1
        after.modified = max(now, before.modified)
        after.content = content
        after.content.members = nil
        let person = try before.kind == .user ? self.person(of: before.id, content) : nil
        let text = try ResourceText(content, before.kind)
        try checkUnique(before, after, text, person)
        guard try store.update(after, text) else { throw SCIMError.unknown(before.id) }
        let summary = SCIMChangeSummary(attributes: attributes, added: moves.added, removed: moves.removed)
        records.append(.scimResourceChanged(context(after, person), mention(after), summary))
        let (was, isNow) = (before.content.isActive, content.isActive)
        let kind: SCIMPersonChange.Kind = was == isNow ? .changed : isNow ? .reactivated : .deactivated
        try tell(kind, after, person, before: before.content, after: content)
        return after
    }

    private func checkUnique(
        _ before: StoredResource, _ after: StoredResource, _ text: ResourceText, _ person: PersonID?
    ) throws {
        if let old = before.person, old != person?.text {
            throw SCIMError.mutability("`employeeNumber` says which person this is, and cannot be changed")
        }
        if let key = text.userNameKey, try key != before.content.userNameKey(),
            try store.isTaken(userName: key, except: after.id)
        {
            throw SCIMError.taken("`userName` \(TextRule.quoted(after.content.userName ?? "")) is taken")
        }
    }

    /// Names of attributes that are others now.
    private static func changed(_ before: ResourceContent, _ after: ResourceContent) -> [String] {
        let names = before.attributes.names + after.attributes.names.filter { !before.attributes.has($0) }
        return names.filter { before.attributes[$0] != after.attributes[$0] }
    }

    /// A group in itself would have no end.
    private func checked(_ members: [String], of group: String) throws -> [String] {
        guard !members.contains(group) else { throw SCIMError.invalid("a group cannot be a member of itself") }
        return members
    }

    // MARK: Deleting

    mutating func delete(_ id: String, _ kind: ResourceKind, if precondition: Precondition) throws {
        var resource = try lock(id, kind, precondition)
        guard try store.delete(resource, at: max(now, resource.modified)) else { throw SCIMError.unknown(id) }
        resource.version += 1
        let person = try kind == .user ? deletedPerson(resource) : nil
        records.append(.scimResourceDeleted(context(resource, person), mention(resource)))
        for group in try store.leaveGroups(id, at: now) {
            guard let left = try store.find(group, .group) else { continue }
            records.append(
                .scimResourceChanged(
                    context(left, nil), mention(left), SCIMChangeSummary(attributes: [], removed: [id])))
        }
        try tell(.deleted, resource, person, before: resource.content, after: nil)
    }

    /// A user of before its client's employee numbers were asked for can be deleted all the same.
    private func deletedPerson(_ resource: StoredResource) throws -> PersonID? {
        if let own = resource.person { return PersonID(own) }
        return client.personIdentity == .id ? try person(of: resource.id, resource.content) : nil
    }

    // MARK: People

    private func person(of id: String, _ content: ResourceContent) throws(SCIMError) -> PersonID {
        try SCIMPersonMapping.person(of: id, employeeNumber: content.employeeNumber, client: client)
    }

    /// What is kept of it: an id that the resource's own id does not tell.
    private func ownPerson(_ person: PersonID?) -> String? {
        client.personIdentity == .employeeNumber ? person?.text : nil
    }

    private mutating func tell(
        _ kind: SCIMPersonChange.Kind, _ resource: StoredResource, _ person: PersonID?, before: ResourceContent?,
        after: ResourceContent?
    ) throws {
        guard let person else { return }
        let change = SCIMPersonChange(
            kind: kind, resource: resource.id, version: resource.version, person: person,
            before: before.map { .object($0.attributes) }, after: after.map { .object($0.attributes) },
            manager: try manager(after ?? before), at: now)
        try intake.accept([change], client: client, in: session, records: &records)
    }

    private func manager(_ content: ResourceContent?) throws -> PersonID? {
        guard let id = content?.enterprise?["manager"]?["value"]?.string, !id.isEmpty,
            let resource = try store.find(id, .user)
        else { return nil }
        return PersonID(resource.person ?? "\(client.name).\(resource.id)")
    }

    // MARK: Records

    private func context(_ resource: StoredResource, _ person: PersonID?) -> RecordContext {
        RecordContext(at: now, actor: client.actor, subject: person?.text ?? resource.id)
    }

    private func mention(_ resource: StoredResource) -> SCIMMention {
        SCIMMention(
            client: client.name, kind: resource.kind.rawValue, resource: resource.id,
            userName: resource.content.userName, version: resource.version)
    }
}
