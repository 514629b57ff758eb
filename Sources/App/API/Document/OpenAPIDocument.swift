import Answers
import StrictJSON
import WebServer

/// The OpenAPI 3.1 document of operations: made of the very values that are routed.
struct OpenAPIDocument {
    let operations: [Operation]
    let schemas: [(name: String, schema: Schema)]
    let version: String

    var json: JSONValue {
        var paths = JSONObject()
        for operation in operations {
            let path = operation.pattern.description
            var item = paths[path]?.object ?? JSONObject()
            item[operation.method.rawValue.lowercased()] = json(operation)
            paths[path] = .object(item)
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Tenure", "version": .string(version),
                "description":
                    "Identity lifecycle and access control. Problems are RFC 9457 documents with a stable `code`.",
            ],
            "paths": .object(paths),
            "components": [
                "schemas": .object(
                    JSONObject(
                        (schemas + [("Problem", Self.problem)]).map { named in
                            JSONObject.Member(name: named.name, value: named.schema.json(isClosed: false))
                        })),
                "securitySchemes": ["bearer": ["type": "http", "scheme": "bearer"]],
            ],
        ]
    }

    /// What a command prints.
    private static let printed = Schema.text(maximum: 1 << 30)

    private static let headers: JSONValue = .object(
        JSONObject([
            JSONObject.Member(
                name: RemarkField.exitName,
                value: [
                    "description": "how the command would end that says the same; 2 for changes",
                    "schema": ["type": "integer", "minimum": 0, "maximum": 3],
                ]),
            JSONObject.Member(
                name: RemarkField.name,
                value: [
                    "description": "a remark, percent-encoded, behind `note` or `complaint`; may stand several times",
                    "schema": ["type": "string"],
                ]),
        ]))

    private static let problem = Schema.object([
        .required("type", .text(), "urn:tenure:problem:CODE"),
        .required("title", .text(), "the status in words"),
        .required("status", .integer(400...599), "the status"),
        .required("detail", .text(maximum: 65_536), "what is wrong, for a person"),
        .required("code", .text(), "what is wrong, for a program; stable"),
        .required("request_id", .text(), "what the server's log knows the request by"),
        .optional(
            "errors",
            .array(.object([.required("at", .text(), "where"), .required("message", .text(maximum: 65_536), "what")])),
            "each thing that is wrong"),
    ])

    private func json(_ operation: Operation) -> JSONValue {
        var object = JSONObject()
        object["operationId"] = .string(operation.id)
        object["tags"] = .array([.string(operation.tag)])
        object["summary"] = .string(operation.summary)
        object["description"] = .string("Who may: \(operation.access.words).")
        if operation.access != .everyone { object["security"] = [["bearer": []]] }
        let parameters = parameters(operation)
        if !parameters.isEmpty { object["parameters"] = .array(parameters) }
        if let body = operation.body {
            object["requestBody"] = [
                "required": .bool(!body.isOptional),
                "content": .object(
                    JSONObject(
                        body.types.map { type in
                            JSONObject.Member(name: type, value: ["schema": body.schema.json(isClosed: true)])
                        })),
            ]
        }
        object["responses"] = responses(operation)
        return .object(object)
    }

    private func parameters(_ operation: Operation) -> [JSONValue] {
        func parameter(_ name: String, _ place: String, _ schema: Schema, _ summary: String) -> JSONValue {
            [
                "name": .string(name), "in": .string(place), "required": .bool(place == "path"),
                "description": .string(summary), "schema": schema.json(isClosed: true),
            ]
        }
        var all = operation.pattern.names.map { name in
            parameter(name, "path", .text(maximum: 200, minimum: 1), "the \(name)")
        }
        all += operation.query.map { parameter($0.name, "query", $0.schema, $0.summary) }
        if operation.isRepeatable {
            all.append(
                parameter(
                    IdempotencyKey.header.rawName, "header", .text(maximum: 255, minimum: 1),
                    "the same key and body again is answered as the first time"))
        }
        if operation.isConditional {
            all.append(
                parameter("If-Match", "header", .text(maximum: 255, minimum: 1), "an ETag; refused if it changed since")
            )
        }
        return all
    }

    private func responses(_ operation: Operation) -> JSONValue {
        var responses = JSONObject()
        for answer in operation.answers {
            var content = JSONObject()
            content[answer.type] = ["schema": answer.schema.json(isClosed: false)]
            for type in answer.further { content[type] = ["schema": Self.printed.json(isClosed: false)] }
            var response = JSONObject()
            response["description"] = .string(answer.summary)
            if !answer.further.isEmpty { response["headers"] = Self.headers }
            response["content"] = .object(content)
            responses["\(answer.status.code)"] = .object(response)
        }
        let problem: JSONValue = [
            "description": "a problem",
            "content": ["application/problem+json": ["schema": Schema.named("Problem").json(isClosed: false)]],
        ]
        responses["default"] = problem
        return .object(responses)
    }
}
