import ConnectorKit
import StrictJSON

/// How the API server says why it did not do something: an object of kind `Status`.
struct KubernetesStatus {
    struct Reason: Hashable {
        let reason: String
        let message: String
        let field: String
    }

    let code: Int64
    let reason: String
    let message: String
    let causes: [Reason]

    init?(_ value: JSONValue) {
        guard value["kind"]?.string == "Status" else { return nil }
        code = value["code"]?.integer ?? 0
        reason = value["reason"]?.string ?? ""
        message = value["message"]?.string ?? ""
        causes = (value["details"]?["causes"]?.array ?? []).map { cause in
            Reason(
                reason: cause["reason"]?.string ?? "", message: cause["message"]?.string ?? "",
                field: cause["field"]?.string ?? "")
        }
    }

    init?(_ response: HTTPResponse) {
        guard response.body.count <= 1 << 20, let value = JSONValue.parsed(response.body) else { return nil }
        self.init(value)
    }

    /// One line: the reason, the fields that it is about, and what the server says of it.
    static func explanation(of response: HTTPResponse) -> String? {
        guard let status = KubernetesStatus(response) else { return nil }
        let fields = status.causes.map(\.field).filter { !$0.isEmpty }
        let place = fields.isEmpty ? "" : " at `\(fields.prefix(4).joined(separator: "`, `"))`"
        return [status.reason + place, status.message].filter { !$0.isEmpty }.joined(separator: ": ")
    }

    /// What the status alone does not tell.
    static func code(of response: HTTPResponse) -> ConnectorError.Code? {
        guard response.status >= 400, let status = KubernetesStatus(response) else { return nil }
        // A namespace that is going takes nothing in; 403 would mean that nobody may try again.
        if status.causes.contains(where: { $0.reason == "NamespaceTerminating" }) { return .missingDependency }
        switch status.reason {
        // Somebody else made the binding in between, with another role.
        case "Invalid" where status.causes.contains(where: { $0.field.hasPrefix("roleRef") }): return .conflict
        // The server gave up waiting: what was asked may yet be done.
        case "Timeout": return .unreachable
        case "ServerTimeout", "TooManyRequests": return .throttled
        case "Expired", "Gone": return .incomplete
        default: return nil
        }
    }
}

extension JSONValue {
    /// Nil for what is not JSON.
    static func parsed(_ bytes: [UInt8]) -> JSONValue? {
        do throws(JSONError) {
            return try JSONParser.parse(bytes)
        } catch {
            return nil
        }
    }
}
