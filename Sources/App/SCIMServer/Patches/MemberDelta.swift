import StrictJSON

/// A change of a group's members. None of them needs to know who else is one, but for those that say so.
enum MemberDelta: Sendable {
    case add([String])
    case remove([String])
    /// Those that fit a filter.
    case removeFitting(Filter)
    case removeAll
    /// These and no others.
    case replace([String])

    /// Nil where there is nothing to do.
    ///
    /// - Throws: For every shape that is not plainly one of these. A list that cannot be read never means all.
    init?(_ operation: PatchRequest.Operation) throws(SCIMError) {
        guard operation.path.sub == nil else {
            throw .mutability("`members.\(operation.path.sub?.name ?? "")` cannot be changed; add or remove members")
        }
        switch (operation.verb, operation.path.filter) {
        case (.remove, let filter?):
            guard operation.value.isMissing || operation.value == .some(.null) else {
                throw .invalid("`remove` with a filter takes no `value`")
            }
            self = .removeFitting(filter)
        case (.remove, nil): self = try Self.removal(operation.value)
        case (_, _?): throw .path("members are added and replaced as a list, not by a filter")
        case (.add, nil):
            guard let value = operation.value, value != .null else {
                throw .invalid("`members`: nothing is to be added")
            }
            self = .add(try MemberReader.readPatch(value))
        case (.replace, nil):
            guard let value = operation.value, value != .null else {
                throw .invalid("`members`: to remove all of them say `remove`, or give an empty array")
            }
            self = .replace(try MemberReader.read(value))
        }
    }

    /// Without a value all go; with one, those that it names.
    private static func removal(_ value: JSONValue?) throws(SCIMError) -> MemberDelta {
        guard let value else { return .removeAll }
        let members = try MemberReader.readPatch(value)
        guard !members.isEmpty else { throw .invalid("`members`: no member is named that is to be removed") }
        return .remove(members)
    }
}
