import AccessModel
import ConnectorKit
import StrictJSON

/// What went wrong with a step last, as it is kept with it.
struct StepProblem: Hashable, Sendable {
    /// A ``ConnectorError/Code``, or one of the engine's own: `not_seen`, `underway`, `unread`, `superseded`.
    let code: String
    let message: String
    /// Whether a person was told of it.
    var isStalled = false
    /// Read-backs in a row that could not say anything.
    var readBacks = 0

    init(code: String, message: String, isStalled: Bool = false, readBacks: Int = 0) {
        self.code = code
        self.message = message
        self.isStalled = isStalled
        self.readBacks = readBacks
    }

    init(_ error: ConnectorError) {
        self.init(code: error.code.rawValue, message: "\(error.operation): \(error.message)")
    }

    static let notSeen = StepProblem(
        code: "not_seen", message: "the target said success but reading back does not show it")

    static let underwayCode = "underway"

    static func underway(_ asked: ChangeUnderway) -> StepProblem {
        StepProblem(code: underwayCode, message: "it waits for \(asked.waitsFor)")
    }

    static func superseded(by caseID: String) -> StepProblem {
        StepProblem(code: "superseded", message: "case \(caseID) decided otherwise since")
    }

    var json: JSONValue {
        var object = JSONObject()
        object["code"] = .string(code)
        object["message"] = .string(message)
        if isStalled { object["stalled"] = true }
        if readBacks > 0 { object["read_backs"] = .integer(Int64(readBacks)) }
        return .object(object)
    }

    init?(text: String?) throws(WorkflowError) {
        guard let text else { return nil }
        let json = try StoredJSON.parse(text, of: "a step's problem")
        guard let code = json["code"]?.string, let message = json["message"]?.string else { return nil }
        self.init(
            code: code, message: message, isStalled: json["stalled"]?.bool ?? false,
            readBacks: Int(json["read_backs"]?.integer ?? 0))
    }
}

/// JSON that the engine itself wrote into the database.
enum StoredJSON {
    static func parse(_ text: String, of what: String) throws(WorkflowError) -> JSONValue {
        do {
            return try JSONParser.parse(text)
        } catch {
            throw WorkflowError(code: .corrupt, operation: "read \(what)", message: "\(error)")
        }
    }

    static func change(_ text: String) throws(WorkflowError) -> Change {
        guard let change = Change(json: try parse(text, of: "a change")) else {
            throw WorkflowError(code: .corrupt, operation: "read a change", message: "it is not one")
        }
        return change
    }
}
