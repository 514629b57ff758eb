import StrictJSON

/// One operation on an attribute that may have several values.
struct ListPatch {
    let attribute: AttributeDefinition
    let operation: PatchRequest.Operation
    let reader: ValueReader

    private var name: String { attribute.name }

    func apply(to values: [JSONValue]) throws(SCIMError) -> JSONValue? {
        let after: [JSONValue]
        if operation.path.filter == nil, operation.path.sub == nil {
            after = try changeList(values)
        } else {
            after = try changeMatches(values)
        }
        // Reading the result once more keeps what holds for a list as a whole.
        return try reader.readMany(after, as: attribute, at: name)
    }

    private func changeList(_ values: [JSONValue]) throws(SCIMError) -> [JSONValue] {
        guard operation.verb != .remove else {
            // Some clients name the values that are to go.
            guard let value = operation.value, value != .null else { return [] }
            let gone = try read(value)
            return values.filter { value in !gone.contains { isMeant(value, by: $0) } }
        }
        guard let value = operation.value else { return values }
        let given = try read(value)
        guard operation.verb == .add else { return given }
        return given.reduce(values, adding)
    }

    /// With one more: what is said of one that is there already is added to it.
    private func adding(_ values: [JSONValue], _ new: JSONValue) -> [JSONValue] {
        let hasValue = new["value"]?.string != nil
        let place = values.firstIndex {
            hasValue ? isSame($0, new, "value") && isSame($0, new, "type") : $0 == new
        }
        var values = values
        if new["primary"] == .bool(true) {
            values = values.enumerated().map { $0.offset == place ? $0.element : Self.secondary($0.element) }
        }
        guard let place else { return values + [new] }
        guard var object = values[place].object else { return values }
        for member in new.object?.members ?? [] where member.name != "value" && member.name != "type" {
            object[member.name] = member.value
        }
        values[place] = .object(object)
        return values
    }

    /// Whether `said` names a value of the attribute: by its `value`, and its `type` where that is said.
    private func isMeant(_ value: JSONValue, by said: JSONValue) -> Bool {
        guard said["value"]?.string != nil else { return said == value }
        return isSame(said, value, "value") && (said["type"].isMissing || isSame(said, value, "type"))
    }

    /// Whether two values have the same part, as case counts in it; or neither has it.
    private func isSame(_ left: JSONValue, _ right: JSONValue, _ part: String) -> Bool {
        guard let left = left[part]?.string, let right = right[part]?.string else { return left[part] == right[part] }
        guard attribute.subAttribute(part)?.caseExact == false else { return left.utf8.elementsEqual(right.utf8) }
        return CaseFold.key(of: left).utf8.elementsEqual(CaseFold.key(of: right).utf8)
    }

    private func read(_ value: JSONValue) throws(SCIMError) -> [JSONValue] {
        let elements: [JSONValue]
        switch value {
        case .array(let array): elements = array
        case .null: elements = []
        default: elements = [value]
        }
        return try reader.readMany(elements, as: attribute, at: name)?.array ?? []
    }

    // MARK: Values that fit a filter

    private func changeMatches(_ values: [JSONValue]) throws(SCIMError) -> [JSONValue] {
        var matches: [Int] = []
        for (index, value) in values.enumerated() where try fits(value) { matches.append(index) }
        guard !matches.isEmpty else { return try changeNothing(values) }
        var values = values
        for index in matches.reversed() {
            if let after = try changeOne(values[index]) {
                values[index] = after
            } else {
                values.remove(at: index)
            }
        }
        guard let primary = matches.first(where: { isMadePrimary(values, $0) }) else { return values }
        return values.enumerated().map { $0.offset == primary ? $0.element : Self.secondary($0.element) }
    }

    private func isMadePrimary(_ values: [JSONValue], _ index: Int) -> Bool {
        guard operation.verb != .remove, values.indices.contains(index) else { return false }
        let setsPrimary = operation.path.sub.map { $0.name == "primary" } ?? !(operation.value?["primary"]).isMissing
        return setsPrimary && values[index]["primary"] == .bool(true)
    }

    private func fits(_ value: JSONValue) throws(SCIMError) -> Bool {
        guard let filter = operation.path.filter else { return true }
        return try FilterEvaluation(definition: attribute).fits(value, filter)
    }

    /// Nil where nothing of it is left.
    private func changeOne(_ value: JSONValue) throws(SCIMError) -> JSONValue? {
        guard let sub = operation.path.sub else {
            guard operation.verb != .remove else { return nil }
            guard let given = operation.value, case .object(let object) = given else {
                throw .invalid("`\(name)`: expected an object, found \(operation.value?.kindName ?? "nothing")")
            }
            let read = try reader.readOne(given, as: attribute, at: name)
            return operation.verb == .replace ? read : merged(value, object, read)
        }
        var object = value.object ?? JSONObject()
        let given: JSONValue? = operation.verb == .remove ? nil : operation.value
        object[sub.name] = try given.flatMapThrowing { (given) throws(SCIMError) in
            try reader.read(given, as: sub, at: operation.path.name)
        }
        return object.members.isEmpty ? JSONValue?.none : .object(object)
    }

    private func merged(_ value: JSONValue, _ given: JSONObject, _ read: JSONValue?) -> JSONValue? {
        var object = value.object ?? JSONObject()
        for member in given.members {
            guard let sub = attribute.subAttribute(member.name) else { continue }
            object[sub.name] = read?[sub.name]
        }
        return object.members.isEmpty ? JSONValue?.none : .object(object)
    }

    /// No value fits. What is to be added is made, where the filter says plainly of what kind it is; what is to be removed
    /// is not there; what is to be replaced has to be.
    private func changeNothing(_ values: [JSONValue]) throws(SCIMError) -> [JSONValue] {
        switch operation.verb {
        case .remove: return values
        case .replace: throw .noTarget("no value of `\(name)` fits")
        case .add:
            guard let filter = operation.path.filter, var object = Self.template(filter, attribute),
                let value = operation.value
            else { throw .noTarget("no value of `\(name)` fits") }
            if let sub = operation.path.sub {
                object[sub.name] = value
            } else if case .object(let given) = value {
                for member in given.members {
                    object[attribute.subAttribute(member.name)?.name ?? member.name] = member.value
                }
            } else {
                throw .invalid("`\(name)`: expected an object, found \(value.kindName)")
            }
            let new = try reader.readOne(.object(object), as: attribute, at: name)
            let kept = new?["primary"] == .bool(true) ? values.map(Self.secondary) : values
            return kept + [new].compactMap { $0 }
        }
    }

    /// What a value is that fits, where the filter is nothing but equalities joined by `and`.
    private static func template(_ filter: Filter, _ attribute: AttributeDefinition) -> JSONObject? {
        switch filter {
        case .compare(let path, .equal, let literal):
            guard let sub = attribute.subAttribute(path), literal != .null else { return nil }
            return JSONObject([JSONObject.Member(name: sub.name, value: literal.json)])
        case .and(let left, let right):
            guard var object = template(left, attribute), let other = template(right, attribute) else { return nil }
            for member in other.members { object[member.name] = member.value }
            return object
        default: return nil
        }
    }

    private static func secondary(_ value: JSONValue) -> JSONValue {
        guard var object = value.object, object["primary"] == .bool(true) else { return value }
        object["primary"] = false
        return .object(object)
    }
}
