import StrictJSON

/// Who came to a group and who went, after all of a patch.
struct MemberMoves {
    private(set) var added: [String] = []
    private(set) var removed: [String] = []

    var isEmpty: Bool { added.isEmpty && removed.isEmpty }

    mutating func apply(
        _ delta: MemberDelta, to group: String, in store: ResourceStore, checked: ([String]) throws -> [String]
    ) throws {
        switch delta {
        case .add(let members): came(try store.add(try checked(members), to: group))
        case .remove(let members): went(try store.remove(members, from: group))
        case .removeAll: went(try store.remove(try store.memberIDs(of: group), from: group))
        case .removeFitting(let filter): went(try store.remove(try Self.fitting(filter, group, store), from: group))
        case .replace(let members):
            let wanted = Set(try checked(members))
            went(try store.remove(try store.memberIDs(of: group).filter { !wanted.contains($0) }, from: group))
            came(try store.add(members, to: group))
        }
    }

    /// One who is told by id is not looked for among all.
    private static func fitting(_ filter: Filter, _ group: String, _ store: ResourceStore) throws -> [String] {
        if let ids = ids(filter) { return ids }
        guard let definition = SchemaDefinition.group.attribute("members") else { return [] }
        let evaluation = FilterEvaluation(definition: definition)
        return try (try store.members(of: [group])[group] ?? []).filter { member in
            let value: JSONValue = [
                "value": .string(member.id), "type": member.kind.map { .string($0.rawValue) } ?? .null,
            ]
            return try evaluation.fits(value, filter)
        }.map(\.id)
    }

    /// The ids, where a filter is nothing but `value eq "..."`, joined by `or`.
    private static func ids(_ filter: Filter) -> [String]? {
        switch filter {
        case .compare(let path, .equal, .string(let id)) where path.lowercased() == "value": return [id]
        case .or(let left, let right):
            guard let first = ids(left), let second = ids(right) else { return nil }
            return first + second.filter { !first.contains($0) }
        default: return nil
        }
    }

    private mutating func came(_ members: [String]) {
        let back = Set(removed).intersection(members)
        removed.removeAll { back.contains($0) }
        added += members.filter { !back.contains($0) }
    }

    private mutating func went(_ members: [String]) {
        let gone = Set(added).intersection(members)
        added.removeAll { gone.contains($0) }
        removed += members.filter { !gone.contains($0) }
    }
}
