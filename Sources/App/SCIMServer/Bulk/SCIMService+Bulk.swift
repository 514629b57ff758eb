import HTTPTypes
import StrictJSON
import WebServer

extension SCIMService {
    var bulkRoute: Route {
        route(.post, "/Bulk") { request in
            try await authenticate(request)
            let bulk = try BulkRequest(try Self.body(of: request))
            return Self.answer(try await run(bulk, request))
        }
    }

    /// What came of the operations so far.
    private struct Progress {
        /// Answers by the places of their operations.
        var results: [Int: JSONValue] = [:]
        /// Ids of what was made, by their names in the request.
        var ids: [String: String] = [:]
        /// Names of what was to be made and was not.
        var broken: Set<String> = []
        var failures = 0
    }

    /// In their order, but for those that speak of what a later one makes: they wait for it.
    private func run(_ bulk: BulkRequest, _ request: WebRequest) async throws -> JSONValue {
        var progress = Progress()
        var waiting = Array(bulk.entries.indices)
        let made = Set(bulk.entries.compactMap(\.bulkID))
        while !waiting.isEmpty {
            var later: [Int] = []
            for place in waiting {
                if let limit = bulk.failOnErrors, progress.failures >= limit { return Self.document(progress) }
                let entry = bulk.entries[place]
                if case .success(let operation) = entry.operation, Self.waits(operation, progress, made) {
                    later.append(place)
                } else {
                    try await run(entry, at: place, request, &progress)
                }
            }
            guard later.count < waiting.count else {
                for place in later {
                    let error = SCIMError(
                        .conflict, .invalidValue, "operations wait for each other: each speaks of what the other makes")
                    fail(bulk.entries[place], at: place, error, &progress)
                }
                break
            }
            waiting = later
        }
        return Self.document(progress)
    }

    private static func waits(
        _ operation: BulkRequest.Operation, _ progress: Progress, _ made: Set<String>
    ) -> Bool {
        operation.references.contains { name in
            made.contains(name) && progress.ids[name] == nil && !progress.broken.contains(name)
        }
    }

    private func run(
        _ entry: BulkRequest.Entry, at place: Int, _ request: WebRequest, _ progress: inout Progress
    ) async throws {
        do {
            let operation = try entry.operation.get()
            if let name = operation.references.first(where: { progress.ids[$0] == nil }) {
                throw SCIMError(
                    .conflict, .invalidValue, "`bulkId:` \(TextRule.quoted(name)) stands for nothing that was made")
            }
            progress.results[place] = try await run(operation, request, &progress)
        } catch let error as SCIMError {
            // Who is a stranger by now is one for all that follows.
            if error.status == .unauthorized { throw error }
            fail(entry, at: place, error, &progress)
        }
    }

    private func run(
        _ operation: BulkRequest.Operation, _ request: WebRequest, _ progress: inout Progress
    ) async throws -> JSONValue {
        let data = BulkReferences.resolve(operation.data, progress.ids)
        let kind = operation.kind
        let precondition = Precondition(version: operation.version)
        guard operation.method != .post else {
            let content = try ResourceContent.read(data, as: kind)
            let id = newID(kind)
            let text = try ResourceText(content, kind)
            let resource = try await write(request) { scope in try scope.create(id, kind, content, text) }
            if let name = operation.bulkID { progress.ids[name] = id }
            return result(operation, id, resource.eTag, .created)
        }
        let id = BulkReferences.resolve(operation.id ?? "", progress.ids)
        switch operation.method {
        case .delete:
            try await write(request) { scope in try scope.delete(id, kind, if: precondition) }
            return result(operation, id, nil, .noContent)
        case .put:
            let content = try ResourceContent.read(data, as: kind)
            let resource = try await write(request) { try $0.replace(id, kind, content, if: precondition) }
            return result(operation, id, resource.eTag, .ok)
        case .patch, .post:
            let patch = try PatchRequest(data, kind)
            let resource = try await write(request) { try $0.patch(id, kind, patch, if: precondition) }
            return result(operation, id, resource.eTag, .ok)
        }
    }

    private func result(
        _ operation: BulkRequest.Operation, _ id: String, _ version: String?, _ status: HTTPResponse.Status
    ) -> JSONValue {
        var object = JSONObject()
        object["method"] = .string(operation.method.rawValue)
        object["bulkId"] = operation.bulkID.map { .string($0) }
        object["location"] = .string(view.location(operation.kind, id))
        object["version"] = version.map { .string($0) }
        object["status"] = .string("\(status.code)")
        return .object(object)
    }

    private func fail(
        _ entry: BulkRequest.Entry, at place: Int, _ error: SCIMError, _ progress: inout Progress
    ) {
        progress.failures += 1
        if let name = entry.bulkID { progress.broken.insert(name) }
        var object = JSONObject()
        object["method"] = .string(entry.method)
        object["bulkId"] = entry.bulkID.map { .string($0) }
        object["location"] = location(of: entry, progress).map { .string($0) }
        object["status"] = .string("\(error.status.code)")
        object["response"] = error.json
        progress.results[place] = .object(object)
    }

    /// Where the resource is that an operation was about; nil where there is none to tell of, as for a POST that failed.
    private func location(of entry: BulkRequest.Entry, _ progress: Progress) -> String? {
        guard let target = entry.target, let id = target.id.map({ BulkReferences.resolve($0, progress.ids) }),
            BulkReferences.name(in: id) == nil
        else { return nil }
        return view.location(target.kind, id)
    }

    private static func document(_ progress: Progress) -> JSONValue {
        let results = progress.results.sorted { $0.key < $1.key }.map(\.value)
        return [
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"], "Operations": .array(results),
        ]
    }
}
