import Answers
import ConnectorKit
import ControlPlane
import StrictJSON

/// Why a server refused: told as this machine would tell the same.
struct RemoteProblem: Error, Sendable {
    private struct Fault {
        let place: String
        let severity: String
        let message: String
    }

    let lines: [String]
    let status: ExitStatus

    /// - Parameter file: What was sent, where faults are about its lines.
    init(_ response: HTTPResponse, from address: String, file: String?, hasToken: Bool) {
        let json = (try? JSONParser.parse(response.body)) ?? .null
        let code = json["code"]?.string ?? ""
        let detail = TextTable.visible(json["detail"]?.string ?? "it answered \(response.status)")
        let faults = Self.faults(json)
        switch (response.status, code) {
        case (401, _):
            status = .failed
            let why = hasToken ? "\(detail). Sign in again" : "nobody is signed in there. Sign in first"
            lines = ["error: \(why): `tenure login --server \(address)`"]
        case (300..<400, _):
            status = .failed
            let place = response.header("Location").map { " to `\(TextTable.visible(String($0.prefix(200))))`" } ?? ""
            lines = [
                "error: `\(address)` answers with a redirect\(place), which is not followed, as it would be shown your "
                    + "token; name the server itself with --server"
            ]
        case (403, "denied") where !faults.isEmpty:
            status = .heldOrDenied
            lines = faults.map { "denied: \($0.message)" }
        case (403, _):
            status = .heldOrDenied
            lines = ["denied: \(detail)"]
        case (_, "invalid-event"):
            status = .failed
            lines = faults.map { "\(file ?? "event"):\($0.place): \($0.severity): \($0.message)" }
        case (_, "invalid-definitions"):
            status = .failed
            lines = faults.map { "\($0.place): \($0.severity): \($0.message)" } + ["error: \(detail)"]
        case (500..., _):
            status = .failed
            let id = json["request_id"]?.string.map { "; its log knows it as `\(TextTable.visible($0))`" } ?? ""
            lines = ["error: the server could not do it: \(detail)\(id)"]
        default:
            status = .failed
            lines = ["error: \(detail)"]
        }
    }

    private static func faults(_ json: JSONValue) -> [Fault] {
        (json["errors"]?.array ?? []).map { fault in
            func text(_ name: String) -> String? { fault[name]?.string.map(TextTable.visible) }
            return Fault(
                place: text("at") ?? "", severity: text("severity") ?? "error", message: text("message") ?? "")
        }
    }
}

/// Why a server did not answer, and what to do.
struct RemoteTrouble {
    let error: InstallationError

    init(_ cause: ConnectorError, at address: String) {
        let text = cause.message.lowercased()
        let words: String
        if ["certificate", "handshake", "ssl", "tls"].contains(where: { text.contains($0) }) {
            words =
                "no secure connection comes about: \(cause.message); is it the right server, and does this machine trust "
                + "its certificate's authority? `$TENURE_AUTHORITIES` names a PEM file with others"
        } else if cause.code == .unreachable {
            words = "it cannot be reached: \(cause.message); is it running there, and is the address right?"
        } else {
            words = cause.message
        }
        error = InstallationError(code: .usage, operation: "ask `\(address)`", message: words)
    }
}
