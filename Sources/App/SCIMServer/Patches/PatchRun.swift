import StrictJSON

/// Applies the operations of a patch to a resource's content. Changes of members come out as deltas, for whoever holds the
/// rows; the content that a patch works on never holds them.
struct PatchRun {
    private(set) var content: ResourceContent
    private(set) var deltas: [MemberDelta] = []
    private let kind: ResourceKind
    private let reader = ValueReader()

    private init(_ content: ResourceContent, _ kind: ResourceKind) {
        self.content = content
        self.kind = kind
    }

    /// - Throws: Why the patch as a whole is refused; nothing of it is done then.
    static func apply(
        _ request: PatchRequest, to content: ResourceContent, _ kind: ResourceKind
    ) throws(SCIMError) -> PatchRun {
        var run = PatchRun(content, kind)
        for operation in request.operations { try run.apply(operation) }
        try run.content.checkRequired(kind)
        run.content.sort(kind)
        return run
    }

    private mutating func apply(_ operation: PatchRequest.Operation) throws(SCIMError) {
        if operation.path.isMembers {
            if let delta = try MemberDelta(operation) { deltas.append(delta) }
            return
        }
        guard let schema = operation.path.ofExtension else {
            content.attributes = try change(content.attributes, operation)
            return
        }
        let before = content.attributes[schema.urn]?.object ?? JSONObject()
        let after =
            try operation.path.attribute == nil
            ? changeWhole(before, schema, operation) : change(before, operation)
        content.attributes[schema.urn] = after.members.isEmpty ? JSONValue?.none : .object(after)
    }

    /// An extension as a whole: its attributes are set one by one.
    private func changeWhole(
        _ object: JSONObject, _ schema: SchemaDefinition, _ operation: PatchRequest.Operation
    ) throws(SCIMError) -> JSONObject {
        if operation.verb == .remove || operation.value == .some(.null) { return JSONObject() }
        guard case .object(let given)? = operation.value else {
            throw .invalid("`\(schema.urn)`: expected an object, found \(operation.value?.kindName ?? "nothing")")
        }
        let values = try ResourceContent.readExtension(given, schema)
        var object = object
        for member in given.members {
            guard let name = schema.attribute(member.name)?.name else { continue }
            object[name] = values[name]
        }
        return object
    }

    private func change(
        _ object: JSONObject, _ operation: PatchRequest.Operation
    ) throws(SCIMError) -> JSONObject {
        guard let attribute = operation.path.attribute else { return object }
        let before = object[attribute.name]
        let after: JSONValue?
        if attribute.mutability == .writeOnly {
            if let value = operation.value { _ = try reader.read(value, as: attribute, at: attribute.name) }
            after = nil
        } else if attribute.isMultiValued {
            let values = ListPatch(attribute: attribute, operation: operation, reader: reader)
            after = try values.apply(to: before?.array ?? [])
        } else if let sub = operation.path.sub {
            after = try changePart(before?.object ?? JSONObject(), sub, operation)
        } else {
            after = try changeSingle(before, attribute, operation)
        }
        var object = object
        object[attribute.name] = after
        return object
    }

    private func changePart(
        _ object: JSONObject, _ sub: AttributeDefinition, _ operation: PatchRequest.Operation
    ) throws(SCIMError) -> JSONValue? {
        var object = object
        let value: JSONValue? = operation.verb == .remove ? nil : operation.value
        object[sub.name] = try value.flatMapThrowing { (value) throws(SCIMError) in
            try reader.read(value, as: sub, at: operation.path.name)
        }
        return object.members.isEmpty ? JSONValue?.none : .object(object)
    }

    private func changeSingle(
        _ before: JSONValue?, _ attribute: AttributeDefinition, _ operation: PatchRequest.Operation
    ) throws(SCIMError) -> JSONValue? {
        let clears = operation.verb == .remove || operation.value == .some(.null)
        guard !clears || !attribute.isLasting else {
            throw .invalid("`\(attribute.name)` cannot be cleared; say what it is to be")
        }
        guard operation.verb != .remove, var value = operation.value else { return nil }
        guard attribute.kind == .complex else { return try reader.read(value, as: attribute, at: attribute.name) }
        // Entra writes `[{"value": "..."}]` or `"..."` where one object is meant.
        if case .array(let elements) = value, let only = elements.first, elements.count == 1 { value = only }
        if case .string(let text) = value, attribute.subAttribute("value") != nil {
            value = text.isEmpty ? .null : ["value": .string(text)]
        }
        guard case .object(let given) = value else {
            return try reader.read(value, as: attribute, at: attribute.name)
        }
        // Parts that the value does not name stay as they are.
        let read = try reader.read(value, as: attribute, at: attribute.name)?.object ?? JSONObject()
        var merged = before?.object ?? JSONObject()
        for member in given.members {
            guard let sub = attribute.subAttribute(member.name), sub.mutability != .readOnly else { continue }
            merged[sub.name] = read[sub.name]
        }
        let sorted = attribute.subAttributes.compactMap { sub in
            merged[sub.name].map { JSONObject.Member(name: sub.name, value: $0) }
        }
        return sorted.isEmpty ? JSONValue?.none : .object(JSONObject(sorted))
    }
}

extension Optional {
    func flatMapThrowing<Result>(
        _ body: (Wrapped) throws(SCIMError) -> Result?
    ) throws(SCIMError) -> Result? {
        if let self { try body(self) } else { nil }
    }
}
