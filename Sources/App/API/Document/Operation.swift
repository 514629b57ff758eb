import HTTPTypes
import StrictJSON
import WebServer

/// One thing that the API does: its route, its place in the document and who may are one value.
struct Operation: Sendable {
    struct Parameter: Sendable {
        let name: String
        let schema: Schema
        let summary: String
    }

    struct Body: Sendable {
        let schema: Schema
        /// A request without a body is as one with `{}`.
        var isOptional = false
        /// Other than JSON: taken as it is.
        var types = ["application/json"]
        var limit = Route.defaultBodyLimit
    }

    struct Answer: Sendable {
        let status: HTTPResponse.Status
        let schema: Schema
        let summary: String
        var type = "application/json"
        /// Further types in which the same is answered to whom asks for them.
        var further: [String] = []

        /// Also as the command line prints it.
        static func printed(_ schema: Schema, _ summary: String, further: [String] = []) -> Answer {
            Answer(status: .ok, schema: schema, summary: summary, further: ["text/plain"] + further)
        }

        static func printed(_ status: HTTPResponse.Status, _ schema: Schema, _ summary: String) -> Answer {
            Answer(status: status, schema: schema, summary: summary, further: ["text/plain"])
        }

        static func ok(_ schema: Schema, _ summary: String) -> Answer {
            Answer(status: .ok, schema: schema, summary: summary)
        }
    }

    /// Stable, in lower camel case.
    let id: String
    let method: HTTPRequest.Method
    let pattern: RoutePattern
    let tag: String
    let summary: String
    let access: AccessRule
    var query: [Parameter] = []
    var body: Body?
    /// Whether `Idempotency-Key` is taken.
    var isRepeatable = false
    /// Whether `If-Match` is taken.
    var isConditional = false
    let answers: [Answer]
    let run: @Sendable (APICall) async throws -> WebResponse
}
